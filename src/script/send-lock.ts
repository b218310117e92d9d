import type { Platform } from './platform.ts'

/** Longest wait for another tab that sends the same conversation, in milliseconds; a hung one must not stop us. */
const lockWaitMs = 15_000

/** One sender for a conversation, of all tabs: `work` runs once no other tab sends it. Without Web Locks, at once. */
export function createSendLock({ locks, setTimer }: Platform, storeName: string) {
  return async (conversationId: string, work: () => Promise<void>): Promise<void> => {
    if (!locks) return work()
    const wait = new AbortController()
    const cancel = setTimer(() => wait.abort(), lockWaitMs)
    let working: Promise<void> | null = null
    const begin = () => {
      cancel()
      working ??= work()
      return working
    }
    // Without the lock two tabs may send at once: that heals, waiting for a hung tab doesn't.
    await locks.whenFree(`${storeName}:send:${conversationId}`, begin, wait.signal).catch(begin)
  }
}
