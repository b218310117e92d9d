import { describe, expect, test } from 'vitest'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const said = (content: string) => ({ role: 'assistant', content, conversationId: 'chat' }) as const

/** The site's localStorage has no room left: nothing can be written there. */
const fill = ({ localStorage }: ReturnType<typeof fakeBrowser>) =>
  localStorage.entries.set('of-the-site', 'x'.repeat(5_000_000 - 'of-the-site'.length))

const clear = ({ localStorage }: ReturnType<typeof fakeBrowser>) => localStorage.entries.clear()

describe('a conversation of the site’s name is the same one on every page', () => {
  test.each([
    ['full', fill],
    ['cleared by the site between pages', clear],
  ])('though localStorage is %s', async (_, happen) => {
    const browser = fakeBrowser({ fetchLater: false })
    happen(browser)
    for (const content of ['one', 'two', 'three']) {
      const tab = browser.openTab()
      tab.start().trackMessage(said(content))
      await browser.advance(20_000)
      await tab.close()
      happen(browser)
    }

    expect(browser.endpoint.contents()).toEqual([['one', 'two', 'three']])
  })

  describe('though no cookie is wanted, and localStorage is full, in one tab', () => {
    const open = async (
      end: (log: ReturnType<ReturnType<ReturnType<typeof fakeBrowser>['openTab']>['start']>) => void,
    ) => {
      const browser = fakeBrowser({ fetchLater: false })
      fill(browser)
      const tab = browser.openTab()
      const say = async (content: string, where = tab) => {
        const log = where.start({ cookies: false })
        log.trackMessage(said(content))
        log.startConversation({ id: 'chat' })
        await browser.advance(20_000)
        return log
      }
      const log = await say('one')
      end(log)
      await tab.navigate()
      await say('two')
      await say('three', browser.openTab())
      return browser.endpoint.contents()
    }

    test('and another one in another tab, which nothing tells of it', async () => {
      expect(await open(() => {})).toEqual([['one', 'two'], ['three']])
    })

    test('but not after a logout', async () => {
      expect(await open((log) => log.reset())).toEqual([['one'], ['two'], ['three']])
    })
  })

  test('but not after a logout', async () => {
    const browser = fakeBrowser()
    fill(browser)
    const log = browser.openTab().start()
    log.trackMessage(said('mine'))
    log.reset()
    log.trackMessage(said('the next one’s'))
    await browser.advance(20_000)

    expect(browser.endpoint.contents()).toEqual([['mine'], ['the next one’s']])
  })

  test('nor once another user is named', async () => {
    const { log, tab, advance, endpoint } = fakePage({ init: { userId: 'u1' } })
    log.trackMessage(said('mine'))
    log.startConversation({ id: 'chat' })
    await advance(20_000)
    log.identify({ userId: 'u2' })
    log.trackMessage(said('theirs'))
    await advance(20_000)
    await tab.navigate()
    tab.start({ userId: 'u2' }).trackMessage(said('theirs too'))
    await advance(20_000)

    expect(endpoint.contents()).toEqual([['mine'], ['theirs', 'theirs too']])
  })

  test('and another one in another store', async () => {
    const browser = fakeBrowser()
    for (const storeName of ['one', 'two']) browser.openTab().start({ storeName }).trackMessage(said(storeName))
    await browser.advance(20_000)

    expect(browser.endpoint.contents()).toEqual([['one'], ['two']])
  })
})
