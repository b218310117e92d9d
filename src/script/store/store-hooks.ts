import type { Conversation } from '../conversation/conversation.ts'
import type { ConversationHeader, LogRow } from '../conversation/rows.ts'

/** What the conversation store asks and tells. */
export interface StoreHooks {
  /** There is something to send that this tab didn't just record, at the latest after `delayMs`. */
  onDirty(conversation: Conversation, delayMs: number): void
  /** A stored row makes no sense: it is set aside. */
  onCorrupt(row: LogRow): void
  /** In another tab the visitor has refused. */
  onDenied(): void
  /** In another tab somebody logged out, at that time in milliseconds since 1970. */
  onLogout(at: number): void
  /** Nothing can be stored. Called once. */
  onMemoryOnly(cause: unknown): void
  /** A header where the stored one is missing. */
  headerFor(conversation: Conversation): ConversationHeader
}
