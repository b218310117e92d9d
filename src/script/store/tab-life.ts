import { createHappening } from '../happening.ts'
import { type Abort, createAbort, type Locks } from '../platform.ts'

/** Tells which tabs live: each holds a Web Lock while it does, which falls free even when the tab crashes. */
export interface TabLife {
  /** Takes this tab's lock, again also after `release`. */
  hold(): void
  /** Lets this tab's lock go and stops watching: a page with locks stays out of the back/forward cache. */
  release(): void
  /** Lets this tab's lock go so that no later `hold` takes it again. */
  releaseForGood(): void
  /** Makes `onGone` tell once that tab is gone, soon where it is already. Without Web Locks it never tells. */
  watch(tabId: string): void
  onGone(listener: (tabId: string) => void): () => void
}

export function createTabLife(locks: Locks | null, storeName: string, ownId: string): TabLife {
  const gone = createHappening<[tabId: string]>()
  const watched = new Set<string>()
  let alive: Abort | null = null
  let ended = false

  const request = (tabId: string, work: () => unknown) => {
    // It rejects when this tab lets go while it waits, and nobody wants to know the other's end then.
    locks?.whenFree(`${storeName}:tab:${tabId}`, work, alive?.signal).catch(() => {})
  }

  // A tab that is gone is watched no more, so that `watch` can begin again: it may come back out of the back/forward
  // cache.
  const awaitEnd = (tabId: string) =>
    request(tabId, () => {
      watched.delete(tabId)
      gone.tell(tabId)
    })

  const hold = () => {
    if (alive || ended) return
    alive = createAbort()
    const { signal } = alive
    request(ownId, () => new Promise<void>((letGo) => signal?.addEventListener('abort', () => letGo())))
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
    releaseForGood() {
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
