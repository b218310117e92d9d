import { conversationAnswer } from '../collector/conversations/conversation-answer.ts'
import { mergeConversation } from '../collector/conversations/merge-conversation.ts'
import { parseUpsert } from '../collector/conversations/parse-upsert.ts'
import type { ConversationAnswer, StoredConversation } from '../contract/answer.ts'

/**
 * What happens to messages that an upsert leaves out. Nobody outside knows what the hosted API does. `merge`: they
 * stay, as in chatlog's own collector. `replace`: they are deleted, the worst that an endpoint may do.
 */
export type FakeMode = 'merge' | 'replace'

/** Conversations in memory. */
export interface FakeConversations {
  /** @throws ProblemError saying what of the body breaks the contract */
  upsert(body: string): ConversationAnswer
  /** The whole conversations, in the order in which they arrived. */
  all(): StoredConversation[]
  /** Called after each upsert. */
  onStored(listener: () => void): () => void
  clear(): void
}

export function createFakeConversations(mode: FakeMode): FakeConversations {
  const conversations = new Map<string, StoredConversation>()
  const listeners = new Set<() => void>()
  let made = 0
  return {
    upsert(body) {
      const upsert = parseUpsert(body)
      const conversationId = upsert.id ?? `conversation-${++made}`
      const stored = mode === 'merge' ? (conversations.get(conversationId) ?? null) : null
      const { conversation } = mergeConversation(stored, upsert, {
        ...{ projectId: 'fake', keyId: 'fake', conversationId, now: new Date().toISOString() },
        createId: () => `message-${++made}`,
      })
      conversations.set(conversationId, conversation)
      for (const listener of listeners) listener()
      return conversationAnswer(conversation)
    },
    all: () => [...conversations.values()],
    onStored(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear: () => conversations.clear(),
  }
}
