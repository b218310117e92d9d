import type { Fragment, Sql } from 'postgres'
import { markedFeedbackSuffix } from '../../contract/feedback-id.ts'
import type { ConversationFilter, Store } from '../store/store.ts'
import { dateOfUtcDay, utcDaySql } from '../store/utc-day.ts'
import { conditionOf } from './filter.ts'

/** What PostgreSQL counts. A filter's text is not looked for: counting would read everything. */
export function createPostgresCounts(sql: Sql): Pick<Store, 'countConversationsByDay' | 'countFacet'> {
  return {
    async countConversationsByDay(projectId, filter) {
      const rows = await sql<{ day: string; count: string }[]>`
        select ${sql.unsafe(utcDaySql)} as day, count(*) as count
        from chatlog.conversations as conversation where ${conditionOf(sql, projectId, filter)}
        group by 1 order by 1`
      return rows.map(({ day, count }) => ({ day: dateOfUtcDay(Number(day)), count: Number(count) }))
    },
    async countFacet(projectId, { kind, filter = {}, limit, without }) {
      const other =
        without &&
        sql`and value not in (select value from chatlog.facets as facet
          where ${facetCondition(sql, projectId, without, filter)})`
      const rows = await sql<{ value: string; conversations: string; count: string }[]>`
        select value, ${kind === 'feedback' ? sql`count(distinct conversation_id)` : sql`count(*)`} as conversations, sum(count) as count
        from ${kind === 'feedback' ? feedbackFacets(sql, projectId) : sql`chatlog.facets`} as facet
        where ${facetCondition(sql, projectId, kind, filter)} ${other ?? sql``}
        group by value order by sum(count) desc, value limit ${limit}`
      return rows.map(({ value, conversations, count }) => ({
        value,
        conversations: Number(conversations),
        count: Number(count),
      }))
    },
  }
}

/** Feedback comes within a conversation or by itself; what the script says in both ways counts once. */
const feedbackFacets = (sql: Sql, projectId: string) => sql`(
  select project_id, kind, value, conversation_id, created_ms, count from chatlog.facets
  where project_id = ${projectId} and kind = 'feedback'
  union all
  select feedback.project_id, 'feedback', feedback.type, conversation.id, conversation.created_ms, 1
  from chatlog.feedback as feedback
  join chatlog.messages as message on message.project_id = feedback.project_id and message.id = feedback.message_id
  join chatlog.conversations as conversation
  on conversation.project_id = message.project_id and conversation.id = message.conversation_id
  where feedback.project_id = ${projectId} and feedback.id <> feedback.message_id || ${markedFeedbackSuffix}
)`

/** Rows `facet` of one kind, of the filter's conversations; a time alone is answered from the facets themselves. */
function facetCondition(
  sql: Sql,
  projectId: string,
  kind: string,
  { fromMs, toMs, ...filter }: ConversationFilter,
): Fragment {
  const isNarrowed = Object.values({ ...filter, text: undefined }).some((value) => value !== undefined)
  const narrowed = isNarrowed
    ? sql`and facet.conversation_id in (
        select conversation.id from chatlog.conversations as conversation
        where ${conditionOf(sql, projectId, filter)})`
    : sql``
  return sql`facet.project_id = ${projectId} and facet.kind = ${kind}
    and facet.created_ms >= ${fromMs ?? Number.MIN_SAFE_INTEGER} and facet.created_ms < ${toMs ?? Number.MAX_SAFE_INTEGER}
    ${narrowed}`
}
