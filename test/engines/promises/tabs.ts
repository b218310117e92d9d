import { expect } from 'playwright/test'
import type { Tab } from '../engine.ts'
import type { EnginePromise } from '../promise.ts'
import { flush, type Stage, savedRows, say } from '../stage.ts'

/** Runs in the page: whether it sees what the ids of named conversations begin with. */
const knowsSecret = () => (localStorage.getItem('chatlog') ?? '').includes('"secret"')

const twoTabsOnOneConversation = async ({ open }: Stage): Promise<[Tab, Tab]> => {
  const tabs: [Tab, Tab] = [await open(), await open()]
  for (const tab of tabs) {
    await tab.evaluate(() => window.chatlog.startConversation({ id: 'shared' }))
    // Browsers with a process for each tab take a moment to show one what another has put into localStorage.
    for (const other of tabs) await expect.poll(() => other.evaluate(knowsSecret)).toBe(true)
  }
  return tabs
}

export const tabs: readonly EnginePromise[] = [
  {
    name: 'Two tabs that write into one conversation at once lose nothing of each other',
    async keep(stage) {
      const both = await twoTabsOnOneConversation(stage)
      for (let turn = 0; turn < 5; turn++) {
        await Promise.all(both.map((tab, number) => say(tab, `tab ${number}, turn ${turn}`)))
        // Not awaited in the page: the driver may not ask two tabs at the same time.
        await Promise.all(both.map((tab) => tab.evaluate(() => void window.chatlog.flush())))
      }

      const expected = [0, 1].flatMap((tab) => [0, 1, 2, 3, 4].map((turn) => `user: tab ${tab}, turn ${turn}`))
      const said = async () => (await stage.collector.transcripts()).map((texts) => [...texts].sort())
      await expect.poll(said).toEqual([expected])
      await expect.poll(() => stage.collector.upserts().at(-1)?.messages.length).toBe(10)
    },
  },
  {
    name: 'A tab that missed two messages never overwrites them',
    async keep(stage) {
      const [stale, other] = await twoTabsOnOneConversation(stage)
      await say(other, 'one')
      await say(other, 'two')
      await flush(other)
      await say(stale, 'three')
      await flush(stale)
      await stale.close()
      await other.close()

      const contents = stage.collector.upserts().map(({ messages }) => messages.map(({ content }) => content))
      expect(contents.at(-1)).toEqual(['one', 'two', 'three'])
      expect(await stage.collector.transcripts()).toEqual([['user: one', 'user: two', 'user: three']])
    },
  },
  {
    name: 'Two tabs without a name have a conversation each, of one visitor',
    async keep({ open, collector }) {
      const [one, other] = [await open(), await open()]
      await say(one, 'from one tab')
      // A process of its own may show the other tab's cookie late.
      await expect.poll(() => other.evaluate(() => document.cookie)).toContain('chatlog_visitor=')
      await say(other, 'from the other')
      await Promise.all([flush(one), flush(other)])

      expect((await collector.transcripts()).map((said) => said.join()).sort()).toEqual([
        'user: from one tab',
        'user: from the other',
      ])
      const visitors = (await collector.stored()).map(({ userProperties }) => userProperties?.id)
      expect(new Set(visitors).size).toBe(1)
    },
  },
  {
    name: 'A tab sends what another tab was still to send when it was closed',
    async keep(stage) {
      const [closing, staying] = await twoTabsOnOneConversation(stage)
      await stage.collector.goAway()
      await say(closing, 'From the closed tab')
      await expect.poll(() => savedRows(closing)).toContain('From the closed tab')
      await closing.close()
      await stage.collector.comeBack()
      await flush(staying)

      await expect.poll(stage.collector.transcripts).toEqual([['user: From the closed tab']])
    },
  },
]
