import type { Sql } from 'postgres'
import type { EventAnswer } from '../../contract/event.ts'
import type { FeedbackAnswer } from '../../contract/feedback.ts'
import { facetValue, visitorIdsOf } from '../store/conversation-facets.ts'
import type { Store } from '../store/store.ts'

type EventRow = { fields: EventAnswer }
type FeedbackRow = { fields: FeedbackAnswer }

/** The events and the feedback in PostgreSQL. */
export function createPostgresReactions(
  sql: Sql,
): Pick<Store, 'putEvent' | 'putFeedback' | 'findReactions' | 'listSearches' | 'listFeedback'> {
  return {
    async putEvent(projectId, event, storedAtMs) {
      const messageId = event.entityType === 'message' ? event.messageId : null
      const conversationId = event.entityType === 'conversation' ? event.conversationId : null
      await sql`
        insert into chatlog.events
          (project_id, id, entity_type, message_id, conversation_id, visitor_ids, created_ms, stored_ms, fields)
        values (
          ${projectId}, ${event.id}, ${event.entityType}, ${messageId}, ${conversationId}, ${visitorsOf(event)},
          ${Date.parse(event.createdAt)}, ${storedAtMs}, ${JSON.stringify(event)}::text::json
        )
        on conflict (project_id, id) do update set entity_type = excluded.entity_type,
          message_id = excluded.message_id, conversation_id = excluded.conversation_id,
          visitor_ids = excluded.visitor_ids, created_ms = excluded.created_ms, stored_ms = excluded.stored_ms,
          fields = excluded.fields`
    },
    async putFeedback(projectId, feedback, storedAtMs) {
      const { id, messageId, type, createdAt } = feedback
      await sql`
        insert into chatlog.feedback (project_id, id, message_id, type, visitor_ids, created_ms, stored_ms, fields)
        values (
          ${projectId}, ${id}, ${messageId}, ${type}, ${visitorsOf(feedback)},
          ${Date.parse(createdAt)}, ${storedAtMs}, ${JSON.stringify(feedback)}::text::json
        )
        on conflict (project_id, id) do update set message_id = excluded.message_id, type = excluded.type,
          visitor_ids = excluded.visitor_ids, created_ms = excluded.created_ms, stored_ms = excluded.stored_ms,
          fields = excluded.fields`
    },
    async findReactions(projectId, conversationId) {
      const messageIds = sql`
        select id from chatlog.messages where project_id = ${projectId} and conversation_id = ${conversationId}`
      const [events, feedback] = await Promise.all([
        sql<EventRow[]>`
          select fields from chatlog.events
          where project_id = ${projectId} and (conversation_id = ${conversationId} or message_id in (${messageIds}))
          order by created_ms, arrival`,
        sql<FeedbackRow[]>`
          select fields from chatlog.feedback where project_id = ${projectId} and message_id in (${messageIds})
          order by created_ms, arrival`,
      ])
      return { events: events.map(({ fields }) => fields), feedback: feedback.map(({ fields }) => fields) }
    },
    async listSearches(projectId, limit) {
      const rows = await sql<EventRow[]>`
        select fields from chatlog.events where project_id = ${projectId} and entity_type = 'search'
        order by created_ms desc limit ${limit}`
      return rows.map(({ fields }) => fields)
    },
    async listFeedback(projectId, limit, type) {
      const rows = await sql<(FeedbackRow & { conversation_id: string | null })[]>`
        select feedback.fields, message.conversation_id from chatlog.feedback as feedback
        left join chatlog.messages as message
        on message.project_id = feedback.project_id and message.id = feedback.message_id
        where feedback.project_id = ${projectId} and (${type ?? null}::text is null or feedback.type = ${type ?? null})
        order by feedback.created_ms desc, feedback.arrival desc limit ${limit}`
      return rows.map((row) => ({ feedback: row.fields, conversationId: row.conversation_id }))
    },
  }
}

const visitorsOf = (reaction: EventAnswer | FeedbackAnswer) => visitorIdsOf(reaction).map(facetValue)
