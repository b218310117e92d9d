import { expect, test } from 'playwright/test'
import { isLazy } from '../../e2e/chat-page.ts'
import type { EnginePromise } from '../promise.ts'
import { startSilentServer } from '../silent-server.ts'
import { answer, arrived, click, flush, savedRows, say, storedAtTheEnd } from '../stage.ts'

/** Records a message in the click that leaves the page: nothing asynchronous of the script can run any more. */
const leavingLink = (href: string) => `<a id="leave" href="${href}"
  onclick="chatlog.trackMessage({ role: 'user', content: 'Bye' })">Leave</a>`

/** Records a message once the tag has run, tells that, and leaves when the site says so. */
const sayThenLeave = `<script>document.addEventListener('load', ({ target }) => {
  if (!target.dataset?.apiKey) return
  chatlog.trackMessage({ role: 'user', content: 'Hi' })
  fetch('/said')
  const leave = () => fetch('/may-leave').then(({ ok }) => ok ? location.href = '/after' : setTimeout(leave, 50))
  leave()
}, true)</script>`

/** What holds with both kinds of server, since they are reached in different ways from a closing page. */
const withServer = (server: 'hosted' | 'chatlog'): EnginePromise[] => [
  {
    name: `A message written in the click that leaves the site is stored before any next visit (\`server: '${server}'\`)`,
    async keep(stage) {
      const { open, page, site, collector } = stage
      site.put('/elsewhere', '<!doctype html>')
      const elsewhere = `${site.otherOrigin}/elsewhere`
      const tab = await open(page('/', { tag: { server }, body: leavingLink(elsewhere) }))
      await answer(tab, 'Hello')

      await click(tab, '#leave')
      await arrived(tab, elsewhere)

      await storedAtTheEnd(stage, collector.transcripts, [['assistant: Hello', 'user: Bye']])
    },
  },
  {
    name: `Ten messages written just before the tab is closed are stored before any next visit (\`server: '${server}'\`)`,
    async keep(stage) {
      const { engine, open, page, collector } = stage
      const tab = await open(page('/', { tag: { server } }))
      await tab.evaluate(() => {
        for (let number = 0; number < 10; number++) window.chatlog.trackMessage({ role: 'user', content: `${number}` })
      })
      // Nothing of what it has neither handed over nor saved is left where Firefox ends its process with the tab.
      if (engine === 'Firefox ESR') await expect.poll(() => savedRows(tab)).toMatch(/"9\\?"/)

      await tab.close()

      const expected = Array.from({ length: 10 }, (_, number) => `user: ${number}`)
      await storedAtTheEnd(stage, collector.transcripts, [expected])
    },
  },
]

export const leaving: readonly EnginePromise[] = [
  ...withServer('hosted'),
  ...withServer('chatlog'),
  {
    name: 'A message written in the click to the site’s next page is stored',
    async keep({ open, page, site, collector }) {
      page('/next')
      const tab = await open(page('/', { body: leavingLink('/next') }))
      await answer(tab, 'Hello')

      await click(tab, '#leave')
      await arrived(tab, `${site.origin}/next`)

      await expect.poll(collector.transcripts).toEqual([['assistant: Hello', 'user: Bye']])
    },
  },
  {
    name: '30 KB of Chinese and emoji written just before leaving are stored whole',
    async keep(stage) {
      const { open, site, collector } = stage
      const text = '漢字😀'.repeat(3_000)
      const tab = await open()
      await say(tab, text)
      await tab.go(site.put('/plain', '<!doctype html>'))

      await storedAtTheEnd(stage, collector.transcripts, [[`user: ${text}`]])
    },
  },
  {
    name: "A turn after 200 KB of delivered conversation is stored from a closing page (`server: 'chatlog'`)",
    async keep(stage) {
      const { open, page, collector } = stage
      const tab = await open(page('/', { tag: { server: 'chatlog' } }))
      for (let number = 0; number < 10; number++) await say(tab, `${number}${'Lorem ipsum '.repeat(1_700)}`)
      await flush(tab)
      await say(tab, 'Bye')
      await tab.close()

      await storedAtTheEnd(stage, async () => (await collector.transcripts()).flat().at(-1), 'user: Bye')
      expect((await collector.transcripts()).flat()).toHaveLength(11)
    },
  },
  {
    name: 'What is said before a page’s `load` is stored, though the page is left before it',
    async keep(stage) {
      const { engine, openTab, page, site, collector } = stage
      test.skip(engine === 'WebKitGTK' && isLazy, 'It is not told that it is left, and its core comes after its load.')
      const silent = await startSilentServer()
      const body = `<img alt="" src="${silent.url}">`
      page('/slow', { head: sayThenLeave, body, tag: { 'max-wait-ms': '60000' } })
      site.put('/after', '<!doctype html>')
      const tab = await openTab()
      await tab.go(site.put('/before', '<!doctype html>'))
      await tab.evaluate(() => void setTimeout(() => location.assign('/slow')))
      await expect.poll(() => site.visited).toContain('/said')
      // It won't hear that it is left.
      if (engine === 'WebKitGTK') await expect.poll(collector.transcripts).toEqual([['user: Hi']])

      site.put('/may-leave', 'yes')
      await expect.poll(() => site.visited).toContain('/after')

      await storedAtTheEnd(stage, collector.transcripts, [['user: Hi']])
      await silent.close()
    },
  },
  {
    name: 'A page that is hidden sends at once',
    async keep({ open, page, collector }) {
      const tab = await open(page('/', { tag: { 'max-wait-ms': '60000' } }))
      await say(tab, 'Waiting')

      await tab.evaluate(() => {
        Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
      })

      await expect.poll(collector.transcripts).toEqual([['user: Waiting']])
    },
  },
]
