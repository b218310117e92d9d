/**
 * What QA imports: Playwright's `test` with a fake collector in it, and `expect` that knows conversations.
 *
 * @module chatlog/testing
 */
import type { BrowserContext } from 'playwright/test'
import type { StoredConversation } from '../contract/answer.ts'
import { type FakeCollector, startFakeCollector } from './fake-collector.ts'
import type { FakeMode } from './fake-conversations.ts'
import { guardBrowser } from './guard.ts'
import { handOver } from './hand-over.ts'
import { loadPlaywright } from './load-playwright.ts'
import { messagesMatcher } from './messages-matcher.ts'

export type { StoredConversation, StoredMessage } from '../contract/answer.ts'
export type { ConversationUpsert } from '../contract/conversation.ts'
export { type FakeCollector, type FakeRequest, startFakeCollector } from './fake-collector.ts'
export type { FakeMode } from './fake-conversations.ts'
export type { Fault, FaultSettings } from './faults.ts'
export type { ExpectedMessage, MessagesMatcher, Verdict } from './messages-matcher.ts'

/** The fake collector of one test, and everything that its browser's pages send. */
export interface ChatlogFixture extends FakeCollector {
  /**
   * What is stored, in the order in which it arrived. Asks the open pages to send first, and waits until each has
   * delivered or says that it can't now.
   */
  stored(): Promise<StoredConversation[]>
}

const playwright = loadPlaywright()

/** Asks every frame of every open page that has chatlog to send what isn't delivered. */
async function flushPages(contexts: readonly BrowserContext[]): Promise<void> {
  const flush = async () => void (await (window as { chatlog?: { flush?(): unknown } }).chatlog?.flush?.())
  const frames = contexts.flatMap((context) => context.pages().flatMap((page) => page.frames()))
  // A page that is closing has nothing more to say.
  await Promise.all(frames.map((frame) => frame.evaluate(flush).catch(() => {})))
}

/** The fake collector of a test, and the browser contexts that were handed over to it. */
export interface HandedOver {
  collector: FakeCollector
  /** Those that the test opened itself. */
  contexts(): readonly BrowserContext[]
}

/**
 * Playwright's `test` with `chatlog`: a fake collector of its own for each test, which gets whatever the test's pages
 * send to any `…/conversations`, `…/feedback` or `…/events`. Every context and page of a test that imports this is
 * handed over, whether it names `chatlog` or not, those of `browser.newContext()` and popups included.
 * `test.use({ chatlogMode: 'replace' })` for the other mode. Combine with fixtures of your own by Playwright's
 * `mergeTests`.
 */
export const test = playwright.test.extend<{
  chatlogMode: FakeMode
  chatlog: ChatlogFixture
  chatlogHandOver: HandedOver
}>({
  chatlogMode: ['merge', { option: true }],
  // Before any context is made, and ended after all: nothing that a page still sends meets anything but this.
  chatlogHandOver: [
    async ({ browser, chatlogMode }, use) => {
      const collector = await startFakeCollector({ mode: chatlogMode })
      const given: BrowserContext[] = []
      const protect = async (context: BrowserContext) => {
        given.push(context)
        await handOver(context, collector.endpoint)
      }
      const guard = guardBrowser(browser, protect)
      await use({ collector, contexts: () => given })
      await guard.end()
      await collector.close()
    },
    { auto: true },
  ],
  context: async ({ context, chatlogHandOver: { collector } }, use) => {
    await handOver(context, collector.endpoint)
    await use(context)
    // While they are open they may send: first they go, then their routes.
    await Promise.all(context.pages().map((page) => page.close().catch(() => {})))
  },
  chatlog: async ({ context, chatlogHandOver: { collector, contexts } }, use) => {
    await use({
      ...collector,
      async stored() {
        await Promise.race([flushPages([...new Set([context, ...contexts()])]), collector.hanging()])
        return collector.conversations()
      },
    })
  },
})

/** Playwright's `expect` with `toHaveMessages`. */
export const expect = playwright.expect.extend(messagesMatcher(playwright.expect))
