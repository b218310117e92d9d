import { describe, expect, test } from 'vitest'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const minute = 60_000
const hour = 60 * minute
const year = 365 * 24 * hour

const said = (content: string) => ({ role: 'assistant', content }) as const

describe('a logout while the clock was a year ahead', () => {
  /** A browser whose visitor logged out under that clock, which is right again. */
  async function loggedOutAhead() {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    browser.clock.jump(year)
    const log = tab.start({ userId: 'before' })
    log.trackMessage(said('before'))
    log.reset()
    await browser.advance(minute)
    browser.clock.jump(-year)
    await tab.navigate()
    return { ...browser, tab }
  }

  test('leaves the user that a later page names its user', async () => {
    const { tab, endpoint, advance } = await loggedOutAhead()
    const log = tab.start({ userId: 'u7' })
    log.trackMessage(said('mine'))
    await advance(minute)

    expect(log.getState().visitor.identificationType).toBe('ID_PROVIDED')
    expect(endpoint.conversations()[1]?.userProperties).toMatchObject({ id: 'u7' })
  })

  test('takes nothing from what is said before consent', async () => {
    const { tab, endpoint, advance } = await loggedOutAhead()
    const log = tab.start({ consent: 'pending' })
    log.trackMessage(said('asked before the banner'))
    await advance(minute)
    log.setConsent('granted')
    await advance(minute)

    expect(log.getState().counts).toMatchObject({ recorded: 1, dropped: {} })
    expect(endpoint.contents()).toEqual([['before'], ['asked before the banner']])
  })

  test('hides no later logout: whoever uses another tab then is somebody else', async () => {
    const { tab, openTab, advance } = await loggedOutAhead()
    const other = openTab().start({ userId: 'u7' })
    other.trackMessage(said('mine'))
    await advance(minute)
    tab.start().reset()
    await advance(minute)

    expect(other.getState().visitor.identificationType).toBe('COOKIED')
  })
})

describe('on a page that waits for consent, and was opened while the clock was a year ahead,', () => {
  test('a logout in another tab drops what was said before, and the user with it', async () => {
    const browser = fakeBrowser()
    browser.clock.jump(year)
    const [waiting, other] = [browser.openTab(), browser.openTab()]
    const log = waiting.start({ consent: 'pending', userId: 'u7' })
    log.trackMessage(said('mine'))
    browser.clock.jump(-year)
    other.start().trackMessage(said('elsewhere'))
    await browser.advance(minute)
    other.start({ storeName: 'chatlog' }).reset()
    await browser.advance(minute)
    log.setConsent('granted')
    log.trackMessage(said('the next one’s'))
    await browser.advance(minute)

    expect(browser.endpoint.contents()).toEqual([['elsewhere'], ['the next one’s']])
    expect(log.getState().visitor.identificationType).toBe('COOKIED')
  })
})

describe.each([
  ['a year', year],
  ['four hours', 4 * hour],
])('a conversation begun while the clock was %s ahead', (_, ahead) => {
  async function begunAhead() {
    const page = fakePage()
    page.clock.jump(ahead)
    page.log.trackMessage(said('one'))
    await page.advance(5 * minute)
    page.clock.jump(-ahead)
    await page.advance(5 * minute)
    return page
  }

  test('goes on on its page, and ends there once nothing was said for half an hour', async () => {
    const { log, endpoint, advance } = await begunAhead()
    log.trackMessage(said('two'))
    await advance(25 * minute)
    log.trackMessage(said('three'))
    await advance(31 * minute)
    log.trackMessage(said('four'))
    await advance(minute)

    expect(endpoint.contents()).toEqual([['one', 'two', 'three'], ['four']])
  })

  test('goes on on the next page, and ends there', async () => {
    const { tab, endpoint, advance } = await begunAhead()
    await tab.navigate()
    const next = tab.start()
    await advance(5 * minute)
    next.trackMessage(said('two'))
    await advance(31 * minute)
    next.trackMessage(said('three'))
    await advance(minute)

    expect(endpoint.contents()).toEqual([['one', 'two'], ['three']])
  })

  test('is over on a page that comes later', async () => {
    const { tab, endpoint, advance } = await begunAhead()
    await tab.navigate()
    await advance(31 * minute)
    tab.start().trackMessage(said('two'))
    await advance(minute)

    expect(endpoint.contents()).toEqual([['one'], ['two']])
  })

  test('is deleted from the visitor’s machine like any other, once it is over and delivered', async () => {
    const { tab, database, openTab, advance } = await begunAhead()
    await tab.close()
    openTab().start()
    await advance(2 * hour)

    expect(database.rows().filter(({ kind }) => kind === 'message')).toEqual([])
  })
})

test('a visitor’s id isn’t taken for one of two that were made at once, after the clock jumped back', async () => {
  const browser = fakeBrowser()
  browser.clock.jump(year)
  const tab = browser.openTab()
  const log = tab.start()
  log.trackMessage(said('mine'))
  await browser.advance(minute)
  browser.clock.jump(-year)
  tab.platform.cookies.set('chatlog_visitor', 'the-next-one', { path: '/', domain: 'example.com' })
  await tab.hide()
  await tab.show()
  log.trackMessage(said('the next one’s'))
  await browser.advance(minute)

  expect(browser.endpoint.contents()).toEqual([['mine'], ['the next one’s']])
  expect(browser.endpoint.conversations()[0]?.userProperties?.id).not.toBe('the-next-one')
})
