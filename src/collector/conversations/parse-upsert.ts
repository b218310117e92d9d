import { type ConversationUpsert, conversationUpsertSchema } from '../../contract/conversation.ts'
import { parseBody } from './parse-body.ts'

/**
 * Parses a body's text as an upsert: cleans its texts and drops unknown keys.
 *
 * @throws ProblemError `bad_request` when it isn't JSON, `unprocessable_entity` naming every path that breaks the
 *   contract
 */
export const parseUpsert = (text: string): ConversationUpsert => parseBody(text, conversationUpsertSchema)
