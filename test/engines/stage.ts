import { isDeepStrictEqual } from 'node:util'
import { expect } from 'playwright/test'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { type ChatPage, chatPageHtml } from '../e2e/chat-page.ts'
import { type PageServer, startPageServer } from '../e2e/page-server.ts'
import { startTestCollector, type TestCollector } from '../e2e/test-collector.ts'
import type { ClickKind, EngineName, Point, RunningEngine, Tab } from './engine.ts'
import { byTheNextVisit } from './promise.ts'

/** Where a promise is kept: somebody who was never there before, a site with the tag, and a real collector. */
export interface Stage {
  engine: EngineName
  /** Counts this run in the table as one in which this happened. */
  note(what: string): void
  collector: TestCollector
  site: Omit<PageServer, 'close'>
  /** Puts a page with the tag at a path. @returns its address */
  page(path: string, page?: ChatPage): string
  /** Opens a tab on a page with the tag, at `/` unless told, and waits until the tag's instance has replaced the stub. */
  open(address?: string): Promise<Tab>
  /** Opens an empty tab. */
  openTab(): Promise<Tab>
  /** Ends all of it. */
  close(): Promise<void>
}

/** Opens a stage for one promise. */
export async function openStage(engine: RunningEngine, note: (what: string) => void): Promise<Stage> {
  const collector = await startTestCollector()
  const { close: closeSite, ...site } = await startPageServer()
  const visitor = await engine.newVisitor()
  const page = (path: string, content: ChatPage = {}) => site.put(path, chatPageHtml(content, collector))
  page('/')
  return {
    engine: engine.name,
    note,
    collector,
    site,
    page,
    async open(address = `${site.origin}/`) {
      const tab = await visitor.openTab()
      await goTo(tab, address)
      return tab
    },
    openTab: visitor.openTab,
    async close() {
      await visitor.leave()
      await closeSite()
      await collector.close()
    },
  }
}

/** Goes to a page with the tag, and waits until its instance has replaced the stub. */
export async function goTo(tab: Tab, address: string): Promise<void> {
  await tab.go(address)
  await started(tab)
}

/** Loads the page again, and waits until the tag's instance has replaced the stub. */
export async function reload(tab: Tab): Promise<void> {
  await tab.reload()
  await started(tab)
}

/** Waits until the tag's instance has replaced the stub. */
export const started = (tab: Tab): Promise<void> =>
  expect.poll(() => tab.evaluate(() => typeof window.chatlog?.getState === 'function')).toBe(true)

/** Records a message on the page. @returns its id on the wire */
export const say = (tab: Tab, content: string, message: Partial<MessageInput> = {}): Promise<string> =>
  tab.evaluate((input) => window.chatlog.trackMessage(input), { role: 'user', content, ...message } as MessageInput)

/** Records an answer on the page. @returns its id on the wire */
export const answer = (tab: Tab, content: string, message: Partial<MessageInput> = {}): Promise<string> =>
  say(tab, content, { role: 'assistant', ...message })

/** Sends what isn't delivered now. */
export const flush = (tab: Tab) => tab.evaluate(() => window.chatlog.flush())

/** Everything that the page's origin has in its local conversation store, as text. */
export const savedRows = (tab: Tab): Promise<string> =>
  tab.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('chatlog')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const reading = opening.result.transaction('rows').objectStore('rows').getAll()
          reading.onerror = () => reject(reading.error)
          reading.onsuccess = () => {
            opening.result.close()
            resolve(JSON.stringify(reading.result))
          }
        }
      }),
  )

/** Clicks in the middle of an element. */
export async function click(tab: Tab, selector: string, kind: ClickKind = 'left'): Promise<void> {
  await tab.clickAt(await middleOf(tab, selector), kind)
}

const middleOf = (tab: Tab, selector: string): Promise<Point> =>
  tab.evaluate((selector) => {
    const { x, y, width, height } = (document.querySelector(selector) as Element).getBoundingClientRect()
    return { x: x + width / 2, y: y + height / 2 }
  }, selector)

/** Whether it comes true in a while, in which everything that is under way has arrived. */
export const comesTrue = (holds: () => boolean | Promise<boolean>): Promise<boolean> =>
  expect
    .poll(holds, { timeout: 3_000 })
    .toBe(true)
    .then(
      () => true,
      () => false,
    )

/**
 * Waits until what a page said as it was left is stored. Firefox (ESR 153, 2026-11) ends scripts in the middle where it
 * ends their process with them (`dom.abort_script_on_child_shutdown`), so that a slow page's `pagehide` now and then
 * hands over nothing: there the next visit, made where nothing comes, sends it.
 */
export async function storedAtTheEnd(stage: Stage, read: () => Promise<unknown>, expected: unknown): Promise<void> {
  const isStored = async () => isDeepStrictEqual(await read(), expected)
  if (stage.engine === 'Firefox ESR' && !(await comesTrue(isStored))) {
    stage.note(byTheNextVisit)
    await stage.open()
  }
  await expect.poll(read).toEqual(expected)
}

/** Waits until the tab shows a page. */
export const arrived = (tab: Tab, address: string): Promise<void> => expect.poll(tab.address).toBe(address)
