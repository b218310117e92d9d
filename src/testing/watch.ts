import type { Browser, BrowserContext, BrowserType } from 'playwright/test'
import { guardBrowsers } from './guard.ts'
import { handOver } from './hand-over.ts'
import type { Stage } from './stage.ts'
import { witness } from './witness.ts'

/**
 * Watches over the browsers of one worker, from before its first `beforeAll` until it ends. Whatever the pages of a
 * context send goes to the collector of the test that opened it. A context that was opened outside of every test, in
 * `beforeAll` say, belongs to the test that runs: between tests its requests fail, as if the network were gone, and
 * chatlog sends again in the next test.
 */
export interface Watch {
  /** A test begins. */
  enter(stage: Stage): void
  /** A test ends: closes what it has left open. */
  leave(): Promise<void>
  /** Hands a context over, if it isn't yet. */
  protect(context: BrowserContext): Promise<void>
  /** The contexts that are open, and belong to the running test. */
  contexts(): readonly BrowserContext[]
  /** The worker ends. */
  end(): Promise<void>
}

/** @param types whose `launch`, `launchPersistentContext`, `connect` and `connectOverCDP` are watched too */
export function openWatch(browser: Browser, types: readonly BrowserType[]): Watch {
  let stage: Stage | null = null
  /** By context: the stage that it was opened on; `null` outside of every test. */
  const openedOn = new Map<BrowserContext, Stage | null>()

  const protect = async (context: BrowserContext) => {
    if (openedOn.has(context)) return
    const opener = stage
    const current = () => (opener === null || opener === stage ? stage : null)
    openedOn.set(context, opener)
    context.on('close', () => openedOn.delete(context))
    witness(context, () => current()?.seen ?? null)
    await handOver(context, () => current()?.target ?? null)
  }
  const closing = async (context: BrowserContext) => {
    await stage?.closing(context)
    openedOn.delete(context)
  }
  const guard = guardBrowsers(browser, types, { opened: protect, closing })

  return {
    enter(entered) {
      stage = entered
    },
    async leave() {
      const left = [...openedOn].filter(([, opener]) => opener === stage).map(([context]) => context)
      await Promise.all(left.map((context) => context.close().catch(() => {})))
      stage = null
    },
    protect,
    contexts: () => [...openedOn.keys()],
    end: guard.end,
  }
}
