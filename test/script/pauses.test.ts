import { describe, expect, test } from 'vitest'
import type { Fault } from './fakes/fake-endpoint.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

const status = (status: number, detail?: string): Fault =>
  detail === undefined ? { kind: 'status', status } : { kind: 'status', status, detail }
const noNetwork: Fault = { kind: 'reset', applied: false }

/** Pages that record one message while the endpoint misbehaves, each with other luck; what each says of its pauses. */
async function pausesOfMany(fault: Fault, failures: number): Promise<number[][]> {
  const all: number[][] = []
  for (let seed = 1; seed <= 30; seed++) {
    const { log, advance, endpoint } = fakePage({ seed })
    const pauses: number[] = []
    log.on('retrying', ({ afterMs }) => pauses.push(afterMs))
    endpoint.always(fault)
    log.trackMessage({ role: 'assistant', content: 'one' })
    while (pauses.length < failures) await advance(second)
    all.push(pauses.slice(0, failures))
  }
  return all
}

describe('the pause after a failure', () => {
  test('is short twice, then up to a bound that doubles with each, and ten minutes at most', async () => {
    const all = await pausesOfMany(noNetwork, 14)
    const nth = (failure: number) => all.map((pauses) => pauses[failure - 1] ?? Number.NaN)

    for (const failure of [1, 2]) {
      expect(Math.min(...nth(failure))).toBeGreaterThanOrEqual(100)
      expect(Math.max(...nth(failure))).toBeLessThanOrEqual(300)
      expect(Math.max(...nth(failure)), 'it is drawn from the whole of it').toBeGreaterThan(250)
    }
    for (let failure = 3; failure <= 14; failure++) {
      const bound = 500 + Math.min(600_000, 1_000 * 2 ** (failure - 2))
      expect(Math.min(...nth(failure))).toBeGreaterThanOrEqual(500)
      expect(Math.max(...nth(failure))).toBeLessThanOrEqual(bound)
      expect(Math.max(...nth(failure)), `bound of the ${failure}th`).toBeGreaterThan(0.8 * bound)
    }
  })

  test('is over when the network is back', async () => {
    const { log, browser, advance, endpoint } = fakePage()
    endpoint.always(noNetwork)
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(hour)
    endpoint.always(null)
    expect(log.getState().sender.retryAt).not.toBeNull()

    await browser.goOffline()
    await browser.goOnline()
    await advance(second)

    expect(endpoint.conversations()).toHaveLength(1)
    expect(log.getState().sender).toEqual({ state: 'idle', reason: null, retryAt: null, flushReason: 'retry' })
  })

  test('says until when, and why', async () => {
    const { log, clock, advance, endpoint } = fakePage()
    const pauses: unknown[] = []
    log.on('retrying', (event) => pauses.push(event))
    endpoint.always({ kind: 'status', status: 503, retryAfter: '60' })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(5 * second)

    expect(pauses).toEqual([{ afterMs: 60_000, cause: '503' }])
    const { state, reason, retryAt } = log.getState().sender
    expect({ state, reason }).toEqual({ state: 'waiting', reason: '503' })
    const leftMs = Date.parse(String(retryAt)) - clock.now()
    expect(leftMs).toBeGreaterThan(50 * second)
    expect(leftMs).toBeLessThanOrEqual(60 * second)
  })
})

describe('an endpoint is called unreachable', () => {
  const stateAfter = async (...faults: (Fault | null)[]) => {
    const { log, browser, advance, endpoint, errors } = fakePage()
    endpoint.next(...faults)
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(20 * second)
    endpoint.always(noNetwork)
    log.trackMessage({ role: 'assistant', content: 'two' })
    await advance(minute)
    return { state: log.getState().sender.state, errors, browser }
  }

  test('not where it was reached before', async () => {
    expect(await stateAfter(null)).toMatchObject({ state: 'waiting', errors: [] })
  })

  test('not where all that it answered was a failure', async () => {
    expect(await stateAfter(status(503))).toMatchObject({ state: 'waiting', errors: [] })
  })

  test('not where the browser knows that it is offline', async () => {
    const { log, browser, advance, endpoint, errors } = fakePage()
    browser.goOffline()
    endpoint.always(noNetwork)
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(minute)

    expect(errors).toEqual([])
    expect(log.getState().sender.state).not.toBe('unreachable')
  })
})

