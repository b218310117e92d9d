import type { ConversationStore } from './conversation-store.ts'
import type { CurrentConversation } from './current-conversation.ts'

/** Days for which undelivered content, and the memory of a named conversation that is over, are kept. */
export const maxAgeDays = 30
const maxAgeMs = maxAgeDays * 86_400_000

/**
 * Looks at what earlier pages left: what isn't delivered is opened, and so sent; what is over and delivered is deleted
 * from the visitor's machine.
 */
export async function openLeftovers(
  store: ConversationStore,
  current: CurrentConversation,
  now: number,
): Promise<void> {
  // The tab's own stays while its page is open: a widget that shows its transcript again after hours goes on with it.
  for (const [last, before] of await store.lastRows()) {
    if (!last) continue
    const delivered = last.kind === 'delivered' && last.clean && (before?.seq ?? 0) <= last.upTo
    if (last.kind === 'ended') {
      if (now - last.endedAt > maxAgeMs) store.purge(last.conversationId, last.seq, null)
    } else if (!delivered) {
      store.open(last.conversationId, { ...current.newHeader(null), updatedAt: 0 }, true)
    } else if (current.isOver(last.activeAt) && last.conversationId !== current.openId()) {
      store.purge(last.conversationId, last.seq, last.wireId)
    }
  }
}
