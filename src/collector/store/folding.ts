import { setTimeout } from 'node:timers'
import { setImmediate } from 'node:timers/promises'
import type { Store } from './store.ts'

/** Longest time that changes wait to be taken into the tallies, in milliseconds. */
const foldAfterMs = 2_000

/** Takes changes into the tallies, in the background. */
export type Folding = {
  /** The same store, whose writes are noticed. */
  watch(store: Store): Store
  /** Ends it, once the changes under way are taken in. The next start takes in the rest, which counts meanwhile too. */
  stop(): Promise<void>
}

/**
 * Folds the changes of the projects that are written to, a while after they are: counts are read from tallies and
 * changes together, and stay quick as long as changes are few.
 *
 * @param fold takes some changes of a project into its tallies; gives how many they were. Failures are tried again at
 *   the next write.
 */
export function startFolding(fold: (projectId: string) => Promise<number>): Folding {
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let folding: Promise<void> = Promise.resolve()
  let isStopped = false

  function note(projectId: string): void {
    changed.add(projectId)
    if (timer !== null || isStopped) return
    timer = setTimeout(() => {
      timer = null
      folding = foldAll().catch(() => {})
    }, foldAfterMs).unref()
  }

  async function foldAll(): Promise<void> {
    for (const projectId of [...changed]) {
      changed.delete(projectId)
      // Other requests are answered between two slices.
      while (!isStopped && (await fold(projectId)) > 0) await setImmediate()
    }
  }

  const noting =
    <Given extends [string, ...unknown[]], Result>(write: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      const result = await write(...given)
      note(given[0])
      return result
    }

  return {
    watch: (store) => ({
      ...store,
      upsertConversation: noting(store.upsertConversation),
      putFeedback: noting(store.putFeedback),
      deleteConversation: noting(store.deleteConversation),
      forgetVisitor: noting(store.forgetVisitor),
      deleteStoredBefore: noting(store.deleteStoredBefore),
    }),
    async stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      await folding
    },
  }
}
