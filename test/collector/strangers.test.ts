import { request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { createBodyIntake } from '../../src/collector/http/body-intake.ts'
import { csvCell } from '../../src/collector/live-view/export.ts'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { serveCollector } from '../../src/collector/serve/serve-collector.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { maxIdBytes, maxListEntries } from '../../src/contract/limits.ts'
import {
  collectorUnderTest,
  conversation,
  message,
  postRequest,
  problemOf,
  startOfTime,
} from './collector-under-test.ts'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const dayMs = 86_400_000
const at = (ms: number) => new Date(Date.parse(startOfTime) + ms).toISOString()

describe('ids', () => {
  test.each([
    ['/conversations', (id: string) => conversation({ id })],
    ['/conversations', (id: string) => conversation({ messages: [message(id)] })],
    ['/events', (id: string) => ({ id, type: 'x', entityType: 'message', messageId: 'm' })],
    ['/events', (id: string) => ({ type: 'x', entityType: 'message', messageId: id })],
    ['/events', (id: string) => ({ type: 'x', entityType: 'conversation', conversationId: id })],
    ['/feedback', (id: string) => ({ id, type: 'positive', messageId: 'm' })],
    ['/feedback', (id: string) => ({ type: 'positive', messageId: id })],
  ])('%s takes one of 512 bytes and refuses a longer one, whatever its characters', async (path, body) => {
    const { fetch, web } = await collectorUnderTest()
    const post = (id: string) => fetch(postRequest(body(id), { authorization: `Bearer ${web.key}` }, path))

    expect((await post('x'.repeat(maxIdBytes))).status).toBe(200)
    expect((await post('é'.repeat(maxIdBytes / 2))).status).toBe(200)
    for (const id of ['x'.repeat(maxIdBytes + 1), `x${'é'.repeat(maxIdBytes / 2)}`, 'x'.repeat(3_000)]) {
      const refused = await post(id)
      expect(refused.status).toBe(422)
      expect((await problemOf(refused)).detail).toContain('at most 512 bytes')
    }
  })

  test('that differ only in how Unicode composes them are one id, for conversations, messages and people', async () => {
    const { store200, get, fetch, api } = await collectorUnderTest()
    const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301']
    await store200(conversation({ id: composed, messages: [message(composed, 1)], userProperties: { id: decomposed } }))

    const { messages } = await store200(conversation({ id: decomposed, messages: [message(decomposed, 1)] }))

    expect(messages).toHaveLength(1)
    expect((await get(`/conversations/${encodeURIComponent(decomposed)}`)).status).toBe(200)
    const forgotten = await fetch(
      new Request(`http://collector.test/visitors/${encodeURIComponent(decomposed)}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${api.key}` },
      }),
    )
    expect(await forgotten.json()).toMatchObject({ conversations: 1 })
  })

  test.each(['9007199254740993', '-9007199254740993', '1e300'])(
    '%s as a person’s number is refused: JSON rounds it to somebody else’s',
    async (number) => {
      const { post } = await collectorUnderTest()
      for (const name of ['id', 'userId']) {
        for (const body of [
          `{"type":"openai","userProperties":{"${name}":${number}},"messages":[{"role":"user","content":"x"}]}`,
          `{"type":"openai","messages":[{"role":"user","content":"x","userProperties":{"${name}":${number}}}]}`,
        ]) {
          const response = await post(body)
          expect(response.status).toBe(422)
          expect((await problemOf(response)).detail).toContain(`userProperties.${name}: expected an integer`)
        }
      }
    },
  )

  test('the largest exact integer and any text are people', async () => {
    const { post } = await collectorUnderTest()

    for (const id of [Number.MAX_SAFE_INTEGER, -1.5, '9007199254740993']) {
      expect((await post(conversation({ userProperties: { id } }))).status).toBe(200)
    }
  })
})

