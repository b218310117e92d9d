import type { Fragment, Sql } from 'postgres'
import { quarterSql, startOfQuarter } from '../store/quarter.ts'
import type { ConversationFilter, FacetRequest, Store } from '../store/store.ts'
import { talliedTime } from '../store/tallies.ts'
import { dateOfUtcDay, utcDaySql } from '../store/utc-day.ts'
import { allOf, conditionOf, type Selection, select, talliedOf, timesOf } from './filter.ts'
import { talliedRows } from './tallies.ts'

/**
 * The counts in PostgreSQL. It counts everything, or a time, from its tallies, and other selections by looking at each
 * conversation. It doesn't look for a filter's text: counting would read everything.
 */
export function createPostgresCounts(
  sql: Sql,
): Pick<Store, 'countConversationsByDay' | 'countByQuarter' | 'countFacet'> {
  return {
    async countConversationsByDay(projectId, filter) {
      const rows = await sql<{ day: string; count: string }[]>`
        select ${sql.unsafe(utcDaySql)} as day, sum(conversations) as count
        from (${daysOf(sql, await select(sql, projectId, filter))}) as counted
        group by 1 having sum(conversations) > 0 order by 1`
      return rows.map(({ day, count }) => ({ day: dateOfUtcDay(Number(day)), count: Number(count) }))
    },
    async countByQuarter(projectId, filter) {
      const selection = await select(sql, projectId, filter)
      const rows = await sql<{ quarter: string; conversations: string; messages: string | null }[]>`
        select ${sql.unsafe(quarterSql)} as quarter, count(*) as conversations, sum(conversation.messages) as messages
        from chatlog.conversations as conversation where ${conditionOf(sql, selection)}
        group by 1 order by 1`
      return rows.map(({ quarter, conversations, messages }) => ({
        startMs: startOfQuarter(Number(quarter)),
        conversations: Number(conversations),
        messages: Number(messages ?? 0),
      }))
    },
    async countFacet(projectId, request) {
      const { limit, without } = request
      const selection = await select(sql, projectId, request.filter ?? {})
      const other =
        without &&
        sql`where value not in (
          select value from (${facetsOf(sql, selection, { ...request, kind: without })}) as counted
          group by value having sum(count) > 0)`
      const rows = await sql<{ value: string; conversations: string; count: string }[]>`
        select value, sum(conversations) as conversations, sum(count) as count
        from (${facetsOf(sql, selection, request)}) as counted ${other ?? sql``}
        group by value having sum(count) > 0 order by sum(count) desc, value limit ${limit}`
      return rows.map(({ value, conversations, count }) => ({
        value,
        conversations: Number(conversations),
        count: Number(count),
      }))
    },
  }
}

function daysOf(sql: Sql, selection: Selection): Fragment {
  const { projectId, fromMs, toMs } = selection
  const tallied = talliedOf(selection)
  if (!tallied) {
    return sql`
      select created_ms, 1 as conversations from chatlog.conversations as conversation
      where ${conditionOf(sql, selection)}`
  }
  // The tally of all time has no days, so the days themselves are added up: they are few.
  const time = talliedTime(fromMs, toMs)
  const byDay = time.spans[0]?.unit === 0 ? { ...time, spans: [{ unit: 1, from: -1e8, to: 1e8 + 1 }] } : time
  return talliedRows(sql, projectId, tallied, byDay)
}

/** Facets of one kind: from the tallies, else those of the selection's conversations. */
function facetsOf(sql: Sql, selection: Selection, { kind, filter = {} }: FacetRequest): Fragment {
  const { projectId, facets, fromMs, toMs } = selection
  if (isTallyOf(kind, filter)) return talliedRows(sql, projectId, { kind }, talliedTime(fromMs, toMs))
  const conditions = [
    sql`facet.project_id = ${projectId} and facet.kind = ${kind}`,
    ...timesOf(sql, sql`facet.created_ms`, selection),
  ]
  if (facets.length > 0) {
    conditions.push(sql`facet.conversation_id in (
      select conversation.id from chatlog.conversations as conversation where ${conditionOf(sql, selection)})`)
  }
  return sql`
    select facet.value, 1 as conversations, facet.count from chatlog.facets as facet where ${allOf(sql, conditions)}`
}

function isTallyOf(kind: string, { fromMs: _from, toMs: _to, text: _text, ...narrowing }: ConversationFilter) {
  return kind !== 'visitor' && Object.values(narrowing).every((value) => value === undefined)
}
