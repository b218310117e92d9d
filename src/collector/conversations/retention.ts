import type { Store } from '../store/store.ts'

/** Time between two sweeps, in milliseconds. */
export const sweepEveryMs = 3_600_000

/** Conversations that one transaction erases; the collector answers other requests between two. */
const batchSize = 200

const dayMs = 86_400_000

/** What is kept for how long. */
export type RetentionOptions = {
  store: Store
  /** Days after it was last written, by the collector's clock, that a conversation, event or feedback is kept. */
  days: number
  /** Milliseconds since 1970. @defaultValue Date.now */
  now?: () => number
  /** Told of a sweep that failed; the next one comes an hour later. */
  reportError: (error: unknown) => void
}

/** A retention at work. */
export type Retention = {
  /** Ends it, once a sweep that is under way has done what it was at. */
  stop(): Promise<void>
}

/**
 * Erases what is older than its days, of every project: now, and every hour until it is stopped. Counted from when
 * something was last written here, not from the dates that its sender gave: a clock ten years ahead keeps nothing
 * longer. Several collectors on one database may all do it.
 */
export function startRetention({ store, days, now = Date.now, reportError }: RetentionOptions): Retention {
  const stopping = new AbortController()
  let sweeping = sweep()
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep)
  }, sweepEveryMs)

  async function sweep(): Promise<void> {
    try {
      for (const projectId of await store.listProjectIds()) await sweepProject(projectId, now() - days * dayMs)
    } catch (error) {
      reportError(error)
    }
  }

  async function sweepProject(projectId: string, beforeMs: number): Promise<void> {
    while (!stopping.signal.aborted) {
      const erased = await store.deleteStoredBefore(projectId, beforeMs, batchSize)
      if (erased.conversations + erased.events + erased.feedback === 0) return
    }
  }

  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await sweeping
    },
  }
}
