import { expect, test, vi } from 'vitest'
import { createLog } from '../../src/collector/command-line/log.ts'
import { describeError } from '../../src/collector/describe-error.ts'
import { createCollector } from '../../src/collector/http/create-collector.ts'
import { createMetrics } from '../../src/collector/http/metrics.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { StoreUnavailableError } from '../../src/collector/store/store.ts'
import { collectorUnderTest, conversation, postRequest, problemOf } from './collector-under-test.ts'

async function collectorWithMetrics(token?: string) {
  const store = openSqliteStore(':memory:')
  const { key } = await addKey(store, { type: 'web' })
  const metrics = createMetrics(token)
  const collector = createCollector({ store, ...metrics })
  const headers = { authorization: `Bearer ${key}` }
  return {
    post: async (body: unknown) => collector.fetch(postRequest(body, headers)),
    scrape: async (headers: Record<string, string> = {}) =>
      collector.fetch(new Request('http://collector.test/metrics', { headers })),
  }
}

test('every answer says its request’s id, the same as in the log and in a problem; a proxy’s own is kept', async () => {
  const answered = vi.fn()
  const { post } = await collectorUnderTest({ onAnswered: answered })

  const responses = [await post(conversation()), await post({}), await post({}, { 'x-request-id': 'proxy-1' })]

  const ids = responses.map((response) => response.headers.get('x-request-id'))
  expect(ids).toEqual([expect.stringMatching(/^req_/), expect.stringMatching(/^req_/), 'proxy-1'])
  expect(answered.mock.calls.map(([{ requestId }]) => requestId)).toEqual(ids)
  expect((await problemOf(responses[2] as Response)).requestId).toBe('proxy-1')
})

test('what is logged of a request holds nothing that its sender chose', async () => {
  const lines: string[] = []
  const log = createLog(
    'info',
    (line) => lines.push(line),
    () => 0,
  )
  const { post, get } = await collectorUnderTest({ onAnswered: (answered) => log.info('answered', answered) })
  const secret = 'tell nobody'

  await post(conversation({ id: secret, tags: [secret], messages: [{ role: 'user', content: secret }] }))
  await get(`/conversations/${secret}?key=${secret}`)
  await get(`/${secret}`)

  expect(lines.map((line) => JSON.parse(line))).toEqual(
    [
      ['POST', '/conversations', 200],
      ['GET', '/conversations/:id', 200],
      ['GET', '/*', 404],
    ].map(([method, route, status]) => ({
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      event: 'answered',
      requestId: expect.any(String),
      durationMs: expect.any(Number),
      method,
      route,
      status,
    })),
  )
})

test.each(['warn', 'error', 'silent'] as const)('a log at %s leaves out what is less', (level) => {
  const events: string[] = []
  const log = createLog(level, (line) => events.push(JSON.parse(line).event))

  log.info('info')
  log.warn('warn')
  log.error('error', new Error('x'))

  expect(events).toEqual({ warn: ['warn', 'error'], error: ['error'], silent: [] }[level])
})

test('a logged error names its code and lines of code, and nothing that it quotes', () => {
  const quoting = (() => {
    try {
      return JSON.parse('my password')
    } catch (error) {
      return error
    }
  })()
  const error = Object.assign(new Error('duplicate key value "my name"', { cause: quoting }), {
    code: '23505',
    detail: 'Key (id)=(my name) already exists.',
    parameters: ['my words'],
  })

  const described = describeError(error)

  expect(described).toMatchObject({ name: 'Error', code: '23505', message: 'duplicate key value' })
  expect(described.at[0]).toContain('running.test.ts')
  expect(JSON.stringify(described)).not.toMatch(/my (password|name|words)/)
})

test('/metrics counts answers by method, route and status, in Prometheus’ text', async () => {
  const { post, scrape } = await collectorWithMetrics()
  await post(conversation())
  await post(conversation())
  await post({})

  const response = await scrape()
  const text = await response.text()

  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text).toContain('chatlog_requests_total{method="POST",route="/conversations",status="200"} 2\n')
  expect(text).toContain('chatlog_requests_total{method="POST",route="/conversations",status="422"} 1\n')
  expect(text).toContain('chatlog_request_duration_seconds_bucket{method="POST",route="/conversations",le="+Inf"} 3\n')
  expect(text).toContain('chatlog_body_bytes 0\n')
  const sample = /^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[\d.]+(e[+-]?\d+)?$/
  const wrong = text
    .trimEnd()
    .split('\n')
    .filter((line) => !/^# (HELP|TYPE) [a-z_]+ \S/.test(line) && !sample.test(line))
  expect(wrong).toEqual([])
})

test('/metrics with a token answers nobody else', async () => {
  const { scrape } = await collectorWithMetrics('numbers')

  const refused = await scrape()
  expect(refused.status).toBe(401)
  expect(refused.headers.get('x-request-id')).toBe((await problemOf(refused)).requestId)
  expect((await scrape({ authorization: 'Bearer number' })).status).toBe(401)
  expect((await scrape({ authorization: 'Bearer numbers' })).status).toBe(200)
})

test('while the store is away, requests are answered 503 with Retry-After, and /health 503', async () => {
  const { post, get, store } = await collectorUnderTest()
  store.upsertConversation = () => Promise.reject(new StoreUnavailableError())
  store.ping = () => Promise.reject(new StoreUnavailableError())

  const response = await post(conversation())

  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('5')
  expect((await problemOf(response)).code).toBe('service_unavailable')
  expect((await get('/health')).status).toBe(503)
})

test('/health doesn’t wait for a store that never answers', async () => {
  vi.useFakeTimers()
  try {
    const { get, store } = await collectorUnderTest()
    store.ping = () => new Promise(() => {})

    const answered = get('/health')
    await vi.advanceTimersByTimeAsync(3_000)

    expect((await answered).status).toBe(503)
  } finally {
    vi.useRealTimers()
  }
})
