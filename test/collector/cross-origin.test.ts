import { describe, expect, test } from 'vitest'
import { addKey } from '../../src/collector/store/keys.ts'
import { collectorUnderTest, conversation, postRequest } from './collector-under-test.ts'

const origin = 'https://docs.example.com'

test('any origin passes the preflight for the three headers, by name, for hours, without a key', async () => {
  const { fetch } = await collectorUnderTest()

  const response = await fetch(
    new Request('http://collector.test/conversations', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-encoding,content-type',
      },
    }),
  )

  expect(response.status).toBe(204)
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('access-control-allow-headers')?.split(/, */)).toEqual([
    'authorization',
    'content-type',
    'content-encoding',
  ])
  expect(response.headers.get('access-control-allow-methods')?.split(/, */)).toContain('POST')
  expect(Number(response.headers.get('access-control-max-age'))).toBeGreaterThanOrEqual(7200)
})

test('headers that a page’s tracing adds to every request pass the preflight too', async () => {
  const { fetch } = await collectorUnderTest()
  const asked = [
    'authorization',
    'content-type',
    'traceparent',
    'tracestate',
    'baggage',
    'sentry-trace',
    'x-b3-traceid',
  ]

  const response = await fetch(
    new Request('http://collector.test/conversations', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': asked.join(', '),
      },
    }),
  )

  expect(response.headers.get('access-control-allow-headers')?.split(/, */)).toEqual(expect.arrayContaining(asked))
})

test('every answer to what pages send may be read by the page, errors too, and how long to wait', async () => {
  const { fetch, post, store } = await collectorUnderTest({ rateLimit: { requestsPerMinute: 3 } })
  const key = { origin }
  const answers = [
    await post(conversation(), key),
    await post('x', key),
    await post({}, key),
    await post({}, key),
    await fetch(postRequest({}, { origin })),
    await fetch(new Request('http://collector.test/nowhere', { headers: { origin } })),
  ]
  store.findKey = () => Promise.reject(new Error('down'))
  answers.push(await post({}, key))

  expect(answers.map(({ status }) => status)).toEqual([200, 400, 422, 429, 401, 404, 500])
  for (const { headers } of answers) {
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-expose-headers')).toContain('retry-after')
  }
})

describe('what reads or erases', () => {
  const paths = [
    ['GET', '/conversations'],
    ['GET', '/conversations/c1'],
    ['HEAD', '/conversations/c1'],
    ['GET', '/conversations/none'],
    ['DELETE', '/visitors/v1'],
    ['DELETE', '/conversations/c1'],
    ['GET', '/feedback'],
  ] as const

  test('is answered to the origin that its key names, and never to all', async () => {
    const { fetch, store, store200 } = await collectorUnderTest()
    await store200(conversation({ id: 'c1', userProperties: { id: 'v1' } }))
    const { key } = await addKey(store, { type: 'api', origins: [origin] })
    const ask = (method: string, path: string, headers: Record<string, string>) =>
      fetch(
        new Request(`http://collector.test${path}`, {
          method,
          headers: { authorization: `Bearer ${key}`, ...headers },
        }),
      )
    for (const [method, path] of paths) {
      const fromPage = await ask(method, path, { origin })
      const fromElsewhere = await ask(method, path, { origin: 'https://evil.example' })
      const fromProgram = await ask(method, path, {})

      expect([path, fromPage.headers.get('access-control-allow-origin')]).toEqual([path, origin])
      expect(fromPage.headers.get('vary')).toContain('Origin')
      if (path !== '/feedback') expect([path, fromElsewhere.status]).toEqual([path, 403])
      expect(fromElsewhere.headers.get('access-control-allow-origin')).not.toBe('*')
      expect([path, fromProgram.headers.get('access-control-allow-origin')]).toEqual([path, null])
    }
  })

  test('passes a preflight for the origin that asks alone', async () => {
    const { fetch } = await collectorUnderTest()
    for (const method of ['GET', 'DELETE']) {
      const headers = { origin, 'access-control-request-method': method }
      const response = await fetch(
        new Request('http://collector.test/conversations/c1', { method: 'OPTIONS', headers }),
      )

      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, origin])
    }
  })

  test('is refused to an API key that comes with an origin which it doesn’t name, on every route that takes keys', async () => {
    const { fetch, api, store200 } = await collectorUnderTest()
    await store200(conversation({ id: 'c1' }))
    const json = { 'content-type': 'application/json' }
    for (const [method, path] of [
      ...paths,
      ['POST', '/conversations'],
      ['POST', '/events'],
      ['POST', '/feedback'],
    ] as const) {
      if (`${method} ${path}` === 'GET /feedback') continue
      for (const asking of [origin, 'null', 'http://collector.test.evil.example']) {
        const headers = { ...json, authorization: `Bearer ${api.key}`, origin: asking }
        const body = method === 'POST' ? '{}' : null
        const { status } = await fetch(new Request(`http://collector.test${path}`, { method, headers, body }))

        expect([method, path, asking, status]).toEqual([method, path, asking, 403])
      }
    }
  })
})

