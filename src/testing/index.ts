/**
 * What QA imports: Playwright's `test` with a fake collector in it, and `expect` that knows conversations.
 *
 * @module chatlog/testing
 */
import type { BrowserContext, TestInfo } from 'playwright/test'
import type { StoredConversation } from '../contract/answer.ts'
import type { FakeCollector } from './fake-collector.ts'
import type { FakeMode } from './fake-conversations.ts'
import { loadPlaywright } from './load-playwright.ts'
import { createMatchers } from './matchers.ts'
import { flushPages, openStage, type Stage } from './stage.ts'
import { openWatch, type Watch } from './watch.ts'

export type { StoredConversation, StoredMessage } from '../contract/answer.ts'
export type { ConversationUpsert } from '../contract/conversation.ts'
export { type FakeCollector, type FakeRequest, startFakeCollector } from './fake-collector.ts'
export type { FakeMode } from './fake-conversations.ts'
export type { Fault, FaultSettings } from './faults.ts'
export type {
  ConversationMatchers,
  ExpectedClick,
  ExpectedFeedback,
  ExpectedMessage,
  ExpectedStatus,
  Verdict,
} from './matchers.ts'
export type { IsSo, WaitSettings, WaitUntil } from './waiting.ts'

/** The fake collector of one test, and everything that its browser's pages send. */
export interface ChatlogFixture extends FakeCollector {
  /**
   * Asks the open pages and their frames to send, waits until each has delivered or says that it can't now (15 seconds at
   * most), and resolves to what is stored at that moment, in the order in which it arrived. A page whose request failed
   * tries again by itself, the first time within 300 ms: a test that looks at what is stored in between stops the page's
   * clock first (`page.clock.pauseAt`), and a test that wants what comes of it calls `waitUntil`.
   */
  stored(): Promise<StoredConversation[]>
}

/** The fake collector of a test, and the browser contexts that are handed over to it. */
export interface HandedOver {
  collector: FakeCollector
  /** Every context that is open: the test's own, those of its fixtures, and those that `beforeAll` opened. */
  contexts(): readonly BrowserContext[]
}

const playwright = loadPlaywright()

/** The running test's stage, for what is told outside of its fixtures. */
const stages = new WeakMap<TestInfo, Stage>()

/** What watches over the pages of a worker. It has nothing for tests. */
export interface ChatlogWatch {
  /** The contexts that are open. */
  contexts(): readonly BrowserContext[]
}

const watches = new WeakMap<ChatlogWatch, Watch>()

/**
 * Playwright's `test` with `chatlog`: a fake collector of its own for each test, which gets whatever the test's pages
 * send to any `…/conversations`, `…/feedback` or `…/events`. Every context and page of a test that imports this is
 * handed over, whether it names `chatlog` or not, those of `browser.newContext()`, of browsers that it launches itself,
 * persistent ones and popups included. A test that fails gets attachments that say what was stored, and why not more.
 *
 * Options, by `test.use({ … })`: `chatlogMode: 'replace'` for the other mode; `chatlogEndpoint`, the site's own endpoint
 * where its path isn't `…/conversations`; `expectNothingRecorded: true` fails a test of which anything was recorded,
 * sent or kept. Combine with fixtures of your own by Playwright's `mergeTests`.
 */
export const test = playwright.test.extend<
  {
    chatlogMode: FakeMode
    chatlogEndpoint: string | null
    expectNothingRecorded: boolean
    chatlog: ChatlogFixture
    chatlogHandOver: HandedOver
  },
  { chatlogWatch: ChatlogWatch }
>({
  chatlogMode: ['merge', { option: true }],
  chatlogEndpoint: [null, { option: true }],
  expectNothingRecorded: [false, { option: true }],
  // Before the first `beforeAll`, which may open pages for several tests, and before every fixture of a test.
  chatlogWatch: [
    async ({ playwright: types, browser }, use) => {
      const watch = openWatch(browser, [types.chromium, types.firefox, types.webkit])
      const shown = { contexts: watch.contexts }
      watches.set(shown, watch)
      await use(shown)
      await watch.end()
    },
    { auto: true, scope: 'worker' },
  ],
  // Before any context of the test is made, and ended after all: nothing that a page still sends meets anything but this.
  chatlogHandOver: [
    async ({ chatlogWatch, chatlogMode, chatlogEndpoint, expectNothingRecorded }, use, testInfo) => {
      const { contexts } = chatlogWatch
      const watch = watches.get(chatlogWatch)
      const options = { mode: chatlogMode, siteEndpoint: chatlogEndpoint, expectNothingRecorded }
      const stage = await openStage({ ...options, testInfo, contexts })
      stages.set(testInfo, stage)
      watch?.enter(stage)
      await use({ collector: stage.collector, contexts })
      await stage.end(async () => watch?.leave())
    },
    { auto: true },
  ],
  context: async ({ context, chatlogHandOver, chatlogWatch }, use, testInfo) => {
    await watches.get(chatlogWatch)?.protect(context)
    await use(context)
    // While they are open they may send, and say what became of it: first they are asked, then they go, then their routes.
    await stages.get(testInfo)?.conclude()
    await Promise.all(context.pages().map((page) => page.close().catch(() => {})))
    void chatlogHandOver
  },
  chatlog: async ({ context, chatlogHandOver: { collector, contexts } }, use, testInfo) => {
    await use({
      ...collector,
      async stored() {
        await Promise.race([flushPages([...new Set([context, ...contexts()])]), collector.hanging()])
        // Before the pages are looked into, which takes time: they may send meanwhile.
        const stored = collector.conversations()
        await stages.get(testInfo)?.noteStored()
        return stored
      },
    })
  },
})

const lastNote = () => stages.get(playwright.test.info())?.lastNote() ?? null

/** Playwright's `expect` with `toHaveMessages`, `toHaveClicked`, `toHaveFeedback` and `toHaveStatus`. */
export const expect = playwright.expect.extend(createMatchers(lastNote))
