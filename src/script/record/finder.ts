import type { Conversation } from '../conversation/conversation.ts'
import { findMessage, type MessageEntry } from '../conversation/transcript.ts'
import { messageOf } from '../json.ts'
import type { Ledger } from '../ledger.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { CurrentConversation } from '../who/current-conversation.ts'

/** A message, and the conversation that it stands in. */
export type Found = [Conversation, MessageEntry]

/** Finds the message that a call of the page means by an id. */
export interface Finder {
  /** The message with that id: in the named conversation, else in the tab's own, else in the newest that has it. */
  find(messageId: unknown, conversationId?: string): Found | undefined
  /**
   * Calls back with the message: now, or once all conversations that may hold it are read. `undefined`: there is none.
   */
  whenFound(messageId: unknown, conversationId: string | undefined, callback: (found: Found | undefined) => void): void
}

interface FinderParts {
  store: ConversationStore
  current: CurrentConversation
  ledger: Ledger
}

export function createFinder({ store, current, ledger }: FinderParts): Finder {
  let hasComplained = false

  const find: Finder['find'] = (messageId, conversationId) => {
    const own = current.get()
    const all = conversationId ? [current.byId(conversationId)] : [...(own ? [own] : []), ...store.all().reverse()]
    const found = [...new Set(all)].flatMap((conversation): Found[] => {
      const entry = findMessage(conversation, String(messageId))
      return entry ? [[conversation, entry]] : []
    })
    if (found.filter(([conversation]) => current.isOwn(conversation)).length > 1 && !hasComplained) {
      hasComplained = true
      ledger.complain(
        `two conversations use the message id \`${messageId}\`: pass \`conversationId\` too; without it, the tab's own one is meant`,
      )
    }
    return found[0]
  }

  const whenFound: Finder['whenFound'] = (messageId, conversationId, callback) => {
    const tried = new Set<Conversation>()
    const attempt = () => {
      const found = find(messageId, conversationId)
      const all = conversationId ? [current.byId(conversationId)] : store.all()
      const unread = found ? undefined : all.find((one) => !one.logPosition.loaded && !tried.has(one))
      if (!unread) {
        try {
          return callback(found)
        } catch (cause) {
          return ledger.drop('invalid', String(messageId), messageOf(cause))
        }
      }
      tried.add(unread)
      store.whenLoaded(unread, attempt, true)
    }
    attempt()
  }

  return { find, whenFound }
}
