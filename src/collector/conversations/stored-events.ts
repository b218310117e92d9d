import type { StoredConversation } from '../../contract/answer.ts'
import type { Store, StoredNotice } from '../store/store.ts'

/** What listeners get when a collector has stored a conversation durably. */
export type StoredEvent = {
  projectId: string
  /** The whole conversation as it is stored now. */
  conversation: StoredConversation
}

type Listener = (event: StoredEvent) => void

/** What somebody who watches a project is told, by whichever collector on the same database it was done. */
export type Watcher = {
  /** A collector has stored a conversation. */
  stored(event: StoredEvent): void
  /** Conversations were erased: which ones, only the store knows. */
  erased(): void
}

/** Tells listeners what is stored. */
export type StoredEvents = {
  /**
   * Subscribes to what this process stores; returns the unsubscribe. A listener that throws is reported and never reaches
   * the sender.
   */
  onStored(listener: (event: StoredEvent) => void): () => void
  /** Subscribes to what every collector on the same database stores and erases in a project; returns the unsubscribe. */
  watchProject(projectId: string, watcher: Watcher): () => void
  /** Tells every listener, here and in other collectors; without one here, the conversation isn't read. */
  announce(projectId: string, conversationId: string): Promise<void>
}

/** How long a database that doesn't let itself be listened to is left alone, in milliseconds. */
const listenAgainMs = 5_000

/** Notices of other collectors that wait for being read: beyond, the oldest are dropped. */
const maxWaiting = 200

/** Notices for the live view: of this process at once, of other collectors through the store. */
export function createStoredEvents(store: Store, reportError: (error: unknown) => void): StoredEvents {
  const listeners = new Set<Listener>()
  const watchers = new Map<Watcher, string>()
  const projectIds = () => watchers.values()
  const elsewhere = createElsewhere(store, { projectIds, tell: tellWatchers, reportError })
  const watchersOf = (projectId: string) =>
    [...watchers].flatMap(([watcher, own]) => (own === projectId ? watcher : []))
  const watching = (projectId: string) => watchersOf(projectId).map(({ stored }) => stored)

  async function tellWatchers({ projectId, conversationId }: StoredNotice): Promise<void> {
    if (conversationId !== null) return tell({ projectId, conversationId }, watching)
    for (const { erased } of watchersOf(projectId)) erased()
  }

  async function tell(
    { projectId, conversationId }: { projectId: string; conversationId: string },
    whom: (projectId: string) => Listener[],
  ): Promise<void> {
    if (whom(projectId).length === 0) return
    const conversation = await store.findConversation(projectId, conversationId).catch(reportError)
    // Somebody has erased it meanwhile, or the store is away, which `reportError` hears: there is nothing to tell.
    if (!conversation) return
    for (const listener of whom(projectId)) {
      try {
        listener({ projectId, conversation })
      } catch (error) {
        reportError(error)
      }
    }
  }

  return {
    onStored(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watchProject(projectId, watcher) {
      // Each subscription is one of its own, whatever it comes with.
      const own = { ...watcher }
      watchers.set(own, projectId)
      elsewhere.watch(watchers.size > 0)
      return () => {
        watchers.delete(own)
        elsewhere.watch(watchers.size > 0)
      }
    },
    async announce(projectId, conversationId) {
      // What is told to others is a kindness: the sender isn't kept waiting, nor refused.
      store.tellStored(projectId, conversationId).catch(reportError)
      await tell({ projectId, conversationId }, (projectId) => [...listeners, ...watching(projectId)])
    },
  }
}

type Elsewhere = {
  projectIds: () => Iterable<string>
  tell: (notice: StoredNotice) => Promise<void>
  reportError: (error: unknown) => void
}

/** Listens to other collectors for as long as somebody watches here. Their notices are worked off one after the other. */
function createElsewhere(store: Store, { projectIds, tell, reportError }: Elsewhere) {
  const waiting = new Map<string, StoredNotice>()
  let isWatched = false
  let isWorking = false
  let isListening = false
  let left = () => {}

  async function work(): Promise<void> {
    if (isWorking) return
    isWorking = true
    for (const [key, notice] of waiting) {
      waiting.delete(key)
      await tell(notice)
    }
    isWorking = false
  }

  function note(notice: StoredNotice): void {
    waiting.set(JSON.stringify([notice.projectId, notice.conversationId]), notice)
    if (waiting.size > maxWaiting) waiting.delete(waiting.keys().next().value ?? '')
    void work()
  }

  async function listen(): Promise<void> {
    isListening = true
    while (isWatched) {
      const gone = new Promise<void>((resolve) => {
        left = resolve
      })
      try {
        const stop = await store.listenStored(projectIds, note)
        if (isWatched) await gone
        await stop()
      } catch (error) {
        reportError(error)
        let timer: NodeJS.Timeout | undefined
        const later = new Promise((resolve) => {
          timer = setTimeout(resolve, listenAgainMs).unref()
        })
        await Promise.race([later, gone])
        clearTimeout(timer)
      }
    }
    isListening = false
  }

  return {
    watch(is: boolean): void {
      isWatched = is
      if (!is) left()
      else if (!isListening) void listen()
    },
  }
}