describe('dates', () => {
  test('a conversation of the year 9999 stands where it arrived, and the list is answered', async () => {
    const { store200, get, advance } = await collectorUnderTest()
    await store200(conversation({ id: 'future', createdAt: '9999-12-31T23:59:59Z' }))
    advance(1_000)
    await store200(conversation({ id: 'later' }))

    const list = await (await get('/conversations')).json()

    expect(list.conversations.map(({ id }: { id: string }) => id)).toEqual(['later', 'future'])
    expect(list.conversations[1].createdAt).toBe(startOfTime)
  })

  test('an updatedAt of the year 9999 silences no later update, of the conversation or of a message', async () => {
    const { store200 } = await collectorUnderTest()
    const never = '9999-12-31T23:59:59Z'
    await store200({ type: 'openai', id: 'c1', tags: ['own'], updatedAt: at(0), messages: [message('m1', 1)] })
    await store200({
      type: 'openai',
      id: 'c1',
      tags: ['claimed'],
      updatedAt: never,
      messages: [message('m1', 1, { content: 'claimed', updatedAt: never })],
    })

    const { tags, messages, updatedAt } = await store200({
      type: 'openai',
      id: 'c1',
      tags: ['real'],
      updatedAt: at(1_000),
      messages: [message('m1', 2, { content: 'real' })],
    })

    expect({ tags, content: messages[0]?.content, updatedAt }).toEqual({
      tags: ['real'],
      content: 'real',
      updatedAt: at(1_000),
    })
  })

  test('a clock that is up to a day ahead is believed, to the letter', async () => {
    const { store200 } = await collectorUnderTest()
    const ahead = at(dayMs)

    const stored = await store200(
      conversation({
        createdAt: ahead,
        updatedAt: ahead,
        messages: [message('m1', 0, { createdAt: ahead, updatedAt: ahead })],
      }),
    )

    expect([stored, ...stored.messages].map(({ createdAt, updatedAt }) => [createdAt, updatedAt])).toEqual([
      [ahead, ahead],
      [ahead, ahead],
    ])
  })

  test('of a visitor whose clock is a year ahead nothing is lost, and the same body again changes nothing', async () => {
    const { store200, advance } = await collectorUnderTest()
    const ahead = at(365 * dayMs)
    const body = conversation({
      id: 'c1',
      createdAt: ahead,
      updatedAt: ahead,
      messages: [message('m1', 0, { createdAt: ahead, updatedAt: ahead })],
    })
    const first = await store200(body)
    advance(60_000)

    expect(await store200(body)).toEqual(first)
  })

  test.each([
    ['/events', { type: 'x', entityType: 'search', searchQuery: 'q' }],
    ['/feedback', { type: 'positive', messageId: 'm1' }],
  ])('%s of the year 9999 are of now', async (path, body) => {
    const { fetch, web } = await collectorUnderTest()

    const response = await fetch(
      postRequest({ ...body, createdAt: '9999-01-01T00:00:00Z' }, { authorization: `Bearer ${web.key}` }, path),
    )

    expect(await response.json()).toMatchObject({ createdAt: startOfTime })
  })
})

describe('lists', () => {
  test.each([
    ['clicks', { chatlog: { linkClicks: Array(80_000).fill({ url: '/' }) } }],
    ['numbers', { numbers: Array(maxListEntries + 1).fill(1) }],
    ['lists of lists', { rows: Array(200).fill(Array(200).fill(0)) }],
    ['properties', Object.fromEntries(Array.from({ length: 160_000 }, (_, index) => [index, 0]))],
  ])('%s in what a sender fills as it likes are bounded as everywhere', async (_what, properties) => {
    const { post } = await collectorUnderTest()
    const user = { role: 'user', content: '' }

    for (const body of [
      conversation({ properties }),
      conversation({ userProperties: { own: properties } }),
      conversation({ messages: [{ ...user, properties }] }),
    ]) {
      const response = await post(body)
      expect(response.status).toBe(422)
      expect((await problemOf(response)).detail).toContain('more than 25000')
    }
  })

  test('ten thousand invented ends of answers push no real one out of the statistics', async () => {
    const { store, store200 } = await collectorUnderTest()
    const answers = Array.from({ length: 200 }, (_, index) => ({
      role: 'assistant',
      content: '',
      properties: { chatlog: { status: `invented ${index}` } },
    }))
    await store200({ type: 'openai', messages: [...answers, ...answers] })
    await store200({ type: 'openai', messages: [{ ...answers[0], properties: { chatlog: { status: 'error' } } }] })

    const counts = await store.countFacet('default', { kind: 'answer', limit: 20 })

    expect(counts.map(({ value, count }) => [value, count])).toEqual([
      ['other', 400],
      ['error', 1],
    ])
  })
})

test('a WEB key can’t claim an integration, an API key names its own', async () => {
  const { post, fetch, store200, web } = await collectorUnderTest()

  expect(await (await post(conversation({ integrationId: 'mine' }))).json()).toMatchObject({
    integrationId: web.stored.id,
  })
  const event = { type: 'x', entityType: 'search', searchQuery: 'q', integrationId: 'mine' }
  const answer = await fetch(postRequest(event, { authorization: `Bearer ${web.key}` }, '/events'))
  expect(await answer.json()).toMatchObject({ integrationId: web.stored.id })
  expect(await store200(conversation({ integrationId: 'mine' }))).toMatchObject({ integrationId: 'mine' })
})

test('a slash at the end of the address changes nothing', async () => {
  const { fetch, get, web } = await collectorUnderTest()

  const posted = await fetch(
    postRequest(conversation({ id: 'c1' }), { authorization: `Bearer ${web.key}` }, '/conversations/'),
  )

  expect(posted.status).toBe(200)
  expect(await (await get('/conversations/')).json()).toMatchObject({ total: 1 })
  expect((await get('/health/')).status).toBe(200)
})

