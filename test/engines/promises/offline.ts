import { expect } from 'playwright/test'
import type { EnginePromise } from '../promise.ts'
import { answer, flush, say } from '../stage.ts'

export const offline: readonly EnginePromise[] = [
  {
    name: 'What is said while the collector is away is stored when it is back',
    async keep({ open, collector }) {
      const tab = await open()
      await collector.goAway()
      await say(tab, 'Hi')
      await answer(tab, 'Hello')
      const state = () => tab.evaluate(() => window.chatlog.getState().sender.state)
      await expect.poll(state).toMatch(/^(waiting|unreachable)$/)

      await collector.comeBack()

      await expect.poll(collector.transcripts, { timeout: 20_000 }).toEqual([['user: Hi', 'assistant: Hello']])
    },
  },
  {
    name: 'A browser that says it is offline is told so, and sends at once when it is online again',
    async keep({ open, page, collector }) {
      const head = `<script>
        window.isOnline = false
        Object.defineProperty(Navigator.prototype, 'onLine', { get: () => isOnline })
      </script>`
      const tab = await open(page('/', { head }))
      await collector.goAway()
      await say(tab, 'Hi')
      const report = await flush(tab)
      expect(report.pending.map(({ reason }) => reason)).toEqual(['offline'])

      await collector.comeBack()
      await tab.evaluate(() => {
        Object.assign(window, { isOnline: true })
        dispatchEvent(new Event('online'))
      })

      await expect.poll(collector.transcripts).toEqual([['user: Hi']])
    },
  },
  {
    name: 'A collector that is overloaded for a moment is tried again, and nothing is doubled',
    async keep({ open, collector }) {
      const tab = await open()
      collector.fail({ kind: 'answer', status: 503 }, 3)
      await say(tab, 'Hi')
      await answer(tab, 'Hello')

      await expect.poll(collector.transcripts).toEqual([['user: Hi', 'assistant: Hello']])
      await expect.poll(() => tab.evaluate(() => window.chatlog.getState().conversations[0]?.state)).toBe('delivered')
    },
  },
  {
    name: 'A connection that is reset in the middle is tried again, and nothing is doubled',
    async keep({ open, collector }) {
      const tab = await open()
      collector.fail({ kind: 'reset' })
      await say(tab, 'Hi')
      await tab.evaluate(() => void window.chatlog.flush())
      const tries = () => collector.requests.filter(({ method }) => method === 'POST').length
      await expect.poll(tries).toBeGreaterThan(1)

      collector.heal()

      await expect.poll(collector.transcripts).toEqual([['user: Hi']])
    },
  },
]
