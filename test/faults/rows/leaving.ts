import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright'
import { onInit } from '../page.ts'
import type { Row } from '../row.ts'
import { type Stage, until } from '../stage.ts'

const flush = (page: Page) => page.evaluate(() => window.chatlog.flush().then(() => {}))

/** Leaves in the task that records. */
const leaveTo = (page: Page, address: string) =>
  page.evaluate((to) => {
    window.faults.say()
    location.href = to
  }, address)

const large = { count: 10, characters: 20_000 }

/** Delivers 200 KB, then records ten messages and closes the tab. */
const oneMoreTurn = (server: 'hosted' | 'chatlog') => async (stage: Stage) => {
  const page = await stage.open({ tag: { server } })
  await page.evaluate((given) => window.faults.sayHistory(given), large)
  await flush(page)
  await page.evaluate(() => window.faults.say())
  await page.close()
}

const historySize = 40

/** Every body of the conversation holds its history. */
function neverShort({ line }: Stage): void {
  const bodies = line.requests.filter(({ body }) => body).map(({ body }) => JSON.parse(body))
  const short = bodies.filter(({ id, messages }) => id === bodies[0]?.id && messages.length < historySize)
  if (short.length) throw new Error(`${short.length} bodies held less than the history of ${historySize} messages`)
}

/** A page that goes while the network is well. */
export const leaving: readonly Row[] = [
  {
    name: 'left at once',
    inReadme: true,
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, site }) {
      const page = await open()
      await leaveTo(page, `${site.origin}/elsewhere`)
      await page.waitForURL('**/elsewhere')
    },
  },
  {
    name: 'left cross-origin',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, site }) {
      const page = await open()
      await leaveTo(page, `${site.otherOrigin}/elsewhere`)
      await page.waitForURL('**/elsewhere')
    },
  },
  {
    name: 'tab closed',
    inReadme: true,
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open }) {
      const page = await open()
      await page.evaluate(() => window.faults.say())
      await page.close()
    },
  },
  {
    name: 'closed right after `init`',
    inReadme: true,
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ put, context, site }) {
      const page = await context.newPage()
      const address = put('/', { head: onInit("faults.say(); fetch('/told/initialised')") })
      page.goto(address).catch(() => {}) // closed before it has loaded
      await until(async () => site.visited.includes('/told/initialised'))
      await page.close()
    },
  },
  {
    name: 'closed, 200 KB',
    inReadme: true,
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open }) {
      const page = await open()
      await page.evaluate((given) => window.faults.say(given), large)
      await page.close()
    },
  },
  {
    name: 'closed while a conversation of 40 messages is loaded',
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, put, site }) {
      const page = await open()
      await page.evaluate((count) => window.faults.sayHistory({ count }), historySize)
      await flush(page)
      // The browser commits the next page while this task is busy: what the store answers comes too late.
      put('/', { head: onInit(`faults.say(); location.href = '${site.origin}/elsewhere'; faults.stayBusy(500)`) })
      await page.reload({ waitUntil: 'commit' })
      await page.waitForURL('**/elsewhere')
    },
    check: neverShort,
  },
  {
    name: '200 KB delivered, one more turn, closed',
    promise: { firstLife: 0, afterNext: 10 },
    firstLife: oneMoreTurn('hosted'),
  },
  {
    name: "200 KB delivered, one more turn, closed, with `server: 'chatlog'`",
    // A body of only what is undelivered is for a collector that merges.
    against: ['merging'],
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: oneMoreTurn('chatlog'),
  },
  {
    name: 'slow line, 1.5 MB, closed',
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, line }) {
      const page = await open()
      await page.evaluate(() => window.faults.sayHistory({ count: 1 }))
      await flush(page)
      line.slowTo(100_000)
      await page.evaluate(() => window.faults.say({ characters: 150_000 }))
      await until(async () => line.requests.length > 1)
      await wait(1_000)
      await page.close()
    },
  },
]
