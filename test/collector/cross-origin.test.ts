import { expect, test } from 'vitest'
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

test('every answer may be read by the page, errors too, and how long to wait', async () => {
  const { fetch, post, get, store } = await collectorUnderTest({ rateLimit: { requestsPerMinute: 3 } })
  const key = { origin }
  const answers = [
    await post(conversation(), key),
    await post('x', key),
    await post({}, key),
    await post({}, key),
    await get('/conversations/none', key),
    await fetch(postRequest({}, { origin })),
    await fetch(new Request('http://collector.test/nowhere', { headers: { origin } })),
  ]
  store.findKey = () => Promise.reject(new Error('down'))
  answers.push(await post({}, key))

  expect(answers.map(({ status }) => status)).toEqual([200, 400, 422, 429, 403, 401, 404, 500])
  for (const { headers } of answers) {
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-expose-headers')).toContain('retry-after')
  }
})
