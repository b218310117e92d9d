import type { Page } from 'playwright'
import type { HeldConversation } from '../collector-under-test.ts'
import type { Row } from '../row.ts'
import { numbersHeld } from '../said.ts'

const yearMs = 365 * 86_400_000

const flush = (page: Page) => page.evaluate(() => window.chatlog.flush().then(() => {}))

const visitorsOf = (held: readonly HeldConversation[]): unknown[] =>
  held.map(({ properties }) => (properties?.chatlog as { visitorId?: unknown } | undefined)?.visitorId)

const usersOf = (held: readonly HeldConversation[]): unknown[] =>
  held.map((conversation) => (conversation as { userProperties?: { id?: unknown } }).userProperties?.id)

/** Those of each conversation, by their first: what dates from another year is held in another place by each collector. */
const byFirstNumber = (held: readonly HeldConversation[]): number[] =>
  held
    .map((conversation) => numbersHeld([conversation]))
    .sort(([a = 0], [b = 0]) => a - b)
    .flat()

/** Clocks and cookies that earlier pages left. */
export const identity: readonly Row[] = [
  {
    name: 'logout under a clock a year ahead, then consent',
    numbers: byFirstNumber,
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, context, delivered }) {
      await context.clock.install({ time: Date.now() + yearMs })
      const ahead = await open()
      await ahead.evaluate(() => window.faults.say({ count: 5 }))
      await flush(ahead)
      await ahead.evaluate(() => window.chatlog.reset())
      await ahead.close()
      await context.clock.setSystemTime(Date.now())
      const page = await open({ tag: { consent: 'pending', 'user-id': 'u7' } })
      await page.evaluate(() => {
        window.faults.say({ first: 6, count: 5 })
        window.chatlog.setConsent('granted')
      })
      await delivered(page)
    },
    async check({ held }) {
      const users = usersOf(await held())
      const isRight = users.length === 2 && users.filter((user) => user === 'u7').length === 1
      if (!isRight) throw new Error(`the users are ${users}`)
    },
  },
  {
    name: 'two cookies of one name, then a logout',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ context, site, put, delivered }) {
      const host = 'docs.osier.localhost'
      const address = put('/').replace('127.0.0.1', host)
      const stale = { name: 'chatlog_visitor', value: 'left-over', path: '/', expires: Date.now() / 1_000 + 86_400 }
      await context.addCookies([
        { ...stale, domain: host },
        { ...stale, domain: '.osier.localhost', value: 'another-left-over' },
      ])
      const page = await context.newPage()
      await page.goto(address)
      await page.waitForFunction(() => typeof window.chatlog?.getState === 'function')
      await page.evaluate(() => {
        window.faults.say({ count: 5 })
        window.chatlog.reset()
        window.faults.say({ first: 6, count: 3 })
      })
      await page.reload()
      await page.waitForFunction(() => typeof window.chatlog?.getState === 'function')
      await page.evaluate(() => window.faults.say({ first: 9, count: 2 }))
      await delivered(page)
      const cookies = (await context.cookies(address)).filter(({ name }) => name === 'chatlog_visitor')
      if (cookies.length !== 1) throw new Error(`${cookies.length} cookies of that name are left on ${site.origin}`)
    },
    async check({ held }) {
      const visitors = visitorsOf(await held())
      if (new Set(visitors).size !== 2) throw new Error(`the visitors are ${visitors}`)
    },
  },
]
