import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright'
import type { ChatPage } from '../e2e/chat-page.ts'
import { type PageServer, startPageServer } from '../e2e/page-server.ts'
import type { BrowserUnderTest } from './browsers.ts'
import type { CollectorUnderTest, HeldConversation } from './collector-under-test.ts'
import { type FaultLine, openFaultLine } from './fault-line.ts'
import { startMergingCollector } from './merging-collector.ts'
import { pageUnderTest } from './page.ts'
import { startReplacingCollector } from './replacing-collector.ts'
import type { Against, Row } from './row.ts'
import { numbersHeld } from './said.ts'

/** How long a thing may take that has to happen, in milliseconds: long, since the machine is loaded. */
export const patienceMs = 30_000

/** Where one run of a row takes place: a browser with no past, a site, a line with faults and a collector. */
export interface Stage {
  against: Against
  collector: CollectorUnderTest
  line: FaultLine
  site: PageServer
  /** Where the browser sends to, through the line. */
  endpoint: string
  /** Not after `kill`. */
  context: BrowserContext
  /** Ends the browser from one moment to the next, and starts it again with what is on its disk. */
  kill(): Promise<void>
  /** Opens a tab on a page with the tag, at `/` unless told, and waits for its instance. */
  open(page?: ChatPage & { path?: string }): Promise<Page>
  /** Puts a page with the tag at a path. @returns its address */
  put(path: string, page?: ChatPage): string
  /** Numbers of the test's messages that the collector holds, in its order. */
  numbers(): Promise<number[]>
  held(): Promise<HeldConversation[]>
  /** Waits until the collector holds so many of the messages, and the page has heard of it. @returns whether it did */
  delivered(page: Page, count?: number, withinMs?: number): Promise<boolean>
  /** Waits until the page has told the site's server. */
  told(what: string): Promise<void>
  /** What the pages wrote to the console as errors, and what those said of themselves that didn't deliver in time. */
  complaints: readonly string[]
  /** The most that was seen of the site's localStorage, in characters. */
  largestLocalStorage(): number
  /** Closes every tab. */
  closeTabs(): Promise<void>
  close(): Promise<void>
}

/** Opens a stage in a browser of its own. */
export async function openStage(row: Row, against: Against, browser: BrowserUnderTest): Promise<Stage> {
  const collector = await (against === 'merging' ? startMergingCollector() : startReplacingCollector())
  const line = await openFaultLine(collector)
  const site = await startPageServer()
  const endpoint = `${line.url}/conversations`
  const recorded = row.recorded ?? 10
  const complaints: string[] = []
  let largestLocalStorage = 0
  site.put('/elsewhere', '<!doctype html><title>Elsewhere</title>')

  const put = (path: string, page: ChatPage = {}) =>
    site.put(path, pageUnderTest(page, { webKey: collector.webKey, endpoint }))
  const numbers = async () => (row.numbers ?? numbersHeld)(await collector.held())

  const measure = async (page: Page) => {
    const use = await page
      .evaluate(() => {
        window.faults.localStorageCharacters()
        return window.faults.largestLocalStorage
      })
      .catch(() => 0) // crashed, closed or left: the next page sees what it left
    largestLocalStorage = Math.max(largestLocalStorage, use)
  }

  return {
    against,
    collector,
    line,
    site,
    endpoint,
    context: browser.context(),
    kill: browser.kill,
    async open({ path = '/', ...content } = {}) {
      const page = await browser.context().newPage()
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      await page.goto(put(path, content))
      await page.waitForFunction(() => typeof window.chatlog?.getState === 'function', null, { polling: 20 })
      await measure(page)
      return page
    },
    put,
    numbers,
    held: () => collector.held(),
    async delivered(page, count = recorded, withinMs = patienceMs) {
      const isDelivered =
        (await until(async () => new Set(await numbers()).size >= count, withinMs)) &&
        (await until(() => page.evaluate(isAllDelivered), withinMs))
      await measure(page)
      if (!isDelivered) complaints.push(`chatlog: not delivered in ${withinMs} ms: ${await stateOf(page)}`)
      return isDelivered
    },
    async told(what) {
      await until(async () => site.visited.includes(`/told/${what}`))
    },
    complaints,
    largestLocalStorage: () => largestLocalStorage,
    async closeTabs() {
      for (const page of browser.context().pages()) {
        if (page.url() === 'about:blank') continue
        await measure(page)
        await page.close()
      }
    },
    async close() {
      await line.close()
      await site.close()
      await collector.close()
    },
  }
}

/** What the page says of itself, unless it hangs. */
const stateOf = (page: Page): Promise<string> =>
  Promise.race([
    page.evaluate(() => JSON.stringify(window.chatlog.getState())).catch(String),
    wait(2_000, 'it hangs', { ref: false }),
  ])

const isAllDelivered = () => window.chatlog.getState().conversations.every(({ state }) => state === 'delivered')

/** Waits until it holds. Gives up quietly: what is missing then shows in the count. */
export async function until(holds: () => Promise<boolean>, withinMs = patienceMs): Promise<boolean> {
  const end = performance.now() + withinMs
  while (performance.now() < end) {
    if (await holds()) return true
    await wait(50)
  }
  return false
}
