import type { FlushReason } from '../chatlog.ts'
import type { Conversation } from '../conversation/conversation.ts'

/**
 * A conversation has something to send: why, and within how many milliseconds; `null`: another event has to send it.
 */
export type Change = [conversation: Conversation, reason: FlushReason, delayMs: number | null]
