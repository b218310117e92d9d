import { describe, expect, test } from 'vitest'
import { addKey } from '../../src/collector/store/keys.ts'
import { collectorUnderTest, conversation, postRequest, problemOf } from './collector-under-test.ts'

const origin = 'https://docs.example.com'

async function postWith(key: string, headers: Record<string, string> = {}) {
  return postRequest(conversation(), { authorization: `Bearer ${key}`, ...headers })
}

describe('origins', () => {
  test('a key limited to origins works from them and is refused with 403 from others', async () => {
    const { fetch, store } = await collectorUnderTest()
    const { key } = await addKey(store, { type: 'web', origins: [origin, 'http://localhost:3000'] })

    const statuses = []
    for (const from of [origin, 'http://localhost:3000', 'https://evil.example', `${origin}:8443`, 'null']) {
      statuses.push((await fetch(await postWith(key, { origin: from }))).status)
    }

    expect(statuses).toEqual([200, 200, 403, 403, 403])
  })

  test('are checked only where the request has an Origin', async () => {
    const { fetch, store } = await collectorUnderTest()
    const { key } = await addKey(store, { type: 'web', origins: [origin] })

    expect((await fetch(await postWith(key))).status).toBe(200)
  })

  test('an API key is refused with 403 where a page uses it, and says what to use there', async () => {
    const { fetch, store } = await collectorUnderTest()
    const { key } = await addKey(store, { type: 'api' })
    const answers = await Promise.all(
      [{}, { origin }, { origin: 'null' }].map(async (headers) => fetch(await postWith(key, headers))),
    )

    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403])
    expect((await problemOf(answers[1] as Response)).detail).toContain('use a WEB key there')
  })

  test('an API key works from pages of the collector’s own, and of the origins that it names', async () => {
    const { fetch, store } = await collectorUnderTest()
    const { key } = await addKey(store, { type: 'api' })
    const { key: named } = await addKey(store, { type: 'api', origins: [origin] })
    const own = new URL((await postWith(key)).url).origin

    expect((await fetch(await postWith(key, { origin: own }))).status).toBe(200)
    expect((await fetch(await postWith(named, { origin }))).status).toBe(200)
    expect((await fetch(await postWith(named, { origin: 'https://evil.example' }))).status).toBe(403)
  })

  test('the refusal names the origin and the key’s public half, never the key', async () => {
    const { fetch, store } = await collectorUnderTest()
    const { key, stored } = await addKey(store, { type: 'web', origins: [origin] })

    const problem = await problemOf(await fetch(await postWith(key, { origin: 'https://evil.example' })))

    expect(problem).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('https://evil.example') })
    expect(problem.detail).toContain(stored.id)
    expect(JSON.stringify(problem)).not.toContain(key)
  })

  test.each(['docs.example.com', 'https://docs.example.com/path', 'ftp://a.example', '*', ''])(
    'a key can’t be added for %j: it is no origin',
    async (text) => {
      const { store } = await collectorUnderTest()

      await expect(addKey(store, { type: 'web', origins: [text] })).rejects.toThrow('origin must look like')
    },
  )

  test('an origin is stored as browsers send it', async () => {
    const { store } = await collectorUnderTest()
    const { stored } = await addKey(store, { type: 'web', origins: ['https://Docs.Example.com:443/'] })

    expect(stored.origins).toEqual([origin])
  })
})

test('a key added while the collector runs works at once; revoked, it is refused with 403 and the date', async () => {
  const { fetch, store } = await collectorUnderTest()
  const { key, stored } = await addKey(store, { type: 'web' })
  expect((await fetch(await postWith(key))).status).toBe(200)

  await store.revokeKey('default', stored.id, '2026-11-22T13:00:00.000Z')

  const response = await fetch(await postWith(key))
  expect(response.status).toBe(403)
  expect((await problemOf(response)).detail).toContain('revoked at 2026-11-22T13:00:00.000Z')
})

test('the store never holds a key, only its hash', async () => {
  const { store, web, api } = await collectorUnderTest()

  const stored = JSON.stringify(await store.listKeys('default'))

  for (const { key } of [web, api]) expect(stored).not.toContain(key.slice(-32))
})

test('a WEB key only writes', async () => {
  const { get, web } = await collectorUnderTest()
  const headers = { authorization: `Bearer ${web.key}` }

  expect((await get('/conversations', headers)).status).toBe(403)
  expect((await get('/conversations/c1', headers)).status).toBe(403)
})

