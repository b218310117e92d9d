import { expect } from 'playwright/test'
import type { EnginePromise } from '../promise.ts'
import { answer, flush, say } from '../stage.ts'

export const recording: readonly EnginePromise[] = [
  {
    name: 'What a page says is stored by itself, in its order',
    async keep({ open, collector }) {
      const tab = await open()

      await say(tab, 'How do I install it?')
      await answer(tab, 'With npm.')

      await expect.poll(collector.transcripts).toEqual([['user: How do I install it?', 'assistant: With npm.']])
    },
  },
  {
    name: 'Calls made before the script has loaded are stored, in their order',
    async keep({ open, page, collector }) {
      const early = `
        chatlog.trackMessage({ id: 'q', role: 'user', content: 'Early?' })
        chatlog.trackMessage({ id: 'a', role: 'assistant', content: '', status: 'streaming' })
        chatlog.appendToMessage('a', 'Very early.')
        chatlog.completeMessage('a')`
      await open(page('/early', { early }))

      await expect.poll(collector.transcripts).toEqual([['user: Early?', 'assistant: Very early.']])
    },
  },
  {
    name: 'Links, tool calls, names, properties and times arrive as they were given',
    async keep({ open, collector }) {
      const given = {
        name: 'Ada',
        links: [
          { url: 'https://docs.example.com/guide', label: 'Guide', type: 'documentation', breadcrumbs: ['Docs'] },
        ],
        properties: { model: 'm' },
      }
      const toolCalls = [{ id: 't1', type: 'function' as const, function: { name: 'search', arguments: '{"q":"it"}' } }]
      const tab = await open()
      await answer(tab, 'See the guide', { id: 'a1', ...given, toolCalls, createdAt: '2026-03-01T12:00:00+02:00' })
      await flush(tab)

      const message = (await collector.stored())[0]?.messages[0]
      expect(message).toMatchObject({ externalId: 'a1', ...given, tool_calls: toolCalls })
      expect(Date.parse(message?.createdAt ?? '')).toBe(Date.parse('2026-03-01T10:00:00Z'))
    },
  },
  {
    name: 'Half an emoji and a NUL become U+FFFD, and whole emoji stay',
    async keep({ open, collector }) {
      const tab = await open()
      await tab.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: `\ud83d|\u0000|${'😀漢'}` }))
      await flush(tab)

      expect(await collector.transcripts()).toEqual([['user: \ufffd|\ufffd|😀漢']])
    },
  },
]
