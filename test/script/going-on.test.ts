import { describe, expect, test } from 'vitest'
import { fakeBrowser, twoTabsOnOneChat } from './fakes/fake-platform.ts'

/** A page that has said two things, delivered, and the next page of the site in the same tab. */
async function nextPage() {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  const before = tab.start()
  before.trackMessage({ role: 'user', content: 'one' })
  before.trackMessage({ role: 'assistant', content: 'two' })
  await browser.advance(10_000)
  await tab.navigate()
  const sentBefore = browser.network.sent.length
  const sent = () => browser.network.sent.slice(sentBefore)
  return { ...browser, browser, tab, log: tab.start(), sent }
}

describe('a page that goes on with a delivered conversation', () => {
  test('sends nothing by itself', async () => {
    const { log, sent, advance } = await nextPage()
    await advance(60_000)

    expect(sent()).toEqual([])
    expect(log.getState().conversations).toMatchObject([{ messages: 2, state: 'delivered' }])
  })

  test('sends nothing after another one that did the same', async () => {
    const { tab, sent, advance } = await nextPage()
    await advance(60_000)
    await tab.navigate()
    tab.start()
    await advance(60_000)

    expect(sent()).toEqual([])
  })

  test('sends it once with what is said next', async () => {
    const { browser, log, sent, advance } = await nextPage()
    log.trackMessage({ role: 'assistant', content: 'three' })
    await advance(60_000)

    expect(sent()).toHaveLength(1)
    expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
  })

  test('sends it once where the visitor is called something else now', async () => {
    const { log, sent, advance } = await nextPage()
    log.identify({ userId: 'u7' })
    await advance(60_000)

    expect(sent().map(({ text }) => JSON.parse(text))).toMatchObject([{ userProperties: { id: 'u7' } }])
  })

  test('sends nothing by itself where the last page has delivered who the visitor is', async () => {
    const { tab, log, sent, advance } = await nextPage()
    log.identify({ userId: 'u7' })
    await advance(60_000)
    await tab.navigate()
    tab.start()
    await advance(60_000)

    expect(sent()).toHaveLength(1)
  })

  test('sends once more what the last page said of the visitor and couldn’t deliver', async () => {
    const browser = fakeBrowser({ fetchLater: false })
    const tab = browser.openTab()
    const log = tab.start()
    log.trackMessage({ role: 'assistant', content: 'one' })
    await browser.advance(10_000)
    browser.endpoint.always({ kind: 'reset', applied: false })
    log.identify({ userId: 'u7' })
    await tab.navigate()
    browser.endpoint.always(null)
    tab.start()
    await browser.advance(60_000)

    expect(browser.endpoint.conversations()).toMatchObject([{ userProperties: { id: 'u7' } }])
  })
})

describe('a page that goes on with a conversation of several parts', () => {
  const large = (letter: string) => ({ role: 'assistant' as const, content: letter.repeat(900_000) })

  async function nextPageOfParts() {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    const before = tab.start()
    const id = before.startConversation()
    for (const letter of ['a', 'b', 'c']) before.trackMessage(large(letter))
    await browser.advance(300_000)
    await tab.navigate()
    const sentBefore = browser.endpoint.requests.length
    const sent = () => browser.endpoint.requests.slice(sentBefore).map(({ conversationId }) => conversationId)
    return { ...browser, browser, id, tab, log: tab.start(), sent }
  }

  test('sends none of them by itself', async () => {
    const { sent, advance } = await nextPageOfParts()
    await advance(300_000)

    expect(sent()).toEqual([])
  })

  test('sends the last alone with what is said next', async () => {
    const { id, log, sent, endpoint, advance } = await nextPageOfParts()
    log.trackMessage({ role: 'assistant', content: 'one more' })
    await advance(300_000)

    expect(sent()).toEqual([`${id}-p2`])
    expect(endpoint.conversations().map(({ messages }) => messages.length)).toEqual([2, 2])
  })

  test('sends the last full one once more where a further one is begun: it says so', async () => {
    const { id, log, sent, endpoint, advance } = await nextPageOfParts()
    log.trackMessage(large('d'))
    log.trackMessage(large('e'))
    await advance(300_000)

    expect(sent()).toEqual([`${id}-p2`, `${id}-p3`])
    expect(endpoint.conversations().map(({ properties }) => properties?.chatlog)).toMatchObject([
      { continuedIn: `${id}-p2` },
      { continuedIn: `${id}-p3` },
      { part: 3 },
    ])
  })

  test('sends all where the visitor is called something else now', async () => {
    const { id, log, sent, advance } = await nextPageOfParts()
    log.identify({ userId: 'u7' })
    await advance(300_000)

    expect(sent()).toEqual([id, `${id}-p2`])
  })
})

