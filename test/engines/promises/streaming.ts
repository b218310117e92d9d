import { expect } from 'playwright/test'
import { isLazy } from '../../e2e/chat-page.ts'
import type { EnginePromise } from '../promise.ts'
import { answer, flush, savedRows, say, storedAtTheEnd } from '../stage.ts'

export const streaming: readonly EnginePromise[] = [
  {
    name: 'An answer of 1,000 pieces is stored whole, by one request, when it is complete',
    async keep({ open, collector }) {
      const tab = await open()
      await tab.evaluate(async () => {
        const id = window.chatlog.trackMessage({ role: 'assistant', content: '', status: 'streaming' })
        for (let number = 0; number < 1_000; number++) {
          window.chatlog.appendToMessage(id, `${number} `)
          if (number % 50 === 0) await new Promise((resolve) => setTimeout(resolve))
        }
        window.chatlog.completeMessage(id)
      })
      await flush(tab)

      const whole = Array.from({ length: 1_000 }, (_, number) => `${number} `).join('')
      expect(await collector.transcripts()).toEqual([[`assistant: ${whole}`]])
      expect(collector.upserts()).toHaveLength(1)
    },
  },
  {
    name: 'An answer that the visitor stopped is stored as far as it came',
    async keep({ open, collector }) {
      const tab = await open()
      const id = await answer(tab, 'As far as', { status: 'streaming' })
      await tab.evaluate((id) => window.chatlog.completeMessage(id, { status: 'aborted' }), id)
      await flush(tab)

      const message = (await collector.stored())[0]?.messages[0]
      expect(message).toMatchObject({ content: 'As far as', properties: { chatlog: { status: 'aborted' } } })
    },
  },
  {
    name: "An answer that streams while the tab is closed is stored as far as it came, and the next visit marks it (`server: 'chatlog'`)",
    async keep(stage) {
      const { engine, open, page, collector } = stage
      const tab = await open(page('/', { tag: { server: 'chatlog' } }))
      await say(tab, 'Tell me')
      const id = await answer(tab, 'It ', { status: 'streaming' })
      await tab.evaluate((id) => window.chatlog.appendToMessage(id, 'was going'), id)
      // What came in the last 250 ms is saved as the page goes, which Firefox may not let it do.
      if (engine === 'Firefox ESR' && !isLazy) await expect.poll(() => savedRows(tab)).toContain('It was going')
      await tab.close()
      await storedAtTheEnd(stage, collector.transcripts, [['user: Tell me', 'assistant: It was going']])

      await open()

      const properties = async () => (await collector.stored())[0]?.messages[1]?.properties
      await expect.poll(properties).toMatchObject({ chatlog: { status: 'interrupted' } })
    },
  },
]
