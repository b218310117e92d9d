import { connect } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServedCollector, serveCollector } from '../../src/collector/serve/serve-collector.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { maxReactionBytes } from '../../src/contract/limits.ts'
import { problemSchema } from '../../src/contract/problem.ts'
import { collectorUnderTest, conversation, message, problemOf } from './collector-under-test.ts'

const json = JSON.stringify

describe('over a socket', () => {
  let served: ServedCollector
  let web: string
  let api: string
  beforeAll(async () => {
    const store = openSqliteStore(':memory:')
    web = (await addKey(store, { type: 'web' })).key
    api = (await addKey(store, { type: 'api' })).key
    served = await serveCollector({ store, port: 0 })
  })
  afterAll(() => served?.close())

  /** Sends the bytes; the status, headers and body of what comes back. */
  function exchange(bytes: string | Uint8Array): Promise<{ status: number; head: string; body: string }> {
    return new Promise((resolve) => {
      let answer = ''
      const socket = connect(served.port, '127.0.0.1', () => socket.write(bytes))
      socket.setEncoding('utf8').on('data', (text) => {
        answer += text
      })
      socket.setTimeout(20_000, () => socket.destroy())
      socket
        .on('error', () => {})
        .on('close', () => {
          const [head = '', ...rest] = answer.split('\r\n\r\n')
          resolve({ status: Number(head.slice(9, 12)), head: head.toLowerCase(), body: rest.join('\r\n\r\n') })
        })
    })
  }
  const requestOf = (line: string, headers: Record<string, string> = {}, body = '') =>
    [
      `${line} HTTP/1.1`,
      'Connection: close',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n')

  test.each([
    ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two hosts', requestOf('GET /health', { Host: 'a', host: 'b' })],
    ['a host that is none', requestOf('GET /health', { Host: 'a b@[::' })],
    ['a host with a path', requestOf('GET /conversations', { Host: 'x/../y?z' })],
    ['a host that doesn’t decode', requestOf('GET /', { Host: '%zz' })],
    ['an address of another scheme', requestOf('GET ftp://evil.example/health', { Host: 'x' })],
    ['an address that is a star', requestOf('OPTIONS *', { Host: 'x' })],
    ['a backslash in its address', requestOf('GET /\\evil.example/', { Host: 'x' })],
    [
      'a length and pieces',
      requestOf(
        'POST /conversations',
        { Host: 'x', 'Content-Length': '4', 'Transfer-Encoding': 'chunked' },
        '0\r\n\r\nGET /health HTTP/1.1\r\n\r\n',
      ),
    ],
    [
      'an encoding of pieces that nobody knows',
      requestOf('POST /conversations', { Host: 'x', 'Transfer-Encoding': 'xchunked' }, '0\r\n\r\n'),
    ],
    [
      'pieces that aren’t the last encoding',
      requestOf('POST /conversations', { Host: 'x', 'Transfer-Encoding': 'chunked, identity' }, '0\r\n\r\n'),
    ],
    [
      'a space before a colon',
      'POST /conversations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
    ],
    ['lines that end with a line feed alone', 'GET /health HTTP/1.1\nHost: x\n\n'],
    ['a folded header', 'GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n'],
    [
      'an extension of a piece without end',
      requestOf(
        'POST /conversations',
        { Host: 'x', 'Transfer-Encoding': 'chunked' },
        `2;${'a'.repeat(200_000)}\r\n{}\r\n0\r\n\r\n`,
      ),
    ],
    [
      'a piece of 2^68 bytes',
      requestOf('POST /conversations', { Host: 'x', 'Transfer-Encoding': 'chunked' }, 'fffffffffffffffff\r\n{}'),
    ],
  ])(
    'a request with %s is refused with a reason that a page may read, and its connection ends',
    async (_what, bytes) => {
      const { status, head, body } = await exchange(bytes)

      expect(status).toBe(400)
      expect(head).toContain('content-type: application/problem+json')
      expect(head).toContain('access-control-allow-origin: *')
      expect(head).toMatch(/\r\nconnection: close/)
      const [problem = ''] = /\{.*\}/s.exec(body) ?? []
      expect(problemSchema.parse(JSON.parse(problem))).toMatchObject({ status: 400, code: 'bad_request' })
      // Whatever follows in the same bytes is no second request.
      expect(body).not.toMatch(/HTTP\/1\.1 \d/)
    },
  )

  test('whatever else a sender expects, it is answered', async () => {
    const headers = {
      Host: 'x',
      Expect: '200-maybe',
      Authorization: `Bearer ${web}`,
      'Content-Type': 'application/json',
    }
    const { status, body } = await exchange(
      requestOf('POST /conversations', { ...headers, 'Content-Length': '2' }, '{}'),
    )

    expect(status).toBe(422)
    expect(body).toContain('unprocessable_entity')
  })

  test('a body in pieces of one byte is stored like any other', async () => {
    const pieces = Array.from(json(conversation({ id: 'pieces' })), (letter) => `1\r\n${letter}\r\n`).join('')
    const headers = { Host: 'x', Authorization: `Bearer ${web}`, 'Content-Type': 'application/json' }

    const { status } = await exchange(
      requestOf('POST /conversations', { ...headers, 'Transfer-Encoding': 'chunked' }, `${pieces}0\r\n\r\n`),
    )

    expect(status).toBe(200)
  })

  test('two headers of one name are no way past a check', async () => {
    const both = `Bearer ${web}\r\nAuthorization: Bearer ${api}`

    const read = await exchange(requestOf('GET /conversations', { Host: 'x', Authorization: both }))
    const sent = await exchange(
      requestOf(
        'POST /conversations',
        {
          Host: 'x',
          Authorization: `Bearer ${web}`,
          'Content-Type': 'application/json\r\nContent-Type: text/plain',
          'Content-Length': '2',
        },
        '{}',
      ),
    )

    expect(read.status).toBe(401)
    expect(sent.status).toBe(400)
  })

  test('HEAD tells no more than GET does, and no body', async () => {
    const withKey = await exchange(requestOf('HEAD /conversations/none', { Host: 'x', Authorization: `Bearer ${api}` }))
    const without = await exchange(requestOf('HEAD /conversations', { Host: 'x' }))

    expect([withKey.status, without.status]).toEqual([404, 401])
    expect([withKey.body, without.body]).toEqual(['', ''])
  })
})

describe('a body', () => {
  test.each([
    ['deflated', deflateSync(json(conversation())), { 'content-encoding': 'deflate' }],
    [
      'of zeros, a thousand times smaller when it comes',
      gzipSync(Buffer.alloc(30_000_000)),
      { 'content-encoding': 'gzip' },
    ],
    [
      'of many archives, each small',
      Buffer.concat(Array(20).fill(gzipSync(Buffer.alloc(2_000_000, 32)))),
      { 'content-encoding': 'gzip' },
    ],
    [
      'with garbage after its archive',
      Buffer.concat([gzipSync(json(conversation())), Buffer.from('garbage')]),
      { 'content-encoding': 'gzip' },
    ],
    ['in UTF-16', Buffer.from(`\ufeff${json(conversation())}`, 'utf16le'), {}],
    [
      'with a NUL in two bytes',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0x80]), Buffer.from('"}')]),
      {},
    ],
    ['of a million brackets', Buffer.from('['.repeat(1_000_000)), {}],
  ])('%s is a 400', async (_what, bytes, headers) => {
    const { post } = await collectorUnderTest()

    expect((await post(new Uint8Array(bytes), headers as Record<string, string>)).status).toBe(400)
  })

  test('whose names are those of JavaScript’s own objects changes none of them', async () => {
    const { fetch, api, get } = await collectorUnderTest()
    const body = `{"id":"c1","type":"openai","__proto__":{"polluted":1},"messages":[{"role":"user","content":"x"}],
      "properties":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"nul":"\\u0000"},
      "userProperties":{"__proto__":{"id":"victim"},"hasOwnProperty":1,"toString":null}}`
    const headers = { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' }

    const response = await fetch(new Request('http://collector.test/conversations', { method: 'POST', body, headers }))

    expect(response.status).toBe(200)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    const stored = await (await get('/conversations/c1')).json()
    expect(stored.userProperties.id).toBeUndefined()
    expect(Object.getPrototypeOf(stored.properties)).toBe(Object.prototype)
    expect((await (await get('/conversations?visitor=victim')).json()).count).toBe(0)
  })

  test.each(['.', '..'])('can’t have the id %j, which no address can name', async (id) => {
    const { post } = await collectorUnderTest()

    const responses = [await post(conversation({ id })), await post(conversation({ messages: [message(id)] }))]

    expect(responses.map(({ status }) => status)).toEqual([422, 422])
    expect((await problemOf(responses[0] as Response)).detail).toBe("id: expected an id other than '.' and '..'")
  })

  test.each(['a/b?c#d%2f', ' ', '...', '%2e%2e', '\u00e9', '\u0000'])(
    'with the id %j can be read and erased by it',
    async (id) => {
      const { post, get, fetch, api } = await collectorUnderTest()
      const { id: stored } = await (await post(conversation({ id }))).json()
      const path = `/conversations/${encodeURIComponent(stored)}`
      const headers = { authorization: `Bearer ${api.key}` }

      expect((await (await get(path)).json()).id).toBe(stored)
      expect((await fetch(new Request(`http://collector.test${path}`, { method: 'DELETE', headers }))).status).toBe(200)
      expect((await get(path)).status).toBe(404)
    },
  )

  test.each([
    '0000-00-00T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    '2026-01-01T00:00:00+99:99',
    '2026-01-01T23:59:60Z',
    '2026-01-01T24:00:00Z',
    '2026-02-30T00:00:00Z',
  ])('with the date %s is a 422', async (createdAt) => {
    const { post } = await collectorUnderTest()

    expect((await post(conversation({ createdAt }))).status).toBe(422)
  })

  test('whose names stand in it twice counts by the last of each', async () => {
    const { post, get } = await collectorUnderTest()
    const response = await post(
      '{"type":"openai","id":"first","id":"last","messages":[{"id":"m","role":"user","content":"x","content":"y"}]}',
    )

    expect(response.status).toBe(200)
    expect((await get('/conversations/first')).status).toBe(404)
    expect((await (await get('/conversations/last')).json()).messages[0].content).toBe('y')
  })
})

