import { describe, expect, test } from 'vitest'
import { marksOf } from './fakes/fake-endpoint.ts'
import { fakeBrowser, twoTabsOnOneChat } from './fakes/fake-platform.ts'

/** A conversation that the server holds, and the tab that goes on with it on the site's next page. */
async function nextPage(options: Parameters<typeof fakeBrowser>[0] = {}) {
  const browser = fakeBrowser(options)
  const tab = browser.openTab()
  const first = tab.start()
  first.trackMessage({ id: 'm1', role: 'user', content: 'one' })
  await browser.advance(10)
  first.trackMessage({ id: 'm2', role: 'assistant', content: 'two' })
  await browser.advance(10_000)
  await tab.navigate()
  return { ...browser, browser, tab }
}

/** Two tabs on one chat, each knowing what was said so far. */
async function twoTabs() {
  const tabs = await twoTabsOnOneChat()
  tabs.a.trackMessage({ id: 'answer', role: 'assistant', content: 'See these pages.' })
  await tabs.advance(30_000)
  return tabs
}

describe('a message that a page records again before it has read the conversation so far', () => {
  test('stays in its place, with what it says now', async () => {
    const { browser, tab, advance } = await nextPage()
    const log = tab.start()
    log.trackMessage({ id: 'm1', role: 'user', content: 'one, corrected' })
    await advance(10_000)

    expect(browser.endpoint.contents()).toEqual([['one, corrected', 'two']])
  })

  test('stays there for the pages after it too', async () => {
    const { browser, tab, advance } = await nextPage()
    tab.start().trackMessage({ id: 'm1', role: 'user', content: 'one, corrected' })
    await advance(10_000)
    await tab.navigate()
    tab.start().trackMessage({ role: 'user', content: 'three' })
    await advance(10_000)

    expect(browser.endpoint.contents()).toEqual([['one, corrected', 'two', 'three']])
  })

  test('keeps the clicks and the thumb that it got on the page before', async () => {
    const { browser, tab, endpoint, advance } = await nextPage()
    const before = tab.start()
    before.trackLinkClick({ url: 'https://docs.example.com/1', messageId: 'm2' })
    before.trackFeedback({ messageId: 'm2', type: 'positive' })
    await advance(10_000)
    await tab.navigate()

    const log = tab.start()
    log.trackMessage({ id: 'm2', role: 'assistant', content: 'two, again' })
    log.trackLinkClick({ url: 'https://docs.example.com/2', messageId: 'm2' })
    await advance(10_000)

    const { linkClicks = [], feedback } = marksOf(endpoint.conversations()[0]?.messages[1])
    expect(browser.endpoint.contents()).toEqual([['one', 'two, again']])
    expect(linkClicks.map(({ url }) => url).sort()).toEqual([
      'https://docs.example.com/1',
      'https://docs.example.com/2',
    ])
    expect(feedback).toMatchObject({ type: 'positive' })
  })
})

describe('a message that two tabs record in the same moment', () => {
  test('says what was said last, whichever tab sends it', async () => {
    for (const closed of ['tabA', 'tabB'] as const) {
      const tabs = await twoTabs()
      tabs.a.trackMessage({ id: 'answer', role: 'assistant', content: 'See page one.' })
      await tabs.advance(2)
      tabs.b.trackMessage({ id: 'answer', role: 'assistant', content: 'See page two.' })
      await tabs[closed].close()
      await tabs.advance(30_000)

      expect(tabs.endpoint.contents()).toEqual([['See page two.']])
    }
  })

  test('has the thumb of the one and the clicks of the other', async () => {
    const { a, b, tabA, tabB, browser, endpoint, advance } = await twoTabs()
    a.trackFeedback({ messageId: 'answer', type: 'negative' })
    b.trackLinkClick({ url: 'https://docs.example.com/2', messageId: 'answer' })
    await advance(10_000)
    for (const tab of [tabA, tabB]) await tab.close()
    browser.openTab().start()
    await advance(60_000)

    const { linkClicks = [], feedback } = marksOf(endpoint.conversations()[0]?.messages[0])
    expect(linkClicks).toHaveLength(1)
    expect(feedback).toMatchObject({ type: 'negative' })
  })

  test('has the thumb that was given last', async () => {
    const { a, b, browser, tabA, tabB, endpoint, advance } = await twoTabs()
    a.trackFeedback({ messageId: 'answer', type: 'negative' })
    await advance(2)
    b.trackFeedback({ messageId: 'answer', type: 'positive' })
    await advance(10_000)
    for (const tab of [tabA, tabB]) await tab.close()
    browser.openTab().start()
    await advance(60_000)

    expect(marksOf(endpoint.conversations()[0]?.messages[0]).feedback).toMatchObject({ type: 'positive' })
  })
})

describe('what another tab has recorded', () => {
  test('is sent by that tab alone, once', async () => {
    const { a, b, endpoint, advance } = await twoTabs()
    const before = endpoint.requests.length
    a.trackMessage({ role: 'user', content: 'one' })
    await advance(2_000)
    a.trackMessage({ role: 'assistant', content: 'two' })
    await advance(60_000)

    expect(endpoint.requests.length - before).toBe(1)
    expect(b.getState().conversations[0]).toMatchObject({ state: 'delivered' })
  })

  test('is sent by this one where that tab is gone', async () => {
    const { a, tabA, browser, advance } = await twoTabs()
    a.trackMessage({ role: 'assistant', content: 'one' })
    await advance(100)
    tabA.crash()
    await advance(1_000)

    expect(browser.endpoint.contents()).toEqual([['See these pages.', 'one']])
  })

  test('is sent by this one where that tab is gone with its request, and once more when that can’t arrive any more', async () => {
    const { a, browser, tabA, network, endpoint, advance } = await twoTabs()
    endpoint.next({ kind: 'hang', appliedAfterMs: null })
    a.trackMessage({ role: 'assistant', content: 'one' })
    await advance(9_000)
    const { length } = network.sent
    const sentSince = () => network.sent.slice(length).map(({ document, via }) => `${document} ${via}`)
    tabA.crash()
    await advance(4_000)

    expect(sentSince()).toEqual(['page 1 later', 'page 2 fetch'])
    expect(browser.endpoint.contents()).toEqual([['See these pages.', 'one']])
    await advance(60_000)
    expect(sentSince().slice(2)).toEqual(['page 2 keepalive'])
  })
})
