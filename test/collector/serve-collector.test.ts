import { once } from 'node:events'
import { type ClientRequest, request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type SenderTimeouts, type ServedCollector, serveCollector } from '../../src/collector/serve/serve-collector.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { maxCollectorBodyBytes } from '../../src/contract/limits.ts'
import { problemSchema } from '../../src/contract/problem.ts'
import { conversation } from './collector-under-test.ts'

let served: ServedCollector | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

async function serve(timeouts: Partial<SenderTimeouts> = {}) {
  const store = openSqliteStore(':memory:')
  const errors: unknown[] = []
  served = await serveCollector({ store, port: 0, timeouts, reportError: (error) => errors.push(error) })
  const { key } = await addKey(store, { type: 'web' })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const { url, port } = served
  const post = (body: string, more = {}) =>
    fetch(`${url}/conversations`, { method: 'POST', body, headers: { ...headers, ...more } })
  const ids = async () => (await store.listConversations('default', { limit: 10 })).conversations.map(({ id }) => id)
  return { collector: served, store, url, port, headers, post, ids, errors }
}

/** A request whose body the test writes piece by piece. */
function open(url: string, headers: Record<string, string>): ClientRequest {
  return request(`${url}/conversations`, { method: 'POST', headers })
}

test('the address is printed as it is reached, and answers at once', async () => {
  const { url, port } = await serve()

  expect(url).toBe(`http://127.0.0.1:${port}`)
  expect((await fetch(`${url}/health`)).status).toBe(200)
})

test('what else runs in its process still gets answers that are its own `Response`', async () => {
  const { url } = await serve()

  expect(await fetch(`${url}/health`)).toBeInstanceOf(Response)
})

test('a request that is aborted in its body stores nothing and harms nothing', async () => {
  const { url, headers, post, ids, errors } = await serve()
  for (let round = 0; round < 5; round++) {
    const aborted = open(url, { ...headers, 'content-length': '1000' })
    aborted.on('error', () => {})
    aborted.write('{"type":"openai","id":"half"')
    await once(aborted, 'socket')
    aborted.destroy()
  }

  expect((await post(JSON.stringify(conversation({ id: 'whole' })))).status).toBe(200)
  expect(await ids()).toEqual(['whole'])
  expect(errors).toEqual([])
})

test('a body that comes slowly, a few bytes at a time, is stored', async () => {
  const { url, headers, ids } = await serve()
  const slow = open(url, headers)
  for (const piece of JSON.stringify(conversation({ id: 'slow' })).match(/.{1,10}/g) ?? []) {
    slow.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  slow.end()

  const [response] = await once(slow, 'response')

  expect(response.statusCode).toBe(200)
  response.resume()
  expect(await ids()).toEqual(['slow'])
})

test.each([
  ['with a stated length', {}],
  ['without one', { 'transfer-encoding': 'chunked' }],
])('a body over the limit %s is refused with an answer that arrives', async (_what, more) => {
  const { url, headers } = await serve()
  const body = Buffer.alloc(maxCollectorBodyBytes + 500_000, 32)
  const length = 'transfer-encoding' in more ? {} : { 'content-length': String(body.length) }
  const tooLarge = open(url, { ...headers, ...more, ...length })
  tooLarge.end(body)

  const [response] = await once(tooLarge, 'response')

  expect(response.statusCode).toBe(400)
  response.resume()
})

test('a refusal waits for the rest of the body: browsers read no answer before they have sent all of it', async () => {
  const { url } = await serve()
  const refused = open(url, { authorization: 'Bearer unknown', 'content-type': 'application/json' })
  let isAnswered = false
  const answered = once(refused, 'response').then(([response]) => {
    isAnswered = true
    return response.resume()
  })
  refused.write('a'.repeat(500_000))
  for (let round = 0; round < 3; round++) await fetch(`${url}/health`)
  expect(isAnswered).toBe(false)

  refused.end('a'.repeat(500_000))

  expect((await answered).statusCode).toBe(401)
})

test('what isn’t HTTP is refused and harms nothing', async () => {
  const { port, url } = await serve()
  const socket = connect(port, '127.0.0.1')
  socket.end('not http\r\n\r\n')
  const [answer] = await once(socket, 'data')
  socket.destroy()

  const [head, body = ''] = String(answer).split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1.1 400[\s\S]*content-type: application\/problem\+json/)
  expect(problemSchema.strict().parse(JSON.parse(body))).toMatchObject({ code: 'bad_request' })
  expect((await fetch(`${url}/health`)).status).toBe(200)
})

test('headers beyond 16 KB are refused with a problem', async () => {
  const { url } = await serve()

  const response = await fetch(`${url}/health`, { headers: { 'x-long': 'a'.repeat(17_000) } })

  expect(response.status).toBe(431)
  expect(await response.json()).toMatchObject({ code: 'request_header_fields_too_large' })
})

test.each([
  ['a head that comes without an end', 'X-Slow: a', { headMs: 100, checkMs: 20 }],
  ['a body that comes without an end', 'Content-Length: 9\r\n\r\n{', { headMs: 100, requestMs: 200, checkMs: 20 }],
])('%s is given up with a problem', async (_what, rest, timeouts) => {
  const { port, headers } = await serve(timeouts)
  const socket = connect(port, '127.0.0.1')
  const ended = once(socket, 'close')
  socket.write(`POST /conversations HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.authorization}\r\n`)
  socket.write(`Content-Type: application/json\r\n${rest}`)

  const [answer] = await once(socket, 'data')
  await ended

  const [head, body = ''] = String(answer).split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1.1 408/)
  expect(problemSchema.strict().parse(JSON.parse(body))).toMatchObject({ code: 'request_timeout' })
})

test('a connection on which nothing moves is ended', async () => {
  const { port, headers } = await serve({ stillMs: 100 })
  const socket = connect(port, '127.0.0.1')
  socket.resume()
  socket.write(`POST /conversations HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.authorization}\r\n`)
  socket.write('Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{')

  await once(socket, 'close')

  expect(socket.destroyed).toBe(true)
})

test('closing finishes the request under way and takes no new one', async () => {
  const { collector, url, headers, ids, post } = await serve()
  const body = JSON.stringify(conversation({ id: 'under-way' }))
  const underWay = open(url, { ...headers, 'content-length': String(body.length) })
  underWay.write(body.slice(0, 10))
  await once(underWay, 'socket')
  await fetch(`${url}/health`)

  const closed = collector.close()
  await expect(post(body)).rejects.toThrow()
  underWay.end(body.slice(10))
  const [response] = await once(underWay, 'response')
  response.resume()
  await closed

  expect(response.statusCode).toBe(200)
  expect(await ids()).toEqual(['under-way'])
})

test('a port that is taken is an error, not a crash', async () => {
  const { port, store } = await serve()

  await expect(serveCollector({ store, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
