import { describe, expect, test } from 'vitest'
import type { Fault } from './fakes/fake-endpoint.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const second = 1_000
const hour = 3_600_000

const status = (status: number): Fault => ({ kind: 'status', status })

describe('what a status makes the sender do', () => {
  test.each([
    [200, 'of the conversation', null],
    [201, 'of the conversation', null],
    [202, 'without a body', ''],
    [204, 'without a body', ''],
    [205, 'without a body', ''],
  ])('%i %s is delivered', async (code, _what, text) => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always({ kind: 'answered', status: code, text })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(hour)

    expect(endpoint.requests).toHaveLength(1)
    expect(log.getState().conversations[0]?.state).toBe('delivered')
  })

  test.each([408, 425, 429, 500, 502, 503, 504, 599])('%i is tried again', async (code) => {
    const { log, advance, endpoint } = fakePage()
    endpoint.next(status(code))
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(hour)

    expect(endpoint.requests).toHaveLength(2)
    expect(log.getState().conversations[0]?.state).toBe('delivered')
  })

  test.each([400, 404, 409, 410, 413, 415, 422, 451])('%i refuses this content', async (code) => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always(status(code))
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(hour)

    expect(endpoint.requests).toHaveLength(1)
    expect(log.getState().conversations[0]?.state).toBe('refused')
  })

  test.each([401, 403])('%i blocks the key after the third', async (code) => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always(status(code))
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(60 * second)

    expect(endpoint.requests).toHaveLength(3)
    expect(log.getState().conversations[0]?.state).toBe('blocked')
  })
})

describe('a refused key', () => {
  test.each(['hosted', 'chatlog'] as const)(
    'is tried by no page more than three times, whenever that is closed (server: %s)',
    async (server) => {
      for (let aliveMs = 0; aliveMs <= 6_000; aliveMs += 250) {
        const { log, tab, advance, endpoint } = fakePage({ init: { server } })
        endpoint.always(status(401))
        log.trackMessage({ role: 'assistant', content: 'one' })
        await advance(aliveMs)
        log.trackMessage({ role: 'assistant', content: 'two' })
        await tab.close()
        await advance(10 * second)

        expect(endpoint.requests.length, `closed after ${aliveMs} ms`).toBeLessThanOrEqual(3)
      }
    },
  )
})

test('a refused key is tried three times at most with several conversations too, whenever the page is closed', async () => {
  for (const server of ['hosted', 'chatlog'] as const) {
    for (let aliveMs = 0; aliveMs <= 3_000; aliveMs += 100) {
      const { log, tab, advance, endpoint } = fakePage({ init: { server } })
      endpoint.always(status(401))
      for (const id of ['a', 'b', 'c']) {
        log.startConversation({ id })
        log.trackMessage({ role: 'user', content: `in ${id}` })
      }
      await advance(aliveMs)
      await tab.close()
      await advance(10 * second)

      expect(endpoint.requests.length, `${server}, closed after ${aliveMs} ms`).toBeLessThanOrEqual(3)
    }
  }
})

describe('no request follows another without a pause', () => {
  const failures: [string, Fault][] = [
    ['answers 503', status(503)],
    ['answers 429 with no Retry-After', status(429)],
    ['answers 503 with a Retry-After of nothing', { kind: 'status', status: 503, retryAfter: '0' }],
    [
      'answers 503 with a Retry-After that is past',
      { kind: 'status', status: 503, retryAfter: new Date(0).toUTCString() },
    ],
    ['answers 503 with a Retry-After that makes no sense', { kind: 'status', status: 503, retryAfter: 'soon' }],
    ['resets connections', { kind: 'reset', applied: false }],
    ['stores and resets connections', { kind: 'reset', applied: true }],
    ['never answers', { kind: 'hang', appliedAfterMs: null }],
    ['cuts its answers', { kind: 'cut' }],
    ['never ends its answers', { kind: 'stall', text: '' }],
  ]

  /** The most requests that came within any second. */
  const mostInASecond = (times: readonly number[]) =>
    Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + second).length))

  test.each(failures)('to an endpoint that %s for an hour: under 40', async (_name, fault) => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always(fault)
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(hour)

    const times = endpoint.requests.map(({ at }) => at)
    expect(times.length).toBeGreaterThan(2)
    expect(times.length).toBeLessThan(40)
    expect(mostInASecond(times)).toBeLessThanOrEqual(3)
  })

  test('also where the page asks for one all the time, and is hidden and shown', async () => {
    const { log, tab, advance, endpoint } = fakePage()
    endpoint.always(status(503))
    log.trackMessage({ role: 'assistant', content: 'one' })
    for (let passedMs = 0; passedMs < hour; passedMs += 5 * second) {
      void log.flush()
      await tab.hide()
      await tab.show()
      await advance(5 * second)
    }

    expect(endpoint.requests.length).toBeLessThan(40)
  })
})

test('an endpoint that has never answered is called unreachable, once', async () => {
  const { log, advance, endpoint, errors } = fakePage()
  endpoint.always({ kind: 'reset', applied: false })
  log.trackMessage({ role: 'assistant', content: 'one' })
  await advance(hour)

  expect(errors.filter((line) => line.includes('the endpoint never answers'))).toHaveLength(1)
  expect(log.getState().sender.state).toBe('unreachable')
  expect((await log.flush()).pending).toMatchObject([{ reason: 'unreachable' }])
})