describe('events and feedback', () => {
  const eventOf = (id: string, fields = {}) => ({
    id,
    type: 'seen',
    entityType: 'conversation',
    conversationId: 'c1',
    ...fields,
  })
  const sendTo = async (
    path: string,
    body: unknown,
    { fetch, web }: Awaited<ReturnType<typeof collectorUnderTest>>,
  ) => {
    const headers = { authorization: `Bearer ${web.key}`, 'content-type': 'application/json' }
    return fetch(new Request(`http://collector.test${path}`, { method: 'POST', body: json(body), headers }))
  }

  test('that are large are refused, also where a few letters take many bytes', async () => {
    const collector = await collectorUnderTest()
    const long = { text: 'é'.repeat(maxReactionBytes / 2) }
    const feedback = { type: 'negative', messageId: 'm', reasons: [{ label: 'long', details: long.text }] }

    const answers = [
      await sendTo('/events', eventOf('e', { properties: long }), collector),
      await sendTo('/feedback', feedback, collector),
      await sendTo('/events', eventOf('e', { properties: { text: 'é'.repeat(maxReactionBytes / 4) } }), collector),
    ]

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 200])
    expect((await problemOf(answers[0] as Response)).detail).toBe('body: expected at most 32768 bytes')
  })

  test('on one conversation are shown up to the newest 500', async () => {
    const collector = await collectorUnderTest()
    await collector.post(conversation({ id: 'c1' }))
    for (let index = 0; index < 510; index++) {
      const createdAt = new Date(Date.parse('2026-11-20T00:00:00Z') + index * 1_000).toISOString()
      expect((await sendTo('/events', eventOf(`e${index}`, { createdAt }), collector)).status).toBe(200)
    }

    const { events } = await collector.store.findReactions('default', 'c1')

    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, index) => `e${index + 10}`))
  })
})
