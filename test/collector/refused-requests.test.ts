import { describe, expect, test } from 'vitest'
import type { RefusalsAnswer } from '../../src/collector/live-view/admin-routes.ts'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { collectorUnderTest, conversation, postRequest } from './collector-under-test.ts'

const origin = 'https://docs.example.com'

/** A collector whose refusals are read by a reader of `default`, an admin, and a reader of another project. */
async function withRefusals(options = {}) {
  const collector = await collectorUnderTest({ routes: createLiveView().routes, ...options })
  const { fetch, store } = collector
  const ask = async (path: string, init: RequestInit = {}) => fetch(new Request(`http://collector.test${path}`, init))
  const reader = async (key: string) => {
    const signedIn = await ask('/sign-in', { method: 'POST', body: new URLSearchParams({ apiKey: key }) })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    return async (): Promise<RefusalsAnswer> => (await ask('/live-view/refusals', { headers: { cookie } })).json()
  }
  const admin = await addKey(store, { type: 'api', role: 'admin' })
  const other = await addKey(store, { type: 'api', projectId: 'other', role: 'admin' })
  return {
    ...collector,
    ask,
    seen: await reader(collector.api.key),
    seenByAdmin: await reader(admin.key),
    seenInOther: await reader(other.key),
  }
}

test('refusals of the last hour are told by key, origin and reason, the latest first', async () => {
  const { ask, post, get, store, seen, advance } = await withRefusals()
  const limited = await addKey(store, { type: 'web', origins: [origin], name: 'the docs' })
  const from = (asking: string) => post(conversation(), { authorization: `Bearer ${limited.key}`, origin: asking })
  await from('https://evil.example')
  await from('https://evil.example')
  advance(1_000)
  await post({ type: 'openai', messages: [{ role: 'tool', content: '' }] }, { origin })
  await post(
    {
      type: 'openai',
      messages: [
        { role: 'user', content: '' },
        { role: 'tool', content: '' },
      ],
    },
    { origin },
  )
  advance(1_000)
  await get('/conversations/none')
  await ask('/conversation', { method: 'POST', headers: { authorization: `Bearer ${limited.key}`, origin } })
  await from(origin)

  const { ofProject, ofStrangers } = await seen()

  expect(ofStrangers).toBeNull()
  expect(ofProject.others).toBe(0)
  const rows = ofProject.refusals.map(({ keyName, origin, status, request, count }) => [
    status,
    request,
    keyName,
    origin,
    count,
  ])
  expect(rows).toHaveLength(4)
  expect(rows).toEqual(
    expect.arrayContaining([
      [404, 'GET /conversations/:id', null, null, 1],
      [404, 'POST /conversation', 'the docs', origin, 1],
      [422, 'POST /conversations', null, origin, 2],
      [403, 'POST /conversations', 'the docs', 'https://evil.example', 2],
    ]),
  )
  expect(rows.at(-1)).toContain(403)
  const [, , unprocessable, forbidden] = ofProject.refusals
  expect(unprocessable?.reason).toContain('messages[1].role')
  expect(forbidden).toMatchObject({ keyId: limited.stored.id, reason: expect.stringContaining('https://evil.example') })
})

test('a key over its rate is told of, however many seconds it is to wait', async () => {
  const { post, seen, advance } = await withRefusals({ rateLimit: { requestsPerMinute: 1 } })
  await post(conversation())
  await post(conversation())
  advance(10_000)
  await post(conversation())

  expect((await seen()).ofProject.refusals).toMatchObject([{ status: 429, count: 2 }])
})

test('what was accepted, and what the live view itself refuses, is not among them', async () => {
  const { ask, post, seen, seenByAdmin } = await withRefusals()
  await post(conversation())
  await ask('/live-view/conversations')
  await ask('/sign-in', { method: 'POST', body: new URLSearchParams({ apiKey: 'api_none_none' }) })

  expect((await seen()).ofProject.refusals).toEqual([])
  expect((await seenByAdmin()).ofStrangers).toEqual({ refusals: [], others: 0 })
})