describe('a request of another tab that arrives late, when that tab is gone', () => {
  /** B sends what A has recorded; its request arrives four seconds later, when B is gone and A has said more. */
  async function lateRequest() {
    const { browser, tabA, tabB, a } = await twoTabsOnOneChat({ fetchLater: false, init: { maxWaitMs: 60_000 } })
    a.trackMessage({ role: 'assistant', content: 'one' })
    await browser.advance(60_000)
    browser.endpoint.next({ kind: 'hang', appliedAfterMs: 4_000 })
    a.trackMessage({ role: 'user', content: 'two' })
    const { length } = browser.network.sent
    while (browser.network.sent.length === length) await browser.advance(100)
    expect(browser.network.sent.at(-1)?.document).toBe('page 2')
    await browser.advance(100)
    tabB.crash()
    a.trackMessage({ role: 'assistant', content: 'three' })
    await browser.advance(3_000)
    expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
    return { ...browser, browser, tabA }
  }

  test('is followed by one more of the tab that is there', async () => {
    const { browser, advance } = await lateRequest()
    await advance(60_000)

    expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
  })

  test('is followed by one of the next page where nobody is', async () => {
    const { browser, tabA, advance } = await lateRequest()
    tabA.crash()
    await advance(60_000)
    expect(browser.endpoint.contents()).toEqual([['one', 'two']])

    browser.openTab().start()
    await advance(60_000)
    expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
  })
})

describe('a page that comes back out of the back/forward cache', () => {
  test('sends what it couldn’t, without being told anything', async () => {
    const browser = fakeBrowser({ fetchLater: false })
    const tab = browser.openTab()
    const log = tab.start()
    browser.endpoint.always({ kind: 'reset', applied: false })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await browser.advance(5_000)
    expect(await tab.leaveCached()).toBe(true)
    await browser.advance(60_000)
    browser.endpoint.always(null)
    expect(await tab.comeBack()).toBe(true)
    await browser.advance(60_000)

    expect(browser.endpoint.contents()).toEqual([['one']])
  })

  test.each([0, 6, 7, 8, 9, 10])('goes on with what it was reading when it was left after %i ms', async (ms) => {
    const browser = fakeBrowser({ fetchLater: false })
    const tab = browser.openTab()
    tab.start().trackMessage({ role: 'assistant', content: 'one' })
    await browser.advance(60_000)
    await tab.navigate()
    const log = tab.start()
    log.trackMessage({ role: 'assistant', content: 'two' })
    await browser.advance(ms)
    expect(await tab.leaveCached()).toBe(true)
    await browser.advance(1_000)

    browser.openTab().start().trackMessage({ role: 'assistant', content: 'elsewhere' })
    await browser.advance(60_000)
    expect(JSON.stringify(browser.database.rows())).toContain('elsewhere')

    expect(await tab.comeBack()).toBe(true)
    await browser.advance(60_000)
    expect(browser.endpoint.contents()).toEqual(expect.arrayContaining([['one', 'two'], ['elsewhere']]))
    expect(log.getState().storage).toBe('durable')
  })

  test('sends what another tab left meanwhile', async () => {
    const { browser, tabA, tabB, a, b } = await twoTabsOnOneChat({ fetchLater: false })
    a.trackMessage({ role: 'assistant', content: 'one' })
    await browser.advance(60_000)
    expect(await tabA.leaveCached()).toBe(true)
    browser.endpoint.always({ kind: 'hang', appliedAfterMs: null })
    b.trackMessage({ role: 'assistant', content: 'two' })
    await browser.advance(100)
    tabB.crash()
    browser.endpoint.always(null)
    expect(await tabA.comeBack()).toBe(true)
    await browser.advance(10_000)

    expect(browser.endpoint.contents()).toEqual([['one', 'two']])
  })
})

test('what a request that was given up brings when its page is long gone is set right by the next page', async () => {
  const browser = fakeBrowser({ fetchLater: false })
  const tab = browser.openTab()
  const log = tab.start()
  const say = async (content: string, ms: number) => {
    log.trackMessage({ role: 'assistant', content })
    await browser.advance(ms)
  }
  await say('one', 10_000)
  browser.endpoint.next({ kind: 'hang', appliedAfterMs: 120_000 })
  await say('two', 40_000)
  await say('three', 30_000)
  expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
  tab.crash()
  await browser.advance(60_000)
  expect(browser.endpoint.contents()).toEqual([['one', 'two']])

  browser.openTab().start()
  await browser.advance(60_000)
  expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
})

test('without Web Locks, a tab that another has overtaken sends once more what its own request took away', async () => {
  const { browser, a, b } = await twoTabsOnOneChat({ locks: false, fetchLater: false })
  a.trackMessage({ role: 'assistant', content: 'one' })
  await browser.advance(30_000)
  browser.endpoint.next({ kind: 'slow', ms: 3_000 })
  a.trackMessage({ role: 'assistant', content: 'two' })
  void a.flush()
  await browser.advance(200)
  b.trackMessage({ role: 'assistant', content: 'three' })
  void b.flush()
  await browser.advance(500)
  expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
  await browser.advance(2_600)
  expect(browser.endpoint.contents()).toEqual([['one', 'two']])

  // Sooner than the other tab would look after it.
  await browser.advance(5_000)
  expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
})
