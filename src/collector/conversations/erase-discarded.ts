import type { ConversationUpsert } from '../../contract/conversation.ts'
import { chatlogProperties } from '../store/conversation-facets.ts'
import type { Store } from '../store/store.ts'

/** Most conversations that are followed back from one to what it continues: nobody's chat has more. */
const maxLinks = 1_000

/** Whether the visitor has removed the conversation, as its sender says. */
export const isDiscarded = ({ properties }: Pick<ConversationUpsert, 'properties'>): boolean =>
  typeof chatlogProperties({ properties: properties ?? {} }).discardedAt === 'string'

/**
 * Erases a conversation that its visitor removed, with its messages, events and feedback, and so all conversations that
 * it continues: a long one has parts, and one that went on another day has another id.
 */
export async function eraseDiscarded(store: Store, projectId: string, conversationId: string): Promise<void> {
  const seen = new Set<string>()
  let id: unknown = conversationId
  while (typeof id === 'string' && !seen.has(id) && seen.size < maxLinks) {
    seen.add(id)
    const found = await store.findConversation(projectId, id)
    await store.deleteConversation(projectId, id)
    id = found && chatlogProperties(found).continues
  }
}