test('after an hour they are forgotten, the earlier ones first', async () => {
  const { post, seen, advance } = await withRefusals()
  await post({})
  advance(1_800_000)
  await post({})
  expect((await seen()).ofProject.refusals).toMatchObject([{ count: 2 }])

  advance(1_900_000)
  expect((await seen()).ofProject.refusals).toMatchObject([{ count: 1 }])
  advance(1_800_000)
  expect((await seen()).ofProject.refusals).toEqual([])
})

describe('strangers', () => {
  test('are seen by admins alone, and by no other project', async () => {
    const { ask, fetch, post, seen, seenByAdmin, seenInOther } = await withRefusals()
    const unknown = 'web_abcdefABCDEF_00000000000000000000000000000000'
    await fetch(postRequest(conversation(), { authorization: `Bearer ${unknown}`, origin }))
    await fetch(postRequest(conversation()))
    await ask('/wp-login.php')
    await post({})

    expect((await seen()).ofStrangers).toBeNull()
    const { ofStrangers } = await seenByAdmin()
    expect(ofStrangers?.refusals).toMatchObject([
      { status: 401, keyId: 'abcdefABCDEF', origin },
      { status: 401, keyId: null, origin: null },
      { status: 404, request: 'GET /wp-login.php', keyId: null },
    ])
    expect(JSON.stringify(ofStrangers)).not.toContain('0000000000')
    expect((await seenInOther()).ofProject.refusals).toEqual([])
    expect((await seen()).ofProject.refusals).toHaveLength(1)
  })

  test('fill nothing: rows are bounded, what a project was refused stays, and what gave way is counted', async () => {
    const { fetch, post, seen, seenByAdmin } = await withRefusals()
    await post({}, { origin })
    for (let number = 0; number < 1_000; number++) {
      const headers = { authorization: `Bearer web_abcdefABCDEF${number}_x`, origin: `https://${number}.evil.example` }
      await fetch(postRequest(conversation(), headers))
    }

    const { ofStrangers } = await seenByAdmin()
    expect(ofStrangers?.refusals.length).toBeLessThanOrEqual(200)
    expect((ofStrangers?.refusals.length ?? 0) + (ofStrangers?.others ?? 0)).toBe(1_000)
    expect((await seen()).ofProject.refusals).toMatchObject([{ status: 422, origin }])
  })

  test('who have the public key push out no other reason, whatever origins and addresses they invent', async () => {
    const { fetch, post, store, seen } = await withRefusals()
    const limited = await addKey(store, { type: 'web', origins: [origin] })
    await post({}, { origin })
    for (let number = 0; number < 500; number++) {
      const headers = { authorization: `Bearer ${limited.key}`, origin: `https://${number}.evil.example` }
      await fetch(postRequest(conversation(), headers))
      await fetch(postRequest({}, headers, `/nowhere/${number}`))
    }

    const { refusals } = (await seen()).ofProject
    expect(refusals.length).toBeLessThanOrEqual(60)
    expect(refusals.filter(({ status }) => status === 422)).toMatchObject([{ origin, count: 1 }])
  })

  test('put in no text that isn’t an origin, a key’s public half or printable', async () => {
    const { fetch, ask, seenByAdmin } = await withRefusals()
    const hostile = '<img src=x onerror="alert(1)">'
    await fetch(postRequest(conversation(), { authorization: `Bearer web_${hostile}_x`, origin: hostile }))
    await ask(`/${encodeURIComponent('\u202E\u0007')}${'x'.repeat(5_000)}`)

    const { ofStrangers } = await seenByAdmin()
    const [path, key] = ofStrangers?.refusals ?? []
    expect(key).toMatchObject({ keyId: null, origin: null })
    expect(path?.request.length).toBeLessThan(120)
  })
})