test('a key sees its project only, and ids of different projects never meet', async () => {
  const { fetch, get, store, store200 } = await collectorUnderTest()
  const other = await addKey(store, { type: 'api', projectId: 'other' })
  await store200({ ...conversation({ id: 'c1' }), messages: [{ id: 'm1', role: 'user', content: 'ours' }] })
  const authorization = { authorization: `Bearer ${other.key}` }

  expect((await get('/conversations/c1', authorization)).status).toBe(404)
  const theirs = { ...conversation({ id: 'c1' }), messages: [{ id: 'm1', role: 'user', content: 'theirs' }] }
  expect(await (await fetch(postRequest(theirs, authorization))).json()).toMatchObject({ projectId: 'other' })
  expect((await (await get('/conversations/c1')).json()).messages[0].content).toBe('ours')
})

describe('a beacon: text/plain with the key in the address', () => {
  const beacon = (key: string, headers: Record<string, string> = {}) =>
    postRequest(
      JSON.stringify(conversation({ id: 'c1' })),
      { 'content-type': 'text/plain;charset=UTF-8', ...headers },
      `/conversations?key=${key}`,
    )

  test('is stored under a WEB key', async () => {
    const { fetch, get, web } = await collectorUnderTest()

    expect((await fetch(beacon(web.key))).status).toBe(200)
    expect((await get('/conversations/c1')).status).toBe(200)
  })

  test('is refused under an API key: it is secret and doesn’t belong in an address', async () => {
    const { fetch, api } = await collectorUnderTest()

    expect((await fetch(beacon(api.key))).status).toBe(403)
  })

  test('is refused from an origin that the key doesn’t allow', async () => {
    const { fetch, store } = await collectorUnderTest()
    const { key } = await addKey(store, { type: 'web', origins: [origin] })

    expect((await fetch(beacon(key, { origin: 'https://evil.example' }))).status).toBe(403)
    expect((await fetch(beacon(key, { origin }))).status).toBe(200)
  })
})

describe('the rate of a key', () => {
  test('over it: 429 with the seconds to wait, and after them it works again', async () => {
    const { post, advance } = await collectorUnderTest({ rateLimit: { requestsPerMinute: 2 } })
    await post(conversation())
    await post(conversation())

    const refused = await post(conversation())

    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('30')
    expect((await problemOf(refused)).code).toBe('too_many_requests')
    advance(29_999)
    expect((await post(conversation())).status).toBe(429)
    advance(1)
    expect((await post(conversation())).status).toBe(200)
  })

  test('doesn’t touch other keys, and a clock set back takes nothing away', async () => {
    const { post, get, advance } = await collectorUnderTest({ rateLimit: { requestsPerMinute: 2 } })
    await post(conversation())
    advance(-3_600_000)

    expect((await post(conversation())).status).toBe(200)
    expect((await post(conversation())).status).toBe(429)
    expect((await get('/conversations')).status).toBe(200)
  })
})

describe('rotation', () => {
  test('the old key works until it is revoked, the new one from its making, and nothing is refused between', async () => {
    const { fetch, store, web } = await collectorUnderTest()
    const send = async (key: string) => (await fetch(await postWith(key))).status
    expect(await send(web.key)).toBe(200)

    const next = await addKey(store, { type: 'web' })
    expect([await send(web.key), await send(next.key)]).toEqual([200, 200])
    await store.revokeKey('default', web.stored.id, '2026-11-22T12:00:00.000Z')

    expect([await send(web.key), await send(next.key)]).toEqual([403, 200])
  })

  test('both keys write to the same conversations', async () => {
    const { fetch, store, store200, web } = await collectorUnderTest()
    const next = await addKey(store, { type: 'web' })
    const say = (key: string, id: string) => {
      const body = { id: 'c1', type: 'openai', messages: [{ id, role: 'user', content: id }] }
      return fetch(postRequest(body, { authorization: `Bearer ${key}` }))
    }
    await say(web.key, 'm1')
    await say(next.key, 'm2')

    const { messages } = await store200({
      id: 'c1',
      type: 'openai',
      messages: [{ id: 'm3', role: 'user', content: '' }],
    })

    expect(messages.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3'])
  })
})
