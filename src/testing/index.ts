/**
 * What QA imports: Playwright's `test` with a fake collector in it, and `expect` that knows conversations.
 *
 * @module chatlog/testing
 */
import type { BrowserContext } from 'playwright/test'
import type { StoredConversation } from '../contract/answer.ts'
import { type FakeCollector, startFakeCollector } from './fake-collector.ts'
import type { FakeMode } from './fake-conversations.ts'
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

/** Asks every open page that has chatlog to send what isn't delivered. */
async function flushPages(context: BrowserContext): Promise<void> {
  const flush = async () => void (await (window as { chatlog?: { flush?(): unknown } }).chatlog?.flush?.())
  // A page that is closing has nothing more to say.
  await Promise.all(context.pages().map((page) => page.evaluate(flush).catch(() => {})))
}

/**
 * Playwright's `test` with `chatlog`: a fake collector of its own for each test, which gets whatever the test's pages
 * send to any `…/conversations`. `test.use({ chatlogMode: 'replace' })` for the other mode. Combine with fixtures of
 * your own by Playwright's `mergeTests`.
 */
export const test = playwright.test.extend<{ chatlogMode: FakeMode; chatlog: ChatlogFixture }>({
  chatlogMode: ['merge', { option: true }],
  chatlog: async ({ context, chatlogMode }, use) => {
    const collector = await startFakeCollector({ mode: chatlogMode })
    await handOver(context, collector.endpoint)
    await use({
      ...collector,
      async stored() {
        await Promise.race([flushPages(context), collector.hanging()])
        return collector.conversations()
      },
    })
    await context.unrouteAll({ behavior: 'ignoreErrors' })
    await collector.close()
  },
})

/** Playwright's `expect` with `toHaveMessages`. */
export const expect = playwright.expect.extend(messagesMatcher(playwright.expect))
