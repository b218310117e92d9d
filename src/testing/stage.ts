import type { BrowserContext, TestInfo } from 'playwright/test'
import type { Chatlog } from '../script/chatlog.ts'
import { type Circumstances, explainNothing } from './explain-nothing.ts'
import type { FakeCollector } from './fake-collector.ts'
import type { FakeMode } from './fake-conversations.ts'
import type { HandOverTarget } from './hand-over.ts'
import { framesOf, type Looked, lookInto, withinPatience } from './look.ts'
import { recordedAnyway } from './nothing-recorded.ts'
import { openFakeCollector } from './open-fake-collector.ts'
import { attachReport } from './report.ts'
import { tellStored } from './told.ts'
import { nothingSeen, type Seen } from './witness.ts'

/** What one test runs on: its fake collector, and what is known of its pages. */
export interface Stage {
  collector: FakeCollector
  /** Where the requests of the test's pages go. */
  target: HandOverTarget
  seen: Seen
  /** Looks into the pages of a context while they are there. */
  closing(context: BrowserContext): Promise<void>
  /** Finds out what is stored, or why nothing is. */
  noteStored(): Promise<string>
  /** What was found out last; `null` before. */
  lastNote(): string | null
  /**
   * Attaches what is known of a test to it, where it failed. Called once, while its pages are open.
   *
   * @throws Error when something was recorded where nothing may be
   */
  conclude(): Promise<void>
  /** Concludes, and ends the collector, after `close` has closed what is still open. */
  end(close: () => Promise<void>): Promise<void>
}

interface StageParts {
  mode: FakeMode
  siteEndpoint: string | null
  expectNothingRecorded: boolean
  testInfo: TestInfo
  /** The contexts that are open. */
  contexts(): readonly BrowserContext[]
}

/**
 * Longest wait for pages to deliver, in milliseconds: where a test has stopped a page's clock, the page itself waits
 * for ever.
 */
const flushMs = 15_000

/** Asks every frame of every open page that has chatlog to send what isn't delivered. */
export async function flushPages(contexts: readonly BrowserContext[]): Promise<void> {
  const flush = async () => void (await (window as { chatlog?: Partial<Chatlog> }).chatlog?.flush?.())
  // A page that is closing has nothing more to say.
  await Promise.all(framesOf(contexts).map((frame) => withinPatience(frame.evaluate(flush), flushMs).catch(() => {})))
}

export async function openStage(parts: StageParts): Promise<Stage> {
  const { mode, siteEndpoint, expectNothingRecorded, testInfo, contexts } = parts
  const seen = nothingSeen()
  const closedPages: Looked[] = []
  let note: string | null = null
  let concluded: Promise<void> | null = null

  const circumstances = async (): Promise<Circumstances> => ({
    requests: collector.requests,
    pages: [...closedPages, ...(await lookInto(contexts()))],
    seen,
  })
  const noteStored = async () => {
    const stored = collector.conversations()
    note = stored.length ? tellStored(stored, collector.requests) : explainNothing(await circumstances())
    return note
  }
  const collector = await openFakeCollector(mode, noteStored)

  const target: HandOverTarget = {
    endpoint: collector.endpoint,
    siteEndpoint,
    onHeldBack: (url) => {
      if (!seen.heldBack.includes(url)) seen.heldBack.push(url)
    },
  }

  const conclude = async () => {
    if (expectNothingRecorded) await flushPages(contexts())
    const known = await circumstances()
    const anyway = expectNothingRecorded ? recordedAnyway(known.requests, known.pages) : []
    if (anyway.length || testInfo.status !== testInfo.expectedStatus) {
      await attachReport(testInfo, { ...known, stored: collector.conversations() })
    }
    if (anyway.length) throw new Error(`chatlog: nothing may be recorded in this test, and\n  ${anyway.join('\n  ')}`)
  }
  const stage: Stage = {
    collector,
    target,
    seen,
    async closing(context) {
      closedPages.push(...(await lookInto([context])))
    },
    noteStored,
    lastNote: () => note,
    conclude: () => {
      concluded ??= conclude()
      return concluded
    },
    async end(close) {
      try {
        if (!concluded) await stage.conclude()
      } finally {
        await close()
        await collector.close()
      }
    },
  }
  return stage
}
