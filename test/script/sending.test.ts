import { describe, expect, test } from 'vitest'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const hour = 3_600_000
const unauthorized = { kind: 'status', status: 401, detail: 'unknown key' } as const

describe('an endpoint that refuses the key', () => {
  test('is asked three times at most, closing included, then on no page until the pause ends', async () => {
    const browser = fakeBrowser()
    browser.endpoint.always(unauthorized)
    const tab = browser.openTab()
    tab.start().trackMessage({ role: 'user', content: 'one' })
    await browser.advance(60_000)
    await tab.navigate()
    expect(browser.endpoint.requests).toHaveLength(3)

    tab.start().trackMessage({ role: 'user', content: 'two' })
    await browser.advance(10 * 60_000)
    await tab.close()

    expect(browser.endpoint.requests).toHaveLength(3)
    expect(browser.errors.filter((line) => line.includes('nothing is sent'))).toHaveLength(1)
  })

  test('is asked once after each pause, and the pauses double', async () => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always(unauthorized)
    log.trackMessage({ role: 'user', content: 'one' })
    await advance(hour)
    // 15 minutes, then 30.
    expect(endpoint.requests.length).toBe(5)
    expect(log.getState().sender.state).toBe('blocked')

    endpoint.always(null)
    await advance(24 * hour)

    expect(endpoint.conversations()).toHaveLength(1)
  })

  test('takes what was recorded as soon as the key is changed', async () => {
    const browser = fakeBrowser()
    browser.endpoint.always(unauthorized)
    const tab = browser.openTab()
    const log = tab.start()
    log.trackMessage({ role: 'user', content: 'one' })
    await browser.advance(60_000)
    browser.endpoint.always(null)
    await tab.navigate()

    tab.start({ apiKey: 'another_key' })
    await browser.advance(20_000)

    expect(browser.endpoint.conversations()).toHaveLength(1)
  })
})

test('an endpoint that is down for an hour gets under 40 requests, and everything when it is back', async () => {
  const { log, advance, endpoint } = fakePage()
  endpoint.always({ kind: 'status', status: 503 })
  log.trackMessage({ role: 'user', content: 'one' })
  await advance(hour)
  expect(endpoint.requests.length).toBeLessThan(40)
  expect(endpoint.requests.length).toBeGreaterThan(5)

  endpoint.always(null)
  await advance(hour)

  expect(endpoint.conversations()[0]?.messages).toHaveLength(1)
})

test('the first two tries again come within 300 ms each', async () => {
  const { log, advance, endpoint } = fakePage()
  endpoint.next({ kind: 'status', status: 503 }, { kind: 'status', status: 503 })
  log.trackMessage({ role: 'assistant', content: 'one' })
  await advance(20_000)

  const [first = 0, second = 0, third = 0] = endpoint.requests.map(({ at }) => at)
  expect(second - first).toBeLessThan(400)
  expect(third - second).toBeLessThan(400)
  expect(endpoint.conversations()).toHaveLength(1)
})

test.each([
  ['seconds', '30', 30_000],
  ['more than an hour, which is cut to one', '86400', hour],
])('Retry-After in %s is obeyed', async (_form, retryAfter, waitMs) => {
  const { log, advance, endpoint } = fakePage()
  endpoint.next({ kind: 'status', status: 429, retryAfter })
  log.trackMessage({ role: 'assistant', content: 'one' })
  await advance(2 * hour)

  const [first = 0, second = 0] = endpoint.requests.map(({ at }) => at)
  expect(second - first).toBeGreaterThanOrEqual(waitMs)
  expect(second - first).toBeLessThan(waitMs + 2_000)
})

test('Retry-After as a date is obeyed', async () => {
  const { log, advance, endpoint, clock } = fakePage()
  endpoint.next({ kind: 'status', status: 503, retryAfter: new Date(clock.now() + 60_000).toUTCString() })
  log.trackMessage({ role: 'assistant', content: 'one' })
  await advance(2 * hour)

  expect((endpoint.requests[1]?.at ?? 0) - (endpoint.requests[0]?.at ?? 0)).toBeGreaterThan(55_000)
})

test('refused content is said once and sent again only when it changes', async () => {
  const { log, advance, endpoint, errors } = fakePage()
  endpoint.next({ kind: 'status', status: 422, detail: 'messages.0.content: too silly' })
  log.trackMessage({ role: 'assistant', content: 'one' })
  await advance(10 * 60_000)
  expect(endpoint.requests).toHaveLength(1)
  expect(errors.join()).toContain('too silly')
  expect((await log.flush()).pending).toMatchObject([{ reason: 'refused' }])

  log.trackMessage({ role: 'assistant', content: 'two' })
  await advance(20_000)

  expect(endpoint.conversations()[0]?.messages).toHaveLength(2)
})

test('a question and its answer are one request', async () => {
  const { log, advance, endpoint } = fakePage()
  log.trackMessage({ role: 'user', content: 'one' })
  await advance(2_000)
  log.trackMessage({ id: 'a', role: 'assistant', content: '', status: 'streaming' })
  log.appendToMessage('a', 'two')
  await advance(2_000)
  log.completeMessage('a')
  await advance(hour / 4)

  expect(endpoint.requests).toHaveLength(1)
})

test('a long conversation is sent no faster than 32 KB a second', async () => {
  const { log, advance, endpoint } = fakePage()
  log.trackMessage({ role: 'assistant', content: 'x'.repeat(640_000) })
  await advance(2_000)
  log.trackMessage({ role: 'assistant', content: 'one more' })
  await advance(60_000)

  const [first = 0, second = 0] = endpoint.requests.map(({ at }) => at)
  expect(second - first).toBeGreaterThan(19_000)
  expect(second - first).toBeLessThan(21_500)
})