describe('an endpoint that the page’s Content Security Policy forbids', () => {
  /** The page can reach nothing, and its policy says that it forbids this. */
  const reportOf = async (url: string) => {
    let forbid = (_url: string) => {}
    const { log, advance, endpoint, errors } = fakePage({
      alter: (platform) => ({
        ...platform,
        onForbidden(listener) {
          forbid = listener
          return () => {}
        },
      }),
    })
    endpoint.always({ kind: 'reset', applied: false })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(1_000)
    forbid(url)
    await advance(hour)
    return { reason: log.getState().sender.reason, said: errors.filter((line) => line.includes('CSP')) }
  }

  test.each([
    ['https://collector.example.com/conversations'],
    ['https://collector.example.com/conversations?key=k'],
    ['https://collector.example.com'],
  ])('is called that, once (%s)', async (url) => {
    expect(await reportOf(url)).toEqual({
      reason: 'connect-src',
      said: ['chatlog: the page’s CSP forbids the endpoint: add it to connect-src'],
    })
  })

  test.each([['https://elsewhere.example.com/conversations'], ['inline'], ['eval'], ['']])(
    'is not taken for one where it forbids something else (%s)',
    async (url) => {
      expect(await reportOf(url)).toEqual({ reason: 'network', said: [] })
    },
  )
})

test.each([
  ['a short body', 'one', 10_000],
  ['a body of 160 KB', 'x'.repeat(160_000), 20_000],
])(
  'an answer that doesn’t come is given up after ten seconds and the time of %s',
  async (_body, content, patienceMs) => {
    const { log, advance, endpoint } = fakePage()
    const causes: string[] = []
    log.on('retrying', ({ cause }) => causes.push(cause))
    endpoint.next({ kind: 'hang', appliedAfterMs: null })
    log.trackMessage({ role: 'assistant', content })
    await advance(patienceMs)
    expect(causes).toEqual([])

    await advance(2 * second)

    expect(causes).toEqual(['timeout'])
    await advance(60 * second)
    expect(endpoint.conversations()).toHaveLength(1)
  },
)

describe('one request is under way for a conversation', () => {
  const slowMs = 2_000
  const overlaps = (times: readonly number[]) =>
    times.filter((at, index) => index > 0 && at < (times[index - 1] ?? 0) + slowMs).length

  test('while one tab goes on recording', async () => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always({ kind: 'slow', ms: slowMs })
    for (let number = 1; number <= 100; number++) {
      log.trackMessage({ role: 'assistant', content: `message ${number}` })
      if (number % 10 === 0) void log.flush()
      await advance(200)
    }
    await advance(60 * second)

    const times = endpoint.requests.map(({ at }) => at)
    expect(times.length).toBeGreaterThan(5)
    expect(overlaps(times)).toBe(0)
  })

  test('also from two tabs', async () => {
    const { endpoint, openTab, advance } = fakeBrowser()
    const logs = [openTab().start(), openTab().start()]
    for (const log of logs) log.startConversation({ id: 'chat' })
    endpoint.always({ kind: 'slow', ms: slowMs })
    for (let number = 1; number <= 100; number++) {
      logs[number % 2]?.trackMessage({ role: 'assistant', content: `message ${number}` })
      if (number % 10 === 0) for (const log of logs) void log.flush()
      await advance(200)
    }
    await advance(60 * second)

    const times = endpoint.requests.map(({ at }) => at)
    expect(times.length).toBeGreaterThan(5)
    expect(overlaps(times)).toBe(0)
    expect(endpoint.conversations()[0]?.messages).toHaveLength(100)
  })
})

describe('the keepalive budget', () => {
  /** 10,000 characters, 30,000 bytes. */
  const chinese = '漢'.repeat(10_000)

  test('is counted in UTF-8 bytes, over all conversations of the page', async () => {
    const { log, advance, endpoint, network } = fakePage({ fetchLater: false })
    const failed: string[] = []
    log.on('retrying', ({ cause }) => failed.push(cause))
    log.trackMessage({ role: 'assistant', content: 'The key is good.' })
    await advance(10 * second)
    endpoint.always({ kind: 'slow', ms: 2_000 })
    for (let number = 1; number <= 3; number++) {
      log.startConversation()
      log.trackMessage({ role: 'assistant', content: chinese })
    }
    void log.flush()
    await advance(second)

    expect(network.sent.slice(1).map(({ via }) => via)).toEqual(['keepalive', 'keepalive', 'fetch'])
    await advance(60 * second)
    expect(failed).toEqual([])
    expect(endpoint.conversations()).toHaveLength(4)
  })

  test.each<[string, Fault | null]>([
    ['answered well', null],
    ['refused', status(422)],
    ['answered 503', status(503)],
    ['reset', { kind: 'reset', applied: false }],
    ['cut in its answer', { kind: 'cut' }],
    ['given up', { kind: 'stall' }],
  ])('comes back when a request is %s', async (_end, fault) => {
    const { log, advance, endpoint, network } = fakePage({ fetchLater: false })
    endpoint.next(fault)
    log.trackMessage({ role: 'assistant', content: chinese })
    await advance(60 * second)
    const before = network.sent.length

    log.startConversation()
    log.trackMessage({ role: 'assistant', content: chinese + chinese })
    await advance(60 * second)

    expect(network.sent.slice(before).map(({ via }) => via)).toEqual(['keepalive'])
  })
})
