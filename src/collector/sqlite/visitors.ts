import { markedFeedbackSuffix } from '../../contract/feedback-id.ts'
import { facetValue } from '../store/conversation-facets.ts'
import { type ErasableCounts, maxVisitorIds, type Store, type VisitorId } from '../store/store.ts'
import { countedIds, withAllNeighbours } from '../store/visitor-ids.ts'
import type { Condition } from './condition.ts'
import type { SqliteReaders } from './readers.ts'

/** Who stands behind an id, and what erasing would take, in the embedded store. */
export function createSqliteVisitors(readers: SqliteReaders): Pick<Store, 'countErasable' | 'findVisitor'> {
  const ask = async <Row>(sql: string, values: Condition['values']) => (await readers.long(sql, values)) as Row[]

  const neighboursOf = (projectId: string, known: string[]) =>
    ask<{ value: string }>(
      `select distinct value from facets where project_id = ?1 and kind = 'visitor' and conversation_id in (
         select conversation_id from facets
         where project_id = ?1 and kind = 'visitor' and value in (select value from json_each(?2)))
       order by value limit ?3`,
      [projectId, JSON.stringify(known), maxVisitorIds],
    )

  return {
    async countErasable(projectId, what) {
      const [ids, conversationId] = 'visitorIds' in what ? [what.visitorIds, ''] : [[], what.conversationId]
      const values = [projectId, JSON.stringify(ids.map(facetValue)), conversationId]
      const [counts] = await ask<ErasableCounts>(countErasableSql, values)
      return counts as ErasableCounts
    },
    async findVisitor(projectId, visitorId) {
      const ids = await withAllNeighbours(facetValue(visitorId), (known) => neighboursOf(projectId, known))
      const list = JSON.stringify(ids)
      const counts = await ask<VisitorId>(
        `select value as id, count(*) as conversations from facets where project_id = ? and kind = 'visitor'
         and value in (select value from json_each(?)) group by value`,
        [projectId, list],
      )
      const [seen] = await ask<{ first: number | null; last: number | null }>(
        `select min(created_ms) as first, max(coalesce(active_ms, created_ms)) as last from conversations
         where project_id = ?1 and id in (select conversation_id from facets
           where project_id = ?1 and kind = 'visitor' and value in (select value from json_each(?2)))`,
        [projectId, list],
      )
      return {
        ids: countedIds(ids, counts),
        firstSeenMs: seen?.first ?? null,
        lastSeenMs: seen?.last ?? null,
      }
    },
  }
}

// ?1 the project, ?2 a JSON list of a visitor's ids, ?3 the id of a conversation. Feedback that the script notes within a
// message and also sends by itself, under an id made of the message's, is one.
const countErasableSql = `
  with
    erased_conversations as materialized (
      select id from conversations where project_id = ?1 and id = ?3
      union
      select conversation_id from facets
      where project_id = ?1 and kind = 'visitor' and value in (select value from json_each(?2))
    ),
    erased_messages as materialized (
      select m.id from erased_conversations e cross join messages m
      where m.project_id = ?1 and m.conversation_id = e.id
    ),
    erased_feedback as materialized (
      select id, message_id, conversation_id from feedback
      where project_id = ?1 and message_id in (select id from erased_messages)
    )
  select
    (select count(*) from erased_conversations) as conversations,
    (select count(*) from erased_messages) as messages,
    (select count(*) from (
      select id from events where project_id = ?1 and conversation_id in (select id from erased_conversations)
      union
      select id from events where project_id = ?1 and message_id in (select id from erased_messages)
      union
      select id from reaction_visitors
      where project_id = ?1 and kind = 'event' and visitor_id in (select value from json_each(?2))
    )) as events,
    (select count(conversation_id) from erased_feedback)
      + max(
        (select count(*) from erased_feedback where id = message_id || '${markedFeedbackSuffix}'),
        (select coalesce(sum(count), 0) from facets
         where project_id = ?1 and kind = 'feedback' and conversation_id in (select id from erased_conversations))
        - (select count(conversation_id) from erased_feedback)
      )
      + (select count(distinct f.id) from reaction_visitors r
         join feedback f on f.project_id = r.project_id and f.id = r.id
         where r.project_id = ?1 and r.kind = 'feedback' and r.visitor_id in (select value from json_each(?2))
         and f.message_id not in (select id from erased_messages)) as feedback,
    (select coalesce(sum(count), 0) from facets
     where project_id = ?1 and kind = 'clicked' and conversation_id in (select id from erased_conversations)) as clicks`