describe('a refused key', () => {
  const refusedPage = async (fault: Fault = status(401, 'No such key.')) => {
    const page = fakePage()
    page.endpoint.always(fault)
    page.log.trackMessage({ role: 'assistant', content: 'one' })
    return page
  }

  test('is tried again after one second, then after two', async () => {
    const { log, advance, endpoint } = await refusedPage()
    const pauses: unknown[] = []
    log.on('retrying', (event) => pauses.push(event))
    await advance(20 * second)

    expect(pauses).toEqual([
      { afterMs: 1_000, cause: '401' },
      { afterMs: 2_000, cause: '401' },
    ])
    expect(endpoint.requests).toHaveLength(3)
  })

  test('pauses for 15 minutes, says so once and what to look at, and doubles up to a day', async () => {
    const { log, advance, endpoint, errors } = await refusedPage()
    const blocked: unknown[] = []
    log.on('blocked', (event) => blocked.push(event))
    await advance(10 * minute)

    expect(endpoint.requests).toHaveLength(3)
    expect(errors.filter((line) => line.includes('nothing is sent'))).toEqual([
      expect.stringContaining('nothing is sent for 15 minutes: 401 No such key. Check the WEB key and its origins.'),
    ])
    expect(blocked).toEqual([{ reason: '401 No such key.' }])

    await advance(200 * hour)
    const times = endpoint.requests.slice(3).map(({ at }) => Math.round(at / minute))
    const gaps = times.map((at, index) => at - (times[index - 1] ?? 0))
    expect(gaps).toEqual([15, 30, 60, 120, 240, 480, 960, ...gaps.slice(7).map(() => 1_440)])
    expect(gaps.length).toBeGreaterThan(10)
  })

  test('leaves no more of itself in the site’s storage than its end, and of the reason 120 characters', async () => {
    const { log, advance, localStorage } = await refusedPage(status(401, 'Why? '.repeat(100)))
    await advance(minute)

    const stored = [...localStorage.entries.values()].join('\n')
    expect(stored).toContain('123456')
    expect(stored).not.toContain('_123456')
    expect(log.getState().sender.reason).toHaveLength(120)
  })

  test('that works again at the end of a pause has its three tries back', async () => {
    const { log, advance, endpoint, errors } = await refusedPage()
    await advance(minute)
    endpoint.always(null)
    await advance(20 * minute)
    expect(log.getState().sender).toEqual({ state: 'idle', reason: null, retryAt: null, flushReason: 'retry' })
    const before = endpoint.requests.length

    endpoint.always(status(401))
    log.trackMessage({ role: 'assistant', content: 'two' })
    await advance(minute)

    expect(endpoint.requests.length - before).toBe(3)
    expect(errors.filter((line) => line.includes('nothing is sent for 15 minutes'))).toHaveLength(2)
  })

  test('is not given up for longer than the pause where the clock is set back', async () => {
    const { clock, advance, endpoint } = await refusedPage()
    await advance(minute)
    endpoint.always(null)
    clock.jump(-48 * hour)
    await advance(16 * minute)

    expect(endpoint.conversations()).toHaveLength(1)
  })

  test('is waited for by the next page too, to the end of the pause', async () => {
    const { browser, tab, advance, endpoint } = await refusedPage()
    await advance(minute)
    endpoint.always(null)
    await tab.navigate()
    const next = tab.start()
    await advance(10 * minute)
    expect(next.getState().sender).toMatchObject({ state: 'blocked', reason: '401 No such key.' })
    expect(browser.endpoint.requests).toHaveLength(3)

    await advance(10 * minute)
    expect(endpoint.conversations()).toHaveLength(1)
  })
})

test('as long as the key has not been seen to work, one request is under way; then one for each conversation', async () => {
  const { log, advance, endpoint } = fakePage()
  endpoint.always({ kind: 'slow', ms: 2 * second })
  const say = (word: string) => {
    for (const id of ['a', 'b', 'c']) {
      log.startConversation({ id })
      log.trackMessage({ role: 'assistant', content: `${word} in ${id}` })
    }
    void log.flush()
  }
  say('one')
  await advance(second)
  expect(endpoint.requests).toHaveLength(1)
  await advance(2 * second)
  expect(endpoint.requests).toHaveLength(3)
  await advance(10 * second)

  say('two')
  await advance(second)
  expect(endpoint.requests).toHaveLength(6)
})

test('pages that go hand over the newest three conversations before the key was seen to work, then all, newest first', async () => {
  const handedOver = async (isProven: boolean) => {
    const { openTab, advance, endpoint } = fakeBrowser({ fetchLater: false })
    const tab = openTab()
    const log = tab.start()
    if (isProven) {
      log.trackMessage({ role: 'assistant', content: 'The key is good.' })
      await advance(10 * second)
    }
    const before = endpoint.requests.length
    for (let number = 1; number <= 5; number++) {
      log.startConversation({ id: `${number}` })
      log.trackMessage({ role: 'assistant', content: `in ${number}` })
    }
    await advance(100)
    await tab.close()
    await advance(second)
    return endpoint.requests.slice(before).map(({ text }) => JSON.parse(text).externalId)
  }

  expect(await handedOver(false)).toEqual(['5', '4', '3'])
  expect(await handedOver(true)).toEqual(['5', '4', '3', '2', '1'])
})
