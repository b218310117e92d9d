import { createAbort, type Platform } from '../platform.ts'

/**
 * Longest wait for another tab that sends the same conversation, in milliseconds: a hung tab must not stop this one.
 */
const lockWaitMs = 15_000

/** Lets one tab at a time send a conversation. */
export interface SendLock {
  /** Runs `work` once no other tab sends that conversation, and after 15 s in any case. Without Web Locks, at once. */
  hold(conversationId: string, work: () => Promise<void>): Promise<void>
  /**
   * The page goes: gives its locks back, and doesn't begin work that still waits. A page with a lock stays out of the
   * back/forward cache, or keeps the lock as long as it lies there (WebKitGTK).
   */
  release(): void
}

export function createSendLock({ locks, setTimer }: Platform, storeName: string): SendLock {
  const releases = new Set<() => void>()
  return {
    async hold(conversationId, work) {
      if (!locks) return work()
      const wait = createAbort()
      const cancel = setTimer(() => wait.abort(), lockWaitMs)
      let working: Promise<void> | null = null
      const released = new Promise<unknown>((resolve) => wait.signal?.addEventListener('abort', resolve))
      const release = () => {
        working ??= Promise.resolve()
        wait.abort()
      }
      const startWork = () => {
        cancel()
        working ??= work()
        return Promise.race([working, released])
      }
      releases.add(release)
      // After 15 s it starts without the lock. Two tabs may then send at once, and the next send heals that; nothing
      // heals a wait for a hung tab.
      await locks.whenFree(`${storeName}:send:${conversationId}`, startWork, wait.signal).catch(startWork)
      releases.delete(release)
      await working
    },
    release() {
      for (const release of releases) release()
    },
  }
}
