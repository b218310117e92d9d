import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { maxCollectorBodyBytes } from '../../src/contract/limits.ts'
import { problemMediaType, problemSchema } from '../../src/contract/problem.ts'
import { collectorUnderTest, conversation, message, postRequest, problemOf } from './collector-under-test.ts'

/** A body of exactly so many bytes. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify(conversation({ messages: [{ role: 'user', content: '' }] }))
  return JSON.stringify(conversation({ messages: [{ role: 'user', content: 'a'.repeat(bytes - empty.length) }] }))
}

describe('400: what can’t be read', () => {
  test.each([
    ['no JSON', '{"type":"openai"', {}],
    ['nothing', '', {}],
    ['another content type', '{}', { 'content-type': 'text/html' }],
    ['a form’s content type, with the key in a header', '{}', { 'content-type': 'text/plain' }],
    ['no content type', new Uint8Array([123, 125]), { 'content-type': '' }],
    ['text that is not UTF-8', new Uint8Array([34, 0xff, 34]), {}],
    ['an unknown encoding', '{}', { 'content-encoding': 'br' }],
    ['what says gzip and isn’t', '{}', { 'content-encoding': 'gzip' }],
    ['gzip that breaks off', gzipSync(bodyOf(1000)).subarray(0, 40), { 'content-encoding': 'gzip' }],
    ['over the limit', bodyOf(maxCollectorBodyBytes + 1), {}],
    ['over the limit once inflated', gzipSync(bodyOf(maxCollectorBodyBytes + 1)), { 'content-encoding': 'gzip' }],
  ])('%s', async (_what, body, headers) => {
    const { post } = await collectorUnderTest()

    const response = await post(body, headers as Record<string, string>)

    expect(response.status).toBe(400)
    expect(await problemOf(response)).toMatchObject({ code: 'bad_request', status: 400 })
  })

  test('a body that breaks off', async () => {
    const { post } = await collectorUnderTest()
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"type":'))
        controller.error(new Error('gone'))
      },
    })

    expect((await post(body)).status).toBe(400)
  })

  test('a body without a length is read no further than the limit', async () => {
    const { post } = await collectorUnderTest()
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(32))
      },
    })

    expect((await post(endless)).status).toBe(400)
    expect(pulled).toBeLessThan(maxCollectorBodyBytes + 4 * 65_536)
  })

  test('a stated length over the limit is refused before a byte is read', async () => {
    const { post } = await collectorUnderTest()
    let isPulled = false
    const body = new ReadableStream(
      {
        pull() {
          isPulled = true
        },
      },
      { highWaterMark: 0 },
    )

    const response = await post(body, { 'content-length': String(maxCollectorBodyBytes + 1) })

    expect(response.status).toBe(400)
    expect(isPulled).toBe(false)
  })

  test('a body of exactly the limit is stored, plain and compressed', async () => {
    const { post } = await collectorUnderTest()
    const body = bodyOf(maxCollectorBodyBytes)

    expect((await post(body)).status).toBe(200)
    expect((await post(gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200)
  })

  test('a byte order mark before the JSON doesn’t matter', async () => {
    const { post } = await collectorUnderTest()

    const response = await post(`\uFEFF${JSON.stringify(conversation())}`)

    expect(response.status).toBe(200)
  })

  test('parameters of the content type don’t matter', async () => {
    const { post } = await collectorUnderTest()

    expect((await post(conversation(), { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200)
  })
})

describe('401: who is it?', () => {
  test.each([
    ['no key', {}],
    ['another scheme', { authorization: 'Basic abc' }],
    ['no key after Bearer', { authorization: 'Bearer ' }],
    ['two words', { authorization: 'Bearer a b' }],
    ['an unknown key', { authorization: 'Bearer web_aaaaaaaaaaaa_00000000000000000000000000000000' }],
    ['something that is no key', { authorization: 'Bearer \u00e9' }],
  ])('%s', async (_what, headers) => {
    const { fetch } = await collectorUnderTest()

    const response = await fetch(postRequest(conversation(), headers as Record<string, string>))

    expect(response.status).toBe(401)
    expect((await problemOf(response)).code).toBe('unauthorized')
  })

  test.each([
    [
      'the placeholder of the documents',
      'WEB_KEY',
      /^`WEB_KEY` is the placeholder .* put your own WEB key in its place/,
    ],
    ['a key of another collector', 'web_aaaaaaaaaaaa_00000000000000000000000000000000', /^The key is unknown here/],
  ])('the detail names %s', async (_what, key, detail) => {
    const { fetch } = await collectorUnderTest()

    const inHeader = await fetch(postRequest(conversation(), { authorization: `Bearer ${key}` }))

    expect(inHeader.status).toBe(401)
    expect((await problemOf(inHeader)).detail).toMatch(detail)
  })

  test('a known id with a wrong secret', async () => {
    const { fetch, web } = await collectorUnderTest()
    const wrong = `${web.key.slice(0, -1)}${web.key.endsWith('a') ? 'b' : 'a'}`

    expect((await fetch(postRequest(conversation(), { authorization: `Bearer ${wrong}` }))).status).toBe(401)
  })

  test('a WEB key in the address of a JSON request: that is for text/plain', async () => {
    const { fetch, web } = await collectorUnderTest()

    const response = await fetch(postRequest(conversation(), {}, `/conversations?key=${web.key}`))

    expect(response.status).toBe(401)
    expect((await problemOf(response)).detail).toContain('text/plain')
  })
})

describe('422: JSON that breaks the contract', () => {
  test('the detail names every failing path, those inside unions too', async () => {
    const { post } = await collectorUnderTest()
    const messages = [
      { role: 'tool', content: 'x' },
      { role: 'user', content: [{ type: 'text' }, { type: 'image_url', image_url: { url: 'x', detail: 'huge' } }] },
      { role: 'user', content: 7, links: [{ label: 'x' }], tool_calls: [{ id: 'a', type: 'function' }] },
    ]

    const response = await post({ type: 'openai', id: '', tags: 'a', createdAt: '2026-02-30T12:00:00Z', messages })

    const { code, detail } = await problemOf(response)
    expect(code).toBe('unprocessable_entity')
    expect(detail.split('; ').map((line) => line.split(': ')[0])).toEqual([
      'id',
      'createdAt',
      'tags',
      'messages[0].role',
      'messages[1].content[0].text',
      'messages[1].content[1].image_url.detail',
      'messages[2].links[0].url',
      'messages[2].content',
      'messages[2].tool_calls[0].function',
    ])
  })

  test.each([
    ['an array', [], 'body'],
    ['null', null, 'body'],
    ['no type', { messages: [] }, 'type'],
    ['another type', conversation({ type: 'other' }), 'type'],
    ['no messages', conversation({ messages: [] }), 'messages'],
    ['null content', conversation({ messages: [{ role: 'user', content: null }] }), 'messages[0].content'],
    ['one id twice', conversation({ messages: [message('a'), message('b'), message('a')] }), 'messages[2].id'],
  ])('%s', async (_what, body, path) => {
    const { post } = await collectorUnderTest()

    const response = await post(body)

    expect(response.status).toBe(422)
    expect((await problemOf(response)).detail).toMatch(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: `))
  })

  test('a date without a zone is told how one is written', async () => {
    const { post } = await collectorUnderTest()

    const { detail } = await problemOf(await post(conversation({ createdAt: '2026-03-01 12:00' })))

    expect(detail).toBe('createdAt: expected an ISO 8601 date with time and zone, like 2026-03-01T12:00:00Z')
  })

  test('a message id of another conversation of the project: neither is changed', async () => {
    const { post, store200, get } = await collectorUnderTest()
    await store200(conversation({ id: 'c1', messages: [message('m1')] }))

    const response = await post(
      conversation({ id: 'c2', messages: [message('m0'), message('m1', 0, { content: 'x' })] }),
    )

    expect(response.status).toBe(422)
    expect((await problemOf(response)).detail).toMatch(/^messages\[1\]\.id: /)
    expect((await get('/conversations/c2')).status).toBe(404)
    expect((await (await get('/conversations/c1')).json()).messages[0].content).toBe('m1')
  })

  test('another type than the stored one', async () => {
    const { post, store200 } = await collectorUnderTest()
    await store200(conversation({ id: 'c1' }))

    const response = await post({ ...conversation({ id: 'c1' }), type: 'support_ticket' })

    expect(response.status).toBe(422)
    expect((await problemOf(response)).detail).toMatch(/^type: /)
  })

  test('what is nested deeper than can be written again', async () => {
    const { post } = await collectorUnderTest()
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`

    const response = await post(`{"type":"openai","properties":{"a":${deep}},"messages":[]}`)

    expect(response.status).toBe(422)
    expect((await problemOf(response)).detail).toMatch(/^properties\.a\[0\]/)
  })

  test('more messages and links than any conversation has, before each is looked at', async () => {
    const { post } = await collectorUnderTest()
    const links = Array(15_000).fill({ url: '/' })

    const response = await post(conversation({ messages: Array(2).fill({ role: 'user', content: '', links }) }))

    expect(response.status).toBe(422)
    expect((await problemOf(response)).detail).toContain('more than 25000 messages, links, tags')
  })

  test('a body full of mistakes gets a detail of bounded length', async () => {
    const { post } = await collectorUnderTest()

    const response = await post(conversation({ messages: Array(20_000).fill({ role: 'x', content: 'x' }) }))

    expect((await problemOf(response)).detail).toMatch(/and 19500 more$/)
  })
})

describe('500: the store failed', () => {
  test('the answer says so and nothing of why; the log has the cause under the same request id', async () => {
    const logged: unknown[][] = []
    const { post, store } = await collectorUnderTest({ reportError: (...call) => logged.push(call) })
    const cause = new Error('disk is full at /var/data')
    store.upsertConversation = () => Promise.reject(cause)

    const response = await post(conversation())

    const problem = await problemOf(response)
    expect(problem).toMatchObject({ status: 500, code: 'internal_server_error' })
    expect(JSON.stringify(problem)).not.toContain('disk')
    expect(logged).toEqual([[cause, problem.requestId]])
  })
})

test('every problem has the contract’s media type and shape, its path, and an id of its own', async () => {
  const { post, get } = await collectorUnderTest()

  const responses = [
    await post('x'),
    await post({}),
    await get('/conversations/none'),
    await get('/nowhere?key=secret'),
  ]

  const ids = new Set<string | undefined>()
  for (const response of responses) {
    expect(response.headers.get('content-type')).toBe(problemMediaType)
    const problem = problemSchema.strict().parse(await response.json())
    expect(problem).toMatchObject({ status: response.status, error: { code: problem.code, message: problem.detail } })
    expect(problem.instance).toMatch(/^\/(conversations|nowhere)[^?]*$/)
    ids.add(problem.requestId)
  }
  expect(ids.size).toBe(4)
})
