import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright'
import { crasherOf } from '../crash.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

const whatHadCome = '#10 First open the settings, then'

/** Nine messages, and a tenth that has come as far as this. */
const beginAnswer = (page: Page) =>
  page.evaluate((text) => {
    window.faults.say({ count: 9 })
    const [first = '', ...deltas] = text.split(/(?<= )/)
    const id = window.chatlog.trackMessage({ role: 'assistant', content: first, status: 'streaming' })
    for (const delta of deltas) window.chatlog.appendToMessage(id, delta)
  }, whatHadCome)

async function saysHowFarItCame({ held }: Stage): Promise<void> {
  const answer = (await held()).flatMap(({ messages }) => messages).at(-1)
  const { status } = (answer?.properties?.chatlog ?? {}) as { status?: string }
  if (answer?.content !== whatHadCome || status !== 'interrupted') {
    throw new Error(`the answer is held as ${JSON.stringify(answer?.content)}, ${status}`)
  }
}

/** Pages that go while an answer is still coming. */
export const streaming: readonly Row[] = [
  {
    name: 'closed while an answer streams',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open }) {
      const page = await open()
      await beginAnswer(page)
      await page.close()
    },
    check: saysHowFarItCame,
  },
  {
    name: 'crash while an answer streams',
    promise: { firstLife: 10, afterNext: 10 },
    needsFetchLater: true,
    async firstLife({ open }) {
      const page = await open()
      const crash = await crasherOf(page)
      await beginAnswer(page)
      await wait(500) // a growing answer is saved every 250 ms
      await crash()
    },
    check: saysHowFarItCame,
  },
]
