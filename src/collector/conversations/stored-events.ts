import type { StoredConversation } from '../../contract/answer.ts'

/** What listeners get when this process has stored a conversation durably. */
export type StoredEvent = {
  projectId: string
  /** The whole conversation as it is stored now. */
  conversation: StoredConversation
}

/** Tells listeners what this process stores. */
export type StoredEvents = {
  /** Subscribes; returns the unsubscribe. A listener that throws is reported and never reaches the sender. */
  onStored(listener: (event: StoredEvent) => void): () => void
  /** Tells every listener; without one, `read` isn't called. */
  announce(projectId: string, read: () => Promise<StoredConversation | null>): Promise<void>
}

/** In-process notice of what is stored, for the live view: only what this process received, not other collectors. */
export function createStoredEvents(reportError: (error: unknown) => void): StoredEvents {
  const listeners = new Set<(event: StoredEvent) => void>()

  return {
    onStored(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async announce(projectId, read) {
      if (listeners.size === 0) return
      const conversation = await read().catch(reportError)
      // Somebody has erased it meanwhile, or the store is away, which `reportError` hears: there is nothing to tell.
      if (!conversation) return
      const event = { projectId, conversation }
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          reportError(error)
        }
      }
    },
  }
}
