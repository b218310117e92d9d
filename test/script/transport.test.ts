import { describe, expect, test } from 'vitest'
import type { Platform } from '../../src/script/platform.ts'
import type { Fault } from './fakes/fake-endpoint.ts'
import { endpointOptions, fakePage } from './fakes/fake-platform.ts'

const second = 1_000
const hour = 3_600_000

test('a request is a POST of JSON to the endpoint with the key as its bearer, also the one that is armed', async () => {
  const { log, advance, network } = fakePage()
  log.trackMessage({ role: 'assistant', content: 'one' })
  const [armed] = network.armed()
  await advance(20 * second)

  for (const request of [armed, network.sent[0]]) {
    expect(request?.url).toBe(endpointOptions.endpoint)
    expect(request?.headers).toEqual({
      'content-type': 'application/json',
      authorization: `Bearer ${endpointOptions.apiKey}`,
    })
  }
})

test('a changed key goes with the next request, in headers and in a beacon’s URL', async () => {
  const { log, tab, advance, network } = fakePage({ init: { server: 'chatlog' }, fetchLater: false })
  log.trackMessage({ role: 'assistant', content: 'one' })
  await advance(20 * second)
  log.takeKey('WEB-new+key')
  log.trackMessage({ role: 'assistant', content: 'two' })
  await advance(20 * second)
  log.trackMessage({ role: 'assistant', content: 'three' })
  await tab.close()

  expect(network.sent.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${endpointOptions.apiKey}`,
    'Bearer WEB-new+key',
    undefined,
  ])
  expect(network.sent.at(-1)).toMatchObject({
    via: 'beacon',
    url: `${endpointOptions.endpoint}?key=WEB-new%2Bkey`,
  })
})

test('an endpoint with a query of its own gets a beacon’s key behind it', async () => {
  const endpoint = 'https://collector.example.com/conversations?site=docs'
  const { log, tab, advance, network } = fakePage({ init: { server: 'chatlog', endpoint }, fetchLater: false })
  await advance(second)
  log.trackMessage({ role: 'user', content: 'one' })
  await tab.close()

  expect(network.sent.map(({ url }) => url)).toEqual([`${endpoint}&key=${endpointOptions.apiKey}`])
})

describe('a page that goes where our own collector is', () => {
  const leave = async (alter: (platform: Platform) => Platform, content = 'one') => {
    const page = fakePage({ init: { server: 'chatlog' }, fetchLater: false, alter })
    await page.advance(second)
    page.log.trackMessage({ role: 'user', content })
    await page.tab.close()
    await page.advance(second)
    return page
  }

  test('sends a request with keepalive where the browser doesn’t take the beacon', async () => {
    const { network, endpoint } = await leave((platform) => ({ ...platform, sendBeacon: () => false }))

    expect(network.sent.map(({ via }) => via)).toEqual(['keepalive'])
    expect(endpoint.conversations()).toHaveLength(1)
  })

  test('doesn’t ask for a beacon that is over the browser’s limit', async () => {
    let beacons = 0
    const { network } = await leave(
      (platform) => ({
        ...platform,
        sendBeacon(url, body) {
          beacons++
          return platform.sendBeacon(url, body)
        },
      }),
      'x'.repeat(70_000),
    )

    expect(beacons).toBe(0)
    expect(network.sent.map(({ via }) => via)).toEqual(['fetch'])
  })
})

test('what is sent outlives the page, nothing is armed then: exactly up to the browser’s limit', async () => {
  const viaFor = async (bytes: number) => {
    const { log, advance, network } = fakePage({ fetchLater: false })
    await advance(second)
    log.trackMessage({ role: 'assistant', content: 'x' })
    await advance(20 * second)
    const emptyBytes = (network.sent[0]?.bytes ?? 0) - 1
    log.startConversation()
    log.trackMessage({ role: 'assistant', content: 'x'.repeat(bytes - emptyBytes) })
    await advance(20 * second)
    return [network.sent[1]?.bytes, network.sent[1]?.via]
  }

  expect(await viaFor(65_535)).toEqual([65_535, 'keepalive'])
  expect(await viaFor(65_536)).toEqual([65_536, 'fetch'])
})

describe('compression, for our own collector', () => {
  const sendOnce = async (
    content: string,
    init: { server: 'hosted' | 'chatlog' },
    alter?: (p: Platform) => Platform,
  ) => {
    const page = fakePage({ init, fetchLater: false, ...(alter ? { alter } : {}) })
    page.log.trackMessage({ role: 'assistant', content })
    await page.advance(20 * second)
    return page.network.sent[0]
  }
  const long = 'The same words again. '.repeat(1_000)

  test('takes bodies that are worth it, says so in the header, and counts what goes over the line', async () => {
    const sent = await sendOnce(long, { server: 'chatlog' })

    expect(sent?.headers['content-encoding']).toBe('gzip')
    expect(sent?.bytes).toBeLessThan(long.length / 10)
    expect(JSON.parse(String(sent?.text)).messages[0].content).toBe(long)
  })

  test('lets a body outlive the page that would be too large for it uncompressed', async () => {
    const sent = await sendOnce(long.repeat(4), { server: 'chatlog' })

    expect(sent?.via).toBe('keepalive')
  })

  test('is left out for short bodies, for other servers, and where the browser can’t', async () => {
    const cannot = (platform: Platform): Platform => ({ ...platform, gzip: () => null })
    for (const sent of [
      await sendOnce('short', { server: 'chatlog' }),
      await sendOnce(long, { server: 'hosted' }),
      await sendOnce(long, { server: 'chatlog' }, cannot),
    ]) {
      expect(sent?.headers).not.toHaveProperty('content-encoding')
      expect(sent?.text).toHaveLength(sent?.bytes ?? 0)
    }
  })
})

describe('what the server asks for with Retry-After', () => {
  test.each<[string, string | undefined, number | 'quick']>([
    ['a number of seconds', '90', 90 * second],
    ['more than an hour, which is cut to one', '7200', hour],
    ['nothing', undefined, 'quick'],
    ['a text with a number in it', 'in 90 s', 'quick'],
    ['a negative number', '-90', 'quick'],
    ['a date', 'Sun, 01 Mar 2026 12:02:00 GMT', 2 * 60 * second],
    ['a date that is past', 'Sun, 01 Mar 2026 11:00:00 GMT', 'quick'],
    ['a date of next year', 'Mon, 01 Mar 2027 12:00:00 GMT', hour],
  ])('%s', async (_what, retryAfter, expected) => {
    const { log, advance, endpoint } = fakePage()
    const pauses: number[] = []
    log.on('retrying', ({ afterMs }) => pauses.push(afterMs))
    endpoint.next({ kind: 'status', status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) } as Fault)
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(20 * second)

    const [pauseMs = Number.NaN] = pauses
    if (expected === 'quick') expect(pauseMs).toBeLessThanOrEqual(300)
    // The date is counted from when the answer came.
    else expect(Math.abs(pauseMs - expected)).toBeLessThan(20 * second)
    expect(pauses).toHaveLength(1)
  })
})

describe('the reason for a refusal', () => {
  const reasonFor = async (text: string) => {
    const { log, advance, errors } = fakePage({
      alter: (platform) => ({
        ...platform,
        fetch: async () => new Response(text, { status: 422 }),
      }),
    })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(20 * second)
    return errors.join('\n')
  }

  test('is the problem’s detail, or the answer as far as 200 characters', async () => {
    expect(await reasonFor('{"title":"Bad","detail":"messages.0.role is missing"}')).toContain('role is missing')
    expect(await reasonFor('<h1>Bad gateway</h1>')).toContain('<h1>Bad gateway</h1>')
    expect(await reasonFor('null')).toContain('null')
    const long = await reasonFor('x'.repeat(1_000))
    expect(long).toContain('x'.repeat(200))
    expect(long).not.toContain('x'.repeat(201))
  })
})

test('a request that is under way ends with `stop`, and its body is the next page’s to send', async () => {
  const { log, tab, advance, endpoint, network } = fakePage({ fetchLater: false })
  endpoint.always({ kind: 'hang', appliedAfterMs: null })
  log.trackMessage({ role: 'assistant', content: 'one' })
  await advance(5 * second)
  log.stop()
  await advance(second)
  expect(network.sent).toMatchObject([{ aborted: true }])

  endpoint.always(null)
  await tab.navigate()
  tab.start()
  await advance(60 * second)
  expect(endpoint.conversations()[0]?.messages).toHaveLength(1)
})
