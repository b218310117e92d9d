import type { Browser, BrowserContext, BrowserType, TestInfo } from 'playwright/test'
import type { Chatlog } from '../script/chatlog.ts'
import { type Circumstances, explainNothing } from './explain-nothing.ts'
import type { FakeCollector } from './fake-collector.ts'
import type { FakeMode } from './fake-conversations.ts'
import { guardBrowsers } from './guard.ts'
import { handOver } from './hand-over.ts'
import { framesOf, type Looked, lookInto, withinPatience } from './look.ts'
import { recordedAnyway } from './nothing-recorded.ts'
import { openFakeCollector } from './open-fake-collector.ts'
import { attachReport } from './report.ts'
import { tellStored } from './told.ts'
import { nothingSeen, witness } from './witness.ts'

/** What one test runs on: its fake collector, and its contexts, which are handed over to it. */
export interface Stage {
  collector: FakeCollector
  contexts(): readonly BrowserContext[]
  /** Hands a context over, and writes down what its pages say. */
  protect(context: BrowserContext): Promise<void>
  /** Finds out what is stored, or why nothing is. */
  noteStored(): Promise<string>
  /** As it was last found out; `null` before. */
  lastNote(): string | null
  /**
   * Once, while pages are open: attaches to a test that failed what is known of it.
   *
   * @throws Error when something was recorded where nothing may be
   */
  conclude(): Promise<void>
  /** Concludes, closes what is still open, and ends the collector. */
  end(): Promise<void>
}

interface StageParts {
  mode: FakeMode
  siteEndpoint: string | null
  expectNothingRecorded: boolean
  browser: Browser
  types: readonly BrowserType[]
  testInfo: TestInfo
}

/** Longest that pages are waited for to deliver, in milliseconds: a clock that a test has stopped ends no wait of theirs. */
const flushMs = 15_000

/** Asks every frame of every open page that has chatlog to send what isn't delivered. */
export async function flushPages(contexts: readonly BrowserContext[]): Promise<void> {
  const flush = async () => void (await (window as { chatlog?: Partial<Chatlog> }).chatlog?.flush?.())
  // A page that is closing has nothing more to say.
  await Promise.all(framesOf(contexts).map((frame) => withinPatience(frame.evaluate(flush), flushMs).catch(() => {})))
}

export async function openStage(parts: StageParts): Promise<Stage> {
  const { mode, siteEndpoint, expectNothingRecorded, browser, types, testInfo } = parts
  const given = new Set<BrowserContext>()
  const seen = nothingSeen()
  const closedPages: Looked[] = []
  let note: string | null = null
  let concluded: Promise<void> | null = null

  const circumstances = async (): Promise<Circumstances> => ({
    requests: collector.requests,
    pages: [...closedPages, ...(await lookInto([...given]))],
    seen,
  })
  const noteStored = async () => {
    const stored = collector.conversations()
    note = stored.length ? tellStored(stored, collector.requests) : explainNothing(await circumstances())
    return note
  }
  const collector = await openFakeCollector(mode, noteStored)

  const protect = async (context: BrowserContext) => {
    if (given.has(context)) return
    given.add(context)
    witness(context, seen)
    await handOver(context, {
      endpoint: collector.endpoint,
      siteEndpoint,
      onHeldBack: (url) => {
        if (!seen.heldBack.includes(url)) seen.heldBack.push(url)
      },
    })
  }
  const closing = async (context: BrowserContext) => {
    closedPages.push(...(await lookInto([context])))
    given.delete(context)
  }
  const guard = guardBrowsers(browser, types, { opened: protect, closing })

  const conclude = async () => {
    if (expectNothingRecorded) await flushPages([...given])
    const known = await circumstances()
    const anyway = expectNothingRecorded ? recordedAnyway(known.requests, known.pages) : []
    if (anyway.length || testInfo.status !== testInfo.expectedStatus) {
      await attachReport(testInfo, { ...known, stored: collector.conversations() })
    }
    if (anyway.length) throw new Error(`chatlog: nothing may be recorded in this test, and\n  ${anyway.join('\n  ')}`)
  }
  const stage: Stage = {
    collector,
    contexts: () => [...given],
    protect,
    noteStored,
    lastNote: () => note,
    conclude: () => {
      concluded ??= conclude()
      return concluded
    },
    async end() {
      try {
        if (!concluded) await stage.conclude()
      } finally {
        await guard.end()
        await collector.close()
      }
    },
  }
  return stage
}
