import { type ConversationUpsert, conversationUpsertSchema } from '../../contract/conversation.ts'
import { parseBody } from './parse-body.ts'

/**
 * A body's text -> the upsert it holds, cleaned, unknown keys dropped.
 *
 * @throws ProblemError `bad_request` when it isn't JSON, `unprocessable_entity` naming every path that breaks the
 *   contract
 */
export const parseUpsert = (text: string): ConversationUpsert => parseBody(text, conversationUpsertSchema)
