import type { Platform } from '../platform.ts'

/** Longest wait for another tab that sends the same conversation, in milliseconds; a hung one must not stop us. */
const lockWaitMs = 15_000

/** One sender for a conversation, of all tabs. */
export interface SendLock {
  /** `work` runs once no other tab sends that conversation. Without Web Locks, at once. */
  hold(conversationId: string, work: () => Promise<void>): Promise<void>
  /**
   * The page goes: lets other tabs send, and doesn't begin what waits. A page with a lock stays out of the back/forward
   * cache, or holds it as long as it lies there (WebKitGTK).
   */
  release(): void
}

export function createSendLock({ locks, setTimer }: Platform, storeName: string): SendLock {
  const releases = new Set<() => void>()
  return {
    async hold(conversationId, work) {
      if (!locks) return work()
      const wait = new AbortController()
      const cancel = setTimer(() => wait.abort(), lockWaitMs)
      let working: Promise<void> | null = null
      const released = new Promise<unknown>((resolve) => wait.signal.addEventListener('abort', resolve))
      const release = () => {
        working ??= Promise.resolve()
        wait.abort()
      }
      const begin = () => {
        cancel()
        working ??= work()
        return Promise.race([working, released])
      }
      releases.add(release)
      // Without the lock two tabs may send at once: that heals, waiting for a hung tab doesn't.
      await locks.whenFree(`${storeName}:send:${conversationId}`, begin, wait.signal).catch(begin)
      releases.delete(release)
      await working
    },
    release() {
      for (const release of releases) release()
    },
  }
}