test.each(['x'.repeat(65), 'a b', 'req_1\\n{"level":"error"}', '<script>', 'é'])(
  'a request id like %j is replaced by one of our own',
  async (given) => {
    const { get } = await collectorUnderTest()

    const { headers } = await get('/health', { 'x-request-id': encodeURI(given) })

    expect(headers.get('x-request-id')).toMatch(/^req_[\w-]{21}$/)
  },
)

test('a cell of 32,000 line ends is written as quickly as any other, and what follows still begins no formula', () => {
  const lines = '\n'.repeat(32_000)
  const startedAt = performance.now()

  expect(csvCell(`${lines}x`)).toBe(`"${lines}x"`)
  expect(csvCell(`${' "'.repeat(10_000)}=1`)).toContain(`'=1`)

  expect(performance.now() - startedAt).toBeLessThan(500)
})

describe('signing in', () => {
  function withLiveView() {
    return collectorUnderTest({ routes: createLiveView().routes })
  }
  const signIn = (body: BodyInit, headers: Record<string, string> = {}) =>
    new Request('http://collector.test/sign-in', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

  test('by either form a browser sends works', async () => {
    const { fetch, api } = await withLiveView()
    const form = new FormData()
    form.set('apiKey', api.key)

    expect((await fetch(signIn(new URLSearchParams({ apiKey: ` ${api.key} ` })))).status).toBe(303)
    expect((await fetch(signIn(form))).status).toBe(303)
  })

  test.each([
    ['multipart without a boundary', 'multipart/form-data', 'apiKey=x'],
    ['JSON', 'application/json', '{}'],
    ['nothing that has a type', '', 'x'],
  ])('%s is a 400', async (_what, type, body) => {
    const { fetch, errors } = await withLiveView()

    const response = await fetch(signIn(body, { 'content-type': type }))

    expect(response.status).toBe(400)
    expect(errors).toEqual([])
  })

  test('a body without end is read no further than a form goes', async () => {
    const { fetch } = await withLiveView()
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 4_096
        controller.enqueue(new Uint8Array(4_096).fill(97))
      },
    })

    const response = await fetch(signIn(endless, { 'content-type': 'application/x-www-form-urlencoded' }))

    expect(response.status).toBe(400)
    expect(pulled).toBeLessThan(65_536)
  })

  test.each([
    [{ 'x-forwarded-proto': 'https' }],
    [{ 'x-forwarded-proto': 'HTTPS, http' }],
    [{ forwarded: 'for=192.0.2.1;proto=https;by=203.0.113.43, for=10.0.0.1;proto=http' }],
    [{ 'x-forwarded-ssl': 'on' }],
    [{ 'front-end-https': 'On' }],
  ])('behind a proxy that ends TLS and says %j the cookie is Secure', async (headers) => {
    const { fetch, api } = await withLiveView()

    const response = await fetch(signIn(new URLSearchParams({ apiKey: api.key }), headers as Record<string, string>))

    expect(response.headers.get('set-cookie')).toContain('Secure')
  })

  test.each([{}, { 'x-forwarded-proto': 'http, https' }])('over plain HTTP (%j) it isn’t', async (headers) => {
    const { fetch, api } = await withLiveView()

    const response = await fetch(signIn(new URLSearchParams({ apiKey: api.key }), headers as Record<string, string>))

    expect(response.headers.get('set-cookie')).not.toContain('Secure')
  })

  test('a body of 300 MB is refused, and stays out of memory', async () => {
    const store = openSqliteStore(':memory:')
    const served = await serveCollector({ store, port: 0, routes: createLiveView().routes })
    cleanUps.push(() => served.close())
    const before = process.memoryUsage().rss
    const bytes = 300_000_000
    const piece = Buffer.alloc(1_000_000, 'a')

    const status = await new Promise((resolve) => {
      const sent = request(`${served.url}/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': bytes },
      })
      sent.on('response', (response) => resolve(response.statusCode)).on('error', () => resolve('cut'))
      let left = bytes
      const write = () => {
        while (left > 0 && !sent.destroyed) {
          left -= piece.length
          if (!sent.write(piece)) return sent.once('drain', write)
        }
        return sent.end()
      }
      write()
    })

    expect([400, 'cut']).toContain(status)
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })
})

test('bodies that are announced and don’t come hold no memory', async () => {
  const { take, load } = createBodyIntake()
  const silent = () => new ReadableStream({ pull: () => new Promise(() => {}) })
  for (const length of [1_000, 16_000, 65_536, 2_000_000]) {
    void take(postRequest(silent(), { 'content-length': String(length) }), async () => {})
  }
  await new Promise((resolve) => setTimeout(resolve))

  expect(load()).toEqual({ heldBytes: 0, waiting: 0 })
})
