import { expect } from 'playwright/test'
import type { EnginePromise } from '../promise.ts'
import { answer, arrived, flush, goTo, reload, savedRows, say, started } from '../stage.ts'

export const resuming: readonly EnginePromise[] = [
  {
    name: 'A conversation goes on over a reload and the site’s pages, as one and in order',
    async keep({ open, page, collector }) {
      const tab = await open()
      await say(tab, 'one')
      await reload(tab)
      await answer(tab, 'two')
      await goTo(tab, page('/guide'))
      await say(tab, 'three')
      await flush(tab)

      expect(await collector.transcripts()).toEqual([['user: one', 'assistant: two', 'user: three']])
      expect(collector.upserts().at(-1)?.messages).toHaveLength(3)
    },
  },
  {
    // In WebKit a read that its page leaves behind would let no later page write.
    name: 'Pages that are left while they read what is stored keep none of the next from saving and sending',
    async keep({ open, collector }) {
      const tab = await open()
      for (let visit = 0; visit < 20; visit++) {
        await tab.evaluate((visit) => {
          window.chatlog.trackMessage({ role: 'user', content: `visit ${visit}` })
          // Each reads what other tabs have stored.
          setInterval(() => void window.chatlog.flush(), 1)
          Object.assign(window, { isLeft: true })
          setTimeout(() => location.assign(`?visit=${visit}`), 10 + visit)
        }, visit)
        // A page that goes may take the question with it.
        await expect.poll(() => tab.evaluate(() => 'isLeft' in window).catch(() => true)).toBe(false)
        await started(tab)
      }
      await say(tab, 'the last')
      await flush(tab)

      expect(await savedRows(tab)).toContain('the last')
      const [transcript] = await collector.transcripts()
      expect(transcript?.at(-1)).toBe('user: the last')
    },
  },
  {
    name: 'What one page could not send is sent by the next, in another tab too',
    async keep({ open, collector }) {
      const tab = await open()
      await collector.goAway()
      await say(tab, 'Is anybody there?')
      await tab.close()
      await collector.comeBack()
      expect(await collector.transcripts()).toEqual([])

      await open()

      await expect.poll(collector.transcripts).toEqual([['user: Is anybody there?']])
    },
  },
  {
    name: 'A transcript that the widget gives again after a reload is not doubled',
    async keep({ open, collector }) {
      const transcript = ['Hi', 'Hello', 'Thanks'].map((content) => ({ role: 'user' as const, content }))
      const tab = await open()
      await tab.evaluate((messages) => window.chatlog.trackMessages(messages), transcript.slice(0, 2))
      await flush(tab)

      await reload(tab)
      await tab.evaluate((messages) => window.chatlog.trackMessages(messages), transcript)
      await flush(tab)

      expect(await collector.transcripts()).toEqual([['user: Hi', 'user: Hello', 'user: Thanks']])
    },
  },
  {
    name: 'A conversation of 200 KB, too large for a closing page, is stored by the next visit',
    async keep({ open, collector }) {
      const numbers = Array.from({ length: 10 }, (_, number) => `${number}`)
      const tab = await open()
      for (const number of numbers) await say(tab, `${number}${'Lorem ipsum '.repeat(1_700)}`)
      await tab.close()

      await open()

      const beginnings = async () => (await collector.transcripts()).map((said) => said.map((text) => text.slice(0, 7)))
      await expect.poll(beginnings).toEqual([numbers.map((number) => `user: ${number}`)])
    },
  },
  {
    name: 'A visitor who goes back to a page goes on there, whether the browser kept it or loads it anew',
    async keep({ open, site, collector }) {
      const plain = site.put('/plain', '<!doctype html>')
      const tab = await open()
      await say(tab, 'Before')
      await tab.evaluate((plain) => {
        location.href = plain
      }, plain)
      await arrived(tab, plain)
      await tab.evaluate(() => history.back())
      await arrived(tab, `${site.origin}/`)
      await started(tab)
      await say(tab, 'After')
      await flush(tab)

      expect(await collector.transcripts()).toEqual([['user: Before', 'user: After']])
    },
  },
]
