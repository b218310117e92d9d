import { expect } from 'playwright/test'
import type { Tab } from '../engine.ts'
import type { EnginePromise } from '../promise.ts'
import { flush, goTo, reload, say } from '../stage.ts'

/** The visitor's cookie as the page sees it; null where there is none. */
const visitorCookie = (tab: Tab): Promise<string | null> =>
  tab.evaluate(() => /(?:^|; )chatlog_visitor=([^;]*)/.exec(document.cookie)?.[1] ?? null)

export const identity: readonly EnginePromise[] = [
  {
    name: 'A visitor is COOKIED: the stored user is the cookie’s id, over a reload',
    async keep({ open, collector }) {
      const tab = await open()
      await say(tab, 'Hi')
      await flush(tab)
      const id = await visitorCookie(tab)
      await reload(tab)
      await say(tab, 'Hi again')
      await flush(tab)

      expect(id).toMatch(/^[\w-]{21}$/)
      expect(await visitorCookie(tab)).toBe(id)
      const users = (await collector.stored()).map(({ userProperties }) => userProperties)
      expect(users).toEqual([{ id, identificationType: 'COOKIED' }])
    },
  },
  {
    name: 'The cookie is for the whole site, lax, and lives 400 days',
    async keep({ open }) {
      const tab = await open()
      await say(tab, 'Hi')

      const cookie = await tab.cookie('chatlog_visitor')
      expect(cookie).toMatchObject({ path: '/', sameSite: 'Lax' })
      expect(((cookie?.expires ?? 0) - Date.now() / 1_000) / 86_400).toBeCloseTo(400, 1)
    },
  },
  {
    name: 'A visitor who comes back in a new tab is the same user, in a new conversation',
    async keep({ open, collector }) {
      const first = await open()
      await say(first, 'First visit')
      await flush(first)
      await first.close()

      const second = await open()
      await say(second, 'Second visit')
      await flush(second)

      const [before, after] = await collector.stored()
      expect(await collector.transcripts()).toEqual([['user: First visit'], ['user: Second visit']])
      expect(after?.userProperties).toEqual(before?.userProperties)
    },
  },
  {
    name: '`docs.` and `www.` of one site share a visitor',
    async keep({ openTab, site, collector }) {
      const { port } = new URL(site.origin)
      const tab = await openTab()
      for (const host of ['docs', 'www']) {
        await goTo(tab, `http://${host}.shop.localhost:${port}/`)
        await say(tab, `From ${host}`)
        await flush(tab)
      }

      const [docs, www] = await collector.stored()
      expect(await collector.transcripts()).toEqual([['user: From docs'], ['user: From www']])
      expect(www?.userProperties).toEqual(docs?.userProperties)
    },
  },
  {
    name: 'A cookie that was deleted is filled again from the site’s storage',
    async keep({ open }) {
      const tab = await open()
      await say(tab, 'Hi')
      await flush(tab)
      const before = await visitorCookie(tab)
      await tab.evaluate(() => {
        // biome-ignore lint/suspicious/noDocumentCookie: the visitor deletes it, by hand
        document.cookie = 'chatlog_visitor=; path=/; max-age=0'
      })
      expect(await visitorCookie(tab)).toBe(null)

      await reload(tab)
      await say(tab, 'Hi again')

      expect(await visitorCookie(tab)).toBe(before)
    },
  },
  {
    name: 'An identified user replaces the cookie’s id, and after a logout the next visitor inherits nothing',
    async keep({ open, collector }) {
      const tab = await open()
      await tab.evaluate(() => window.chatlog.identify({ userId: 'u7', plan: 'pro' }))
      await say(tab, 'Mine')
      const before = await visitorCookie(tab)
      await tab.evaluate(() => window.chatlog.reset())
      await say(tab, 'Somebody else’s')
      await flush(tab)

      const [mine, next] = await collector.stored()
      const after = await visitorCookie(tab)
      expect(mine?.userProperties).toEqual({ id: 'u7', identificationType: 'ID_PROVIDED', plan: 'pro' })
      expect(mine?.properties).toMatchObject({ chatlog: { visitorId: before } })
      expect(next?.userProperties).toEqual({ id: after, identificationType: 'COOKIED' })
      expect(after).not.toBe(before)
    },
  },
  {
    name: 'A page that wants no cookie records an ANONYMOUS visitor, and sets none',
    async keep({ open, page, collector }) {
      const tab = await open(page('/', { tag: { cookies: 'false' } }))
      await say(tab, 'Hi')
      await flush(tab)

      const [conversation] = await collector.stored()
      expect(conversation?.userProperties).toEqual({ id: expect.any(String), identificationType: 'ANONYMOUS' })
      expect(await tab.evaluate(() => document.cookie)).toBe('')
    },
  },
]
