import { answerTimesOf } from '../store/answer-times.ts'
import { lookedAtWithText } from '../store/looked-at.ts'
import { isNarrowed, isTallyOf, talliedOf } from '../store/narrowing.ts'
import { quarterSql } from '../store/quarter.ts'
import type { ConversationFilter, FacetRequest, Store } from '../store/store.ts'
import {
  personKind,
  type Step,
  startOfStep,
  stepSql,
  talliedBySteps,
  talliedDays,
  talliedTime,
} from '../store/tallies.ts'
import { dateOfUtcDay, utcDaySql } from '../store/utc-day.ts'
import { allOf, conditionOf, type Selection, select, timesOf } from './filter.ts'
import type { Fragment, Sql } from './sql.ts'
import { countPeople, countPeopleWithin, talliedRows } from './tallies.ts'

type ReadingCounts = 'countFeedbackBySteps' | 'listAnswerTimes' | 'countVisitors'
type Counting = 'countConversationsByDay' | 'countBySteps' | 'countFacet' | ReadingCounts

/**
 * The counts in PostgreSQL. It counts everything, or a time, from its tallies, and other selections by looking at each
 * conversation.
 */
export function createPostgresCounts(sql: Sql): Pick<Store, Counting> {
  return {
    ...createReadingCounts(sql),
    async countConversationsByDay(projectId, filter) {
      const rows = await sql<{ day: string; count: string }[]>`
        select ${sql.unsafe(utcDaySql)} as day, sum(conversations) as count
        from (${daysOf(sql, await select(sql, projectId, filter, lookedAtWithText))}) as counted
        group by 1 having sum(conversations) > 0 order by 1`
      return rows.map(({ day, count }) => ({ day: dateOfUtcDay(Number(day)), count: Number(count) }))
    },
    async countBySteps(projectId, filter, step) {
      const selection = await select(sql, projectId, filter, lookedAtWithText)
      const rows = await sql<{ step: string; conversations: string; messages: string }[]>`
        select ${sql.unsafe(stepSql[step])} as step, sum(conversations) as conversations, sum(count) as messages
        from (${conversationsOf(sql, selection, { filter, step })}) as counted
        group by 1 having sum(conversations) > 0 order by 1`
      return rows.map(({ step: count, conversations, messages }) => ({
        startMs: startOfStep(step, Number(count)),
        conversations: Number(conversations),
        messages: Number(messages),
      }))
    },
    async countFacet(projectId, request) {
      const { limit, without } = request
      const selection = await select(sql, projectId, request.filter ?? {}, lookedAtWithText)
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

/** Counts for which each conversation of a selection is looked at. */
function createReadingCounts(sql: Sql): Pick<Store, ReadingCounts> {
  // Not the condition: an async function that returns a fragment would run it as a statement.
  const selectionOf = (projectId: string, filter: ConversationFilter) =>
    select(sql, projectId, filter, lookedAtWithText)
  return {
    async countFeedbackBySteps(projectId, filter, step) {
      const counted = feedbackOf(sql, await selectionOf(projectId, filter), { filter, step })
      const rows = await sql<{ step: string; positive: string; negative: string }[]>`
        select ${sql.unsafe(stepSql[step])} as step,
          sum(case when value = 'positive' then count else 0 end) as positive,
          sum(case when value = 'negative' then count else 0 end) as negative
        from (${counted}) as counted group by 1 having sum(count) > 0 order by 1`
      return rows.map(({ step: count, positive, negative }) => ({
        startMs: startOfStep(step, Number(count)),
        positive: Number(positive),
        negative: Number(negative),
      }))
    },
    async listAnswerTimes(projectId, filter, limit) {
      const condition = conditionOf(sql, await selectionOf(projectId, filter))
      const rows = await sql<{ quarter: string; waits: string }[]>`
        select ${sql.unsafe(quarterSql)} as quarter, string_agg(wait::text, ',') as waits from (
          select selected.created_ms, message.role, lag(message.role) over same as asked,
            message.created_ms - lag(message.created_ms) over same as wait
          from (
            select conversation.id, conversation.created_ms from chatlog.conversations as conversation
            where ${condition} order by conversation.created_ms desc limit ${limit}
          ) as selected
          join chatlog.messages as message
            on message.project_id = ${projectId} and message.conversation_id = selected.id
          window same as (partition by selected.id order by message.position)
        ) as waits
        where role = 'assistant' and asked = 'user' and wait >= 0 group by 1 order by 1`
      return rows.flatMap(({ quarter, waits }) => answerTimesOf(Number(quarter), waits))
    },
    async countVisitors(projectId, filter) {
      const { fromMs, toMs } = filter
      if (!isNarrowed(filter)) return countPeople(sql, projectId)
      if (isTallyOf(personKind, filter)) return countPeopleWithin(sql, projectId, talliedDays(fromMs, toMs))
      const condition = conditionOf(sql, await selectionOf(projectId, filter))
      const [row] = await sql<{ count: string }[]>`
        select count(distinct chatlog.person_of(conversation.fields)) as count
        from chatlog.conversations as conversation where ${condition}`
      return Number(row?.count ?? 0)
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
  return talliedRows(sql, projectId, tallied, talliedBySteps('day', fromMs, toMs))
}

type Stepped = { filter: ConversationFilter; step: Step }

/** Conversations, and their messages as `count`. */
function conversationsOf(sql: Sql, selection: Selection, { filter, step }: Stepped): Fragment {
  const { projectId, fromMs, toMs } = selection
  if (isTallyOf('conversation', filter)) {
    return talliedRows(sql, projectId, { kind: 'conversation' }, talliedBySteps(step, fromMs, toMs))
  }
  return sql`
    select conversation.created_ms, 1 as conversations, conversation.messages as count
    from chatlog.conversations as conversation where ${conditionOf(sql, selection)}`
}

/** The feedback of each conversation, by its value. */
function feedbackOf(sql: Sql, selection: Selection, { filter, step }: Stepped): Fragment {
  const { projectId, fromMs, toMs } = selection
  if (isTallyOf('feedback', filter)) {
    return talliedRows(sql, projectId, { kind: 'feedback' }, talliedBySteps(step, fromMs, toMs))
  }
  return sql`
    select facet.created_ms, facet.value, facet.count
    from chatlog.facets as facet where facet.project_id = ${projectId} and facet.kind = 'feedback'
    and facet.conversation_id in (
      select conversation.id from chatlog.conversations as conversation where ${conditionOf(sql, selection)})`
}

/** Facets of one kind: from the tallies, else those of the selection's conversations. */
function facetsOf(sql: Sql, selection: Selection, { kind, filter = {} }: FacetRequest): Fragment {
  const { projectId, facets, looked, fromMs, toMs } = selection
  if (isTallyOf(kind, filter)) return talliedRows(sql, projectId, { kind }, talliedTime(fromMs, toMs))
  const conditions = [
    sql`facet.project_id = ${projectId} and facet.kind = ${kind}`,
    ...timesOf(sql, sql`facet.created_ms`, selection),
  ]
  if (facets.length + looked.length > 0) {
    conditions.push(sql`facet.conversation_id in (
      select conversation.id from chatlog.conversations as conversation where ${conditionOf(sql, selection)})`)
  }
  return sql`
    select facet.value, 1 as conversations, facet.count from chatlog.facets as facet where ${allOf(sql, conditions)}`
}
