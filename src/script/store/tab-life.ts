import { createHappening } from '../happening.ts'
import type { Locks } from '../platform.ts'

/** Who is alive: each tab holds a Web Lock while it lives, which falls free even when it crashes. */
export interface TabLife {
  /** Takes this tab's lock; again after the back/forward cache. */
  hold(): void
  /** Lets this tab's lock go and stops watching: a page with locks stays out of the back/forward cache. */
  release(): void
  /** Lets go for good. */
  end(): void
  /** `onGone` tells once the tab is gone; at once where it is already. Never without Web Locks. */
  watch(tabId: string): void
  onGone(listener: (tabId: string) => void): () => void
}

export function createTabLife(locks: Locks | null, storeName: string, ownId: string): TabLife {
  const gone = createHappening<[tabId: string]>()
  const watched = new Set<string>()
  let alive: AbortController | null = null
  let ended = false

  const request = (tabId: string, work: () => unknown) => {
    // Rejects when this tab lets go while it waits: then nobody is left who would want to know.
    locks?.whenFree(`${storeName}:tab:${tabId}`, work, alive?.signal).catch(() => {})
  }

  // Forgotten then: it may come back out of the back/forward cache, and another conversation may hold rows of its.
  const awaitEnd = (tabId: string) =>
    request(tabId, () => {
      watched.delete(tabId)
      gone.tell(tabId)
    })

  const hold = () => {
    if (alive || ended) return
    alive = new AbortController()
    const { signal } = alive
    request(ownId, () => new Promise<void>((letGo) => signal.addEventListener('abort', () => letGo())))
    for (const tabId of watched) awaitEnd(tabId)
  }

  const release = () => {
    alive?.abort()
    alive = null
  }

  return {
    hold,
    release,
    onGone: gone.on,
    end() {
      ended = true
      release()
    },
    watch(tabId) {
      if (ended || tabId === ownId || watched.has(tabId)) return
      watched.add(tabId)
      hold()
      awaitEnd(tabId)
    },
  }
}
