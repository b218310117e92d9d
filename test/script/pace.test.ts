import { describe, expect, test } from 'vitest'
import { fakePage } from './fakes/fake-platform.ts'

const hello = { role: 'assistant', content: 'one' } as const

/** When requests were made, in milliseconds after the first. */
const timesOf = ({ network }: ReturnType<typeof fakePage>) =>
  network.sent.map(({ at }) => at - (network.sent[0]?.at ?? 0))

describe('a request whose connection broke', () => {
  test('is tried again, and followed by one more five seconds later: it may have got through, and be read late', async () => {
    const page = fakePage({ fetchLater: false })
    page.endpoint.next({ kind: 'reset', applied: false })
    page.log.trackMessage(hello)
    await page.advance(60_000)

    const [, again = 0, last = 0, ...more] = timesOf(page)
    expect(again).toBeLessThan(2_000)
    expect(last).toBeGreaterThanOrEqual(5_000)
    expect(last).toBeLessThan(10_000)
    expect(more).toEqual([])
  })

  test('with several of them has one that follows, five seconds after the last', async () => {
    const page = fakePage({ fetchLater: false })
    page.endpoint.next({ kind: 'reset', applied: false }, { kind: 'reset', applied: true })
    page.log.trackMessage(hello)
    await page.advance(60_000)

    const [, second = 0, , last = 0, ...more] = timesOf(page)
    expect(last).toBeGreaterThanOrEqual(second + 5_000)
    expect(more).toEqual([])
  })
})

test('a request that was refused for a while is tried again, and followed by none', async () => {
  const page = fakePage({ fetchLater: false })
  page.endpoint.next({ kind: 'status', status: 503 })
  page.log.trackMessage(hello)
  await page.advance(60_000)

  expect(timesOf(page)).toHaveLength(2)
})

test('a long body that was refused for a while is tried again as soon as a short one', async () => {
  const page = fakePage({ fetchLater: false })
  for (let index = 0; index < 10; index++) page.log.trackMessage({ ...hello, content: 'x'.repeat(100_000) })
  page.endpoint.next({ kind: 'status', status: 503 })
  await page.advance(10_000)

  const [, again = Number.POSITIVE_INFINITY] = timesOf(page)
  expect(again).toBeLessThan(2_000)
})

describe('while the browser is offline', () => {
  test('what is recorded is sent within half a minute of the line’s return, though no event tells of it', async () => {
    const page = fakePage({ fetchLater: false })
    page.goOffline()
    page.log.trackMessage(hello)
    await page.advance(100_000)
    page.network.online = true
    await page.advance(31_000)

    expect(page.endpoint.conversations()).toHaveLength(1)
  })

  const falselyOffline = () =>
    fakePage({ fetchLater: false, alter: (platform) => ({ ...platform, isOnline: () => false }) })

  test('what is recorded is sent all the same: what the browser says may be wrong', async () => {
    const page = falselyOffline()
    page.log.trackMessage(hello)
    await page.advance(10_000)

    expect(page.endpoint.conversations()).toHaveLength(1)
  })

  test('it is tried every half minute, for hours', async () => {
    const page = falselyOffline()
    page.network.online = false
    page.log.trackMessage(hello)
    await page.advance(3_600_000)

    expect(page.network.sent.length).toBeGreaterThan(110)
    expect(page.network.sent.length).toBeLessThan(130)
    expect(page.errors).toEqual([])
  })

  test('`flush` tries, also soon after another try', async () => {
    const page = falselyOffline()
    page.network.online = false
    page.log.trackMessage(hello)
    await page.advance(10_000)
    page.network.online = true
    const report = page.log.flush()
    await page.advance(1_000)

    expect(page.endpoint.conversations()).toHaveLength(1)
    expect((await report).delivered).toHaveLength(1)
  })

  test('it is sent at once where one does', async () => {
    const page = fakePage({ fetchLater: false })
    page.goOffline()
    page.log.trackMessage(hello)
    await page.advance(5_000)
    await page.goOnline()
    await page.advance(500)

    expect(page.endpoint.conversations()).toHaveLength(1)
  })

  test('nothing is sent at its return where all is delivered', async () => {
    const page = fakePage({ fetchLater: false })
    page.log.trackMessage(hello)
    await page.advance(10_000)
    page.goOffline()
    await page.advance(5_000)
    await page.goOnline()
    await page.advance(60_000)

    expect(page.network.sent).toHaveLength(1)
  })
})

test('`flush` says that it is trying again where only a part of what it has is still being received', async () => {
  const page = fakePage()
  page.endpoint.always({ kind: 'status', status: 503 })
  page.log.trackMessage(hello)
  page.log.trackMessage({ role: 'assistant', content: 'two', status: 'streaming' })
  const report = page.log.flush()
  await page.advance(500)

  expect((await report).pending).toMatchObject([{ reason: 'retrying' }])
})

test('two conversations are sent side by side, in two tabs too: one that hangs keeps no other waiting', async () => {
  const { browser, log, endpoint, advance } = fakePage({ fetchLater: false })
  const other = browser.openTab().start()
  endpoint.next({ kind: 'hang', appliedAfterMs: null })
  log.trackMessage({ ...hello, conversationId: 'one' })
  void log.flush()
  await advance(200)
  other.trackMessage({ ...hello, conversationId: 'two' })
  void other.flush()
  await advance(500)

  expect(endpoint.conversations()).toMatchObject([{ externalId: 'two' }])
})

test('a tab that comes back out of the back/forward cache sends at once what is said, when it is hidden', async () => {
  const { tab, log, endpoint, advance } = fakePage({ fetchLater: false })
  log.trackMessage(hello)
  await advance(10_000)
  expect(await tab.leaveCached()).toBe(true)
  expect(await tab.comeBack()).toBe(true)
  await advance(10_000)
  log.trackMessage({ role: 'user', content: 'two' })
  await tab.hide()
  await advance(500)

  expect(endpoint.conversations()[0]?.messages).toHaveLength(2)
})

test('in an engine that may let a loading page go unheard, what is recorded before its `load` is sent at once', async () => {
  let isLoading = true
  const page = fakePage({
    fetchLater: false,
    alter: (platform) => ({ ...platform, mayGoUnheard: () => isLoading }),
  })
  page.log.trackMessage(hello)
  await page.advance(100)
  expect(page.endpoint.contents()).toEqual([['one']])
  isLoading = false
  page.log.trackMessage({ role: 'assistant', content: 'Hi' })
  await page.advance(500)

  expect(page.endpoint.contents()).toEqual([['one']])
})
