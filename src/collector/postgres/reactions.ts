import type { EventAnswer } from '../../contract/event.ts'
import type { FeedbackAnswer } from '../../contract/feedback.ts'
import { facetValue, visitorIdsOf } from '../store/conversation-facets.ts'
import { lookedAtWithText } from '../store/looked-at.ts'
import { isNarrowed } from '../store/narrowing.ts'
import { maxReactions } from '../store/page-size.ts'
import type { Store } from '../store/store.ts'
import { again } from './errors.ts'
import { allOf, conditionOf, type Selection, select, timesOf } from './filter.ts'
import { linkFeedback, unlinkFeedback } from './linked-feedback.ts'
import type { Fragment, ISql, Sql } from './sql.ts'
import { transact } from './transaction.ts'

type EventRow = { fields: EventAnswer }
type FeedbackRow = { fields: FeedbackAnswer }

/** The events and the feedback in PostgreSQL. */
export function createPostgresReactions(
  sql: Sql,
  reads: Sql,
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
          ${Date.parse(event.createdAt)}, ${storedAtMs}, ${JSON.stringify(event)}::json
        )
        on conflict (project_id, id) do update set entity_type = excluded.entity_type,
          message_id = excluded.message_id, conversation_id = excluded.conversation_id,
          visitor_ids = excluded.visitor_ids, created_ms = excluded.created_ms, stored_ms = excluded.stored_ms,
          fields = excluded.fields`
    },
    putFeedback: (projectId, feedback, storedAtMs) =>
      again(() => transact(sql, (transaction) => putFeedback(transaction, projectId, feedback, storedAtMs))),
    async findReactions(projectId, conversationId) {
      const messageIds = reads`
        select id from chatlog.messages where project_id = ${projectId} and conversation_id = ${conversationId}`
      const [events, feedback] = await Promise.all([
        // Two selects, each of which uses an index: with `or`, PostgreSQL reads every event of the project.
        reads<EventRow[]>`
          select fields, created_ms, arrival from chatlog.events
          where project_id = ${projectId} and conversation_id = ${conversationId}
          union all
          select fields, created_ms, arrival from chatlog.events
          where project_id = ${projectId} and message_id in (${messageIds})
          order by created_ms desc, arrival desc limit ${maxReactions}`,
        reads<FeedbackRow[]>`
          select fields from chatlog.feedback where project_id = ${projectId} and message_id in (${messageIds})
          order by created_ms desc, arrival desc limit ${maxReactions}`,
      ])
      return {
        events: events.map(({ fields }) => fields).toReversed(),
        feedback: feedback.map(({ fields }) => fields).toReversed(),
      }
    },
    async listSearches(projectId, limit, { fromMs, toMs, visitor } = {}) {
      const ofVisitor = visitor === undefined ? reads`` : reads`and visitor_ids @> ${[facetValue(visitor)]}::text[]`
      const times = timesOf(reads, reads`created_ms`, { fromMs, toMs })
      const rows = await reads<EventRow[]>`
        select fields from chatlog.events where ${allOf(reads, [reads`project_id = ${projectId}`, ...times])}
        and entity_type = 'search' ${ofVisitor} order by created_ms desc limit ${limit}`
      return rows.map(({ fields }) => fields)
    },
    async listFeedback(projectId, limit, type, filter = {}) {
      const ofType = type === undefined ? reads`` : reads`and feedback.type = ${type}`
      const selection = isNarrowed(filter) ? await select(reads, projectId, filter, lookedAtWithText) : null
      const ofFilter = selection ? feedbackIn(reads, selection) : reads``
      // It selects the page first and then its conversations: else a million rows would be joined before they are
      // sorted.
      const rows = await reads<(FeedbackRow & { conversation_id: string | null })[]>`
        select feedback.fields, (
          select message.conversation_id from chatlog.messages as message
          where message.project_id = feedback.project_id and message.id = feedback.message_id
        ) as conversation_id
        from chatlog.feedback as feedback
        where feedback.project_id = ${projectId} ${ofType} ${ofFilter}
        order by feedback.created_ms desc, feedback.arrival desc limit ${limit}`
      return rows.map((row) => ({ feedback: row.fields, conversationId: row.conversation_id }))
    },
  }
}

/** Not async: it would run the fragment as a statement. */
function feedbackIn(sql: Sql, selection: Selection): Fragment {
  return sql`and exists (
    select 1 from chatlog.messages as message join chatlog.conversations as conversation
    on conversation.project_id = message.project_id and conversation.id = message.conversation_id
    where message.project_id = ${selection.projectId} and message.id = feedback.message_id and ${conditionOf(sql, selection)})`
}

async function putFeedback(sql: ISql, projectId: string, feedback: FeedbackAnswer, storedAtMs: number): Promise<void> {
  const { id, messageId, type, createdAt } = feedback
  await unlinkFeedback(sql, projectId, [id])
  await sql`
    insert into chatlog.feedback (project_id, id, message_id, type, visitor_ids, created_ms, stored_ms, fields)
    values (
      ${projectId}, ${id}, ${messageId}, ${type}, ${visitorsOf(feedback)},
      ${Date.parse(createdAt)}, ${storedAtMs}, ${JSON.stringify(feedback)}::json
    )
    on conflict (project_id, id) do update set message_id = excluded.message_id, type = excluded.type,
      visitor_ids = excluded.visitor_ids, created_ms = excluded.created_ms, stored_ms = excluded.stored_ms,
      fields = excluded.fields, conversation_id = null`
  const [holder] = await sql<{ id: string; created_ms: string }[]>`
    select conversation.id, conversation.created_ms from chatlog.conversations as conversation
    where conversation.project_id = ${projectId} and conversation.id = (
      select message.conversation_id from chatlog.messages as message
      where message.project_id = ${projectId} and message.id = ${messageId}
    ) for update`
  if (!holder) return
  const owner = { projectId, conversationId: holder.id, createdMs: Number(holder.created_ms) }
  await linkFeedback(sql, owner, [messageId])
}

const visitorsOf = (reaction: EventAnswer | FeedbackAnswer) => visitorIdsOf(reaction).map(facetValue)
