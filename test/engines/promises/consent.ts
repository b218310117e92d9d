import { expect } from 'playwright/test'
import type { Tab } from '../engine.ts'
import type { EnginePromise } from '../promise.ts'
import { flush, reload, say } from '../stage.ts'

const nothing = { cookie: '', localStorage: 0, sessionStorage: 0, databases: 0 }

/** What the page's origin keeps on the visitor's machine. */
const keptOnThisMachine = (tab: Tab) =>
  tab.evaluate(async () => ({
    cookie: document.cookie,
    localStorage: localStorage.length,
    sessionStorage: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
  }))

/** Wakes everything that may still write or send: the page hides, is shown again, and flushes. */
async function stir(tab: Tab): Promise<void> {
  for (const state of ['hidden', 'visible']) {
    await tab.evaluate((visibility) => {
      Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  }
  await flush(tab)
}

const setConsent = (tab: Tab, consent: 'granted' | 'denied' | 'pending') =>
  tab.evaluate((consent) => window.chatlog.setConsent(consent), consent)

export const consent: readonly EnginePromise[] = [
  {
    name: 'As long as consent is pending there is no cookie, no storage and no request, to the tab’s end',
    async keep({ open, openTab, page, site, collector }) {
      const address = page('/', { tag: { consent: 'pending' } })
      const tab = await open(address)
      await say(tab, 'Not yet')
      await stir(tab)
      await reload(tab)
      await say(tab, 'Nor yet')
      await stir(tab)

      expect(await keptOnThisMachine(tab)).toEqual(nothing)
      await tab.close()
      // A request of the closed tab, if there is one, is before this one.
      const next = await openTab()
      await next.go(site.put('/plain', '<!doctype html>'))
      await next.evaluate((endpoint) => fetch(endpoint, { mode: 'no-cors' }).then(() => {}), collector.endpoint)
      expect(collector.requests.filter(({ method }) => method !== 'GET')).toEqual([])
    },
  },
  {
    name: 'What was said while consent was pending is stored once it is granted',
    async keep({ open, page, collector }) {
      const tab = await open(page('/', { tag: { consent: 'pending' } }))
      await say(tab, 'Not yet')
      await setConsent(tab, 'granted')
      await say(tab, 'Now')
      await flush(tab)

      expect(await collector.transcripts()).toEqual([['user: Not yet', 'user: Now']])
      expect(await tab.evaluate(() => document.cookie)).toMatch(/^chatlog_visitor=/)
    },
  },
  {
    name: 'A refusal leaves nothing of what was said before it, and nothing is sent',
    async keep({ open, page, collector }) {
      const tab = await open(page('/', { tag: { consent: 'pending' } }))
      await say(tab, 'Not yet')
      await setConsent(tab, 'denied')
      await say(tab, 'Too late')
      await stir(tab)

      expect(await keptOnThisMachine(tab)).toEqual(nothing)
      expect(collector.requests).toEqual([])
    },
  },
  {
    name: 'A consent that is withdrawn takes cookie and content with it, and stops what wasn’t sent',
    async keep({ open, page, collector }) {
      const tab = await open(page('/', { tag: { 'max-wait-ms': '60000' } }))
      await say(tab, 'Something private')
      await setConsent(tab, 'denied')
      await stir(tab)

      expect(await tab.evaluate(() => document.cookie)).toBe('')
      expect(collector.requests).toEqual([])
    },
  },
  {
    name: 'Global Privacy Control counts as a refusal, unless the page says `granted`',
    async keep({ open, page, collector }) {
      const head =
        "<script>Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })</script>"
      const refused = await open(page('/refused', { head }))
      await say(refused, 'Private')
      await stir(refused)
      expect(await keptOnThisMachine(refused)).toEqual(nothing)

      const granted = await open(page('/granted', { head, tag: { consent: 'granted' } }))
      await say(granted, 'Agreed')
      await flush(granted)

      expect(await collector.transcripts()).toEqual([['user: Agreed']])
    },
  },
]
