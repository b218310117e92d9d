import { markedFeedbackSuffix } from '../../contract/feedback-id.ts'
import { facetValue } from '../store/conversation-facets.ts'
import { type ErasableCounts, maxVisitorIds, type Store } from '../store/store.ts'
import { countedIds, withAllNeighbours } from '../store/visitor-ids.ts'
import type { Sql } from './sql.ts'

/** Who stands behind an id, and what erasing would take, in PostgreSQL. */
export function createPostgresVisitors(sql: Sql, reads: Sql): Pick<Store, 'countErasable' | 'findVisitor'> {
  return {
    async countErasable(projectId, what) {
      const [ids, conversationId] = 'visitorIds' in what ? [what.visitorIds, ''] : [[], what.conversationId]
      return countErasable(sql, { projectId, values: ids.map(facetValue), conversationId })
    },
    async findVisitor(projectId, visitorId) {
      const ids = await withAllNeighbours(facetValue(visitorId), (known) => neighboursOf(reads, projectId, known))
      const ofIds = reads`project_id = ${projectId} and kind = 'visitor' and value = any(${ids}::text[])`
      const counts = await reads<{ id: string; conversations: string }[]>`
        select value as id, count(*) as conversations from chatlog.facets where ${ofIds} group by value`
      const [seen] = await reads<{ first: string | null; last: string | null }[]>`
        select min(created_ms) as first, max(coalesce(active_ms, created_ms)) as last from chatlog.conversations
        where project_id = ${projectId} and id in (select conversation_id from chatlog.facets where ${ofIds})`
      const counted = counts.map(({ id, conversations }) => ({ id, conversations: Number(conversations) }))
      return {
        ids: countedIds(ids, counted),
        firstSeenMs: seen?.first == null ? null : Number(seen.first),
        lastSeenMs: seen?.last == null ? null : Number(seen.last),
      }
    },
  }
}

async function neighboursOf(sql: Sql, projectId: string, known: string[]): Promise<{ value: string }[]> {
  return sql<{ value: string }[]>`
    select distinct value collate "C" as value from chatlog.facets where project_id = ${projectId} and kind = 'visitor'
    and conversation_id in (
      select conversation_id from chatlog.facets
      where project_id = ${projectId} and kind = 'visitor' and value = any(${known}::text[]))
    order by 1 limit ${maxVisitorIds}`
}

type Given = { projectId: string; values: string[]; conversationId: string }

/** Feedback that the script notes within a message and also sends by itself, under an id made of the message's, is one. */
async function countErasable(sql: Sql, { projectId, values, conversationId }: Given): Promise<ErasableCounts> {
  const [row] = await sql<Record<keyof ErasableCounts, string>[]>`
    with
      erased_conversations as materialized (
        select id from chatlog.conversations where project_id = ${projectId} and id = ${conversationId}
        union
        select conversation_id from chatlog.facets
        where project_id = ${projectId} and kind = 'visitor' and value = any(${values}::text[])
      ),
      erased_messages as materialized (
        select id from chatlog.messages
        where project_id = ${projectId} and conversation_id in (select id from erased_conversations)
      ),
      erased_feedback as materialized (
        select id, message_id, conversation_id from chatlog.feedback
        where project_id = ${projectId} and message_id in (select id from erased_messages)
      )
    select
      (select count(*) from erased_conversations) as conversations,
      (select count(*) from erased_messages) as messages,
      (select count(*) from (
        select id from chatlog.events
        where project_id = ${projectId} and conversation_id in (select id from erased_conversations)
        union
        select id from chatlog.events where project_id = ${projectId} and message_id in (select id from erased_messages)
        union
        select id from chatlog.events where project_id = ${projectId} and visitor_ids && ${values}::text[]
      ) as erased_events) as events,
      (select count(conversation_id) from erased_feedback)
        + greatest(
          (select count(*) from erased_feedback where id = message_id || ${markedFeedbackSuffix}::text),
          (select coalesce(sum(count), 0) from chatlog.facets where project_id = ${projectId} and kind = 'feedback'
           and conversation_id in (select id from erased_conversations))
          - (select count(conversation_id) from erased_feedback)
        )
        + (select count(*) from chatlog.feedback where project_id = ${projectId}
           and visitor_ids && ${values}::text[] and message_id not in (select id from erased_messages)) as feedback,
      (select coalesce(sum(count), 0) from chatlog.facets where project_id = ${projectId} and kind = 'clicked'
       and conversation_id in (select id from erased_conversations)) as clicks`
  const count = (name: keyof ErasableCounts) => Number(row?.[name])
  return {
    conversations: count('conversations'),
    messages: count('messages'),
    events: count('events'),
    feedback: count('feedback'),
    clicks: count('clicks'),
  }
}
