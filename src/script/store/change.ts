import type { FlushReason } from '../chatlog.ts'
import type { Conversation } from '../conversation/conversation.ts'

/** There is something to send: why, and at the latest after how many milliseconds; `null` for not by itself. */
export type Change = [conversation: Conversation, reason: FlushReason, delayMs: number | null]
