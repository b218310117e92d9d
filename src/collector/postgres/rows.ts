import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import type { ISql } from './sql.ts'

/** What a row of `conversations` holds as JSON. */
export type ConversationFields = Omit<StoredConversation, 'messages'>

/** A conversation as one statement gives it. */
export type ConversationRow = { fields: ConversationFields; messages: StoredMessage[] }

/** The messages of the row `conversation`, read by the same statement and so of the same moment. */
export function messagesOf(sql: ISql) {
  return sql`(
    select coalesce(json_agg(message.fields order by message.position), '[]')
    from chatlog.messages as message
    where message.project_id = conversation.project_id and message.conversation_id = conversation.id
  ) as messages`
}
