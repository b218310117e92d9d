import type Database from 'libsql'
import { markedFeedbackSuffix } from '../../contract/feedback-id.ts'
import type { ConversationFilter, FacetCount, Store } from '../store/store.ts'
import { dateOfUtcDay, utcDaySql } from '../store/utc-day.ts'
import { conditionOf } from './filter.ts'

// Feedback comes within a conversation or by itself; what the script says in both ways counts once.
const feedbackFacets = `(
  select project_id, kind, value, conversation_id, created_ms, count from facets where project_id = ? and kind = 'feedback'
  union all
  select f.project_id, 'feedback', f.type, c.id, c.created_ms, 1 from feedback f
  join messages m on m.project_id = f.project_id and m.id = f.message_id
  join conversations c on c.project_id = m.project_id and c.id = m.conversation_id
  where f.project_id = ? and f.id <> f.message_id || '${markedFeedbackSuffix}')`

/** What the embedded store counts. A filter's text is not looked for: counting would read everything. */
export function createSqliteCounts(database: Database.Database): Pick<Store, 'countConversationsByDay' | 'countFacet'> {
  return {
    async countConversationsByDay(projectId, filter) {
      const { sql, values } = conditionOf(projectId, filter)
      const rows = database
        .prepare(
          `select ${utcDaySql} as day, count(*) as count from conversations c where ${sql} group by 1 order by 1`,
        )
        .all(...values) as { day: number; count: number }[]
      return rows.map(({ day, count }) => ({ day: dateOfUtcDay(day), count }))
    },
    async countFacet(projectId, { kind, filter = {}, limit, without }) {
      const selected = facetCondition(projectId, kind, filter)
      const other = without && facetCondition(projectId, without, filter)
      return database
        .prepare(
          // A facet is one row a conversation: no need to tell its conversations apart, but where feedback comes beside.
          `select value, count(${kind === 'feedback' ? 'distinct conversation_id' : '*'}) as conversations, sum(count) as count
           from ${kind === 'feedback' ? feedbackFacets : 'facets'} f where ${selected.sql}
           ${other ? `and value not in (select value from facets f where ${other.sql})` : ''}
           group by value order by count desc, value limit ?`,
        )
        .all(
          ...(kind === 'feedback' ? [projectId, projectId] : []),
          ...selected.values,
          ...(other?.values ?? []),
          limit,
        ) as FacetCount[]
    },
  }
}

/** Facets `f` of one kind, of the filter's conversations; a time alone is answered from the facets themselves. */
function facetCondition(projectId: string, kind: string, { fromMs, toMs, ...filter }: ConversationFilter) {
  const isNarrowed = Object.values({ ...filter, text: undefined }).some((value) => value !== undefined)
  const narrowed = isNarrowed ? conditionOf(projectId, filter) : null
  return {
    sql: `f.project_id = ? and f.kind = ? and f.created_ms >= ? and f.created_ms < ?
      ${narrowed ? `and f.conversation_id in (select c.id from conversations c where ${narrowed.sql})` : ''}`,
    values: [
      projectId,
      kind,
      fromMs ?? Number.MIN_SAFE_INTEGER,
      toMs ?? Number.MAX_SAFE_INTEGER,
      ...(narrowed?.values ?? []),
    ],
  }
}