describe('an origin for all subdomains', () => {
  const statusFrom = async (named: string, asking: string, type: 'web' | 'api' = 'web') => {
    const { fetch, store } = await collectorUnderTest()
    const { key } = await addKey(store, { type, origins: [named] })
    return (await fetch(postRequest(conversation(), { authorization: `Bearer ${key}`, origin: asking }))).status
  }

  test.each([
    ['https://*.example.com', 'https://docs.example.com'],
    ['https://*.example.com', 'https://a.b.example.com'],
    ['https://*.Example.com:443/', 'https://docs.example.com'],
    ['http://*.localhost:8080', 'http://shop.localhost:8080'],
    ['https://*.bücher.example', 'https://www.xn--bcher-kva.example'],
  ])('%s lets %s in', async (named, asking) => {
    expect([await statusFrom(named, asking), await statusFrom(named, asking, 'api')]).toEqual([200, 200])
  })

  test.each([
    ['https://*.example.com', 'https://example.com'],
    ['https://*.example.com', 'https://evilexample.com'],
    ['https://*.example.com', 'https://docs.example.com.evil.example'],
    ['https://*.example.com', 'https://evil.example/.example.com'],
    ['https://*.example.com', 'https://evil.example#.example.com'],
    ['https://*.example.com', 'https://evil.example?.example.com'],
    ['https://*.example.com', 'https://.example.com'],
    ['https://*.example.com', 'https://*.example.com.'],
    ['https://*.example.com', 'http://docs.example.com'],
    ['https://*.example.com', 'https://docs.example.com:8443'],
    ['https://*.example.com:8443', 'https://docs.example.com'],
    ['https://*.example.com', 'null'],
    ['https://docs.example.com', 'https://a.docs.example.com'],
  ])('%s keeps %s out', async (named, asking) => {
    expect([await statusFrom(named, asking), await statusFrom(named, asking, 'api')]).toEqual([403, 403])
  })

  test.each([
    ['https://*', 'must name a domain|may have one'],
    ['https://*.com', 'must name a domain after "*."'],
    ['https://docs.*.com', 'may have one "*"'],
    ['https://*.*.example.com', 'may have one "*"'],
    ['https://docs*.example.com', 'may have one "*"'],
    ['*.example.com', 'must look like'],
    ['https://*.example.com/docs', 'must look like'],
    ['https://*.', 'must'],
  ])('%s is refused, and what is right is said', async (text, message) => {
    const { store } = await collectorUnderTest()

    await expect(addKey(store, { type: 'web', origins: [text] })).rejects.toThrow(
      new RegExp(message.replaceAll('*', '\\*').replaceAll('.', '\\.')),
    )
  })
})
