import { setImmediate } from 'node:timers/promises'
import type { ErasedCounts, Store } from '../store/store.ts'

/** Time between two sweeps, in milliseconds. */
export const sweepEveryMs = 3_600_000

/** Conversations that one transaction erases. */
const sliceSize = 25

/** Longest time that slices follow one another before other requests are answered, in milliseconds. */
const longestTurnMs = 20

/**
 * Part of a project's conversations that one sweep erases at most, so that somebody has hours to notice a clock that is
 * a year ahead by mistake.
 */
const defaultShare = 0.2

/** Conversations that a sweep may always erase, however few there are. */
const leastErased = 10

const dayMs = 86_400_000

/** What retention erases, when, and whom it tells. */
export type RetentionOptions = {
  store: Store
  /**
   * Days after it was last written, by the collector's clock, that a conversation, event or feedback is kept. `null`:
   * for ever.
   */
  days: number | null
  /** Days of projects that have their own. @defaultValue none */
  projectDays?: Readonly<Record<string, number | null>>
  /** Milliseconds since 1970. @defaultValue Date.now */
  now?: () => number
  /** Part of a project's conversations that one sweep erases at most, over 0 to 1. @defaultValue 0.2 */
  share?: number
  /** Told what each sweep of a project took away; `isHeld` when there was more than its share. */
  onErased?: (erased: ErasedCounts & { projectId: string; isHeld: boolean }) => void
  /** Told of a sweep that failed; the next one comes an hour later. */
  reportError: (error: unknown) => void
}

/** A running retention. */
export type Retention = {
  /** Ends it; resolves once a sweep that is under way has finished its slice. */
  stop(): Promise<void>
}

/**
 * Erases what is older than its days, of every project: now, and every hour until it is stopped. Counted from when
 * something was last written here, not from the dates that its sender gave: a clock ten years ahead keeps nothing
 * longer. One sweep takes at most a fifth of a project's conversations, and goes on an hour later: a clock that is a
 * year ahead by mistake doesn't empty a store at once. Several collectors on one database may all do it.
 */
export function startRetention(options: RetentionOptions): Retention {
  const { store, days, projectDays = {}, now = Date.now, share = defaultShare, onErased, reportError } = options
  const stopping = new AbortController()
  let sweeping = sweep()
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep)
  }, sweepEveryMs)

  async function sweep(): Promise<void> {
    try {
      for (const projectId of await store.listProjectIds()) {
        const kept = Object.hasOwn(projectDays, projectId) ? projectDays[projectId] : days
        if (kept != null) await sweepProject(projectId, now() - kept * dayMs)
      }
    } catch (error) {
      reportError(error)
    }
  }

  async function sweepProject(projectId: string, beforeMs: number): Promise<void> {
    const { total } = await store.listConversations(projectId, { limit: 1, withMessages: false })
    let left = Math.max(leastErased, Math.ceil((total ?? 0) * share))
    const all: ErasedCounts = { conversations: 0, messages: 0, events: 0, feedback: 0 }
    let turnEndsAt = performance.now() + longestTurnMs
    while (!stopping.signal.aborted && left > 0) {
      const erased = await store.deleteStoredBefore(projectId, beforeMs, Math.min(sliceSize, left))
      if (erased.conversations + erased.events + erased.feedback === 0) break
      for (const kind of Object.keys(all) as (keyof ErasedCounts)[]) all[kind] += erased[kind]
      left -= erased.conversations
      if (performance.now() < turnEndsAt) continue
      await setImmediate()
      turnEndsAt = performance.now() + longestTurnMs
    }
    const isHeld = left <= 0
    if (all.conversations + all.events + all.feedback > 0) onErased?.({ projectId, ...all, isHeld })
  }

  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await sweeping
    },
  }
}
