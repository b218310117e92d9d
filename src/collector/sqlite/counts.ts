import type Database from 'libsql'
import { answerTimesOf } from '../store/answer-times.ts'
import { isNarrowed, isTallyOf, type Tallied, talliedOf } from '../store/narrowing.ts'
import { quarterSql } from '../store/quarter.ts'
import type { ConversationFilter, FacetCount, FacetRequest, Store } from '../store/store.ts'
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
import { type Condition, joined } from './condition.ts'
import { conditionOf, createSelectAll, type Selection } from './filter.ts'
import { personOf } from './person.ts'
import type { SqliteReaders } from './readers.ts'
import { peopleCounted, peopleWithin, talliedRows } from './tallies.ts'

/** What of a store counts. */
export type Counting =
  | 'countConversationsByDay'
  | 'countBySteps'
  | 'countFacet'
  | 'countFeedbackBySteps'
  | 'listAnswerTimes'
  | 'countVisitors'

/**
 * The counts of the embedded store. It counts everything, or a time, from its tallies, and other selections by looking
 * at each conversation, in a process of its own.
 */
export function createSqliteCounts(database: Database.Database, readers: SqliteReaders): Pick<Store, Counting> {
  const select = createSelectAll(database, readers)
  const ask = asking(readers)
  return {
    async countConversationsByDay(projectId, filter) {
      const selection = await select(projectId, filter)
      const tallied = talliedOf(selection)
      const rows = (await ask(
        tallied ? daysTallied(selection, tallied) : daysLookedAt(selection),
        tallied !== null,
      )) as { day: number; count: number }[]
      return rows.map(({ day, count }) => ({ day: dateOfUtcDay(day), count }))
    },
    async countBySteps(projectId, filter, step) {
      const isTallied = isTallyOf('conversation', filter)
      const { sql, values } = conversations(await select(projectId, filter), isTallied && step)
      const statement = `select ${stepSql[step]} as step, sum(conversations) as conversations, sum(count) as messages
        from (${sql}) group by 1 having sum(conversations) > 0 order by 1`
      const rows = (await ask({ sql: statement, values }, isTallied)) as StepRow[]
      return rows.map(({ step: count, ...counts }) => ({ startMs: startOfStep(step, count), ...counts }))
    },
    ...createReadingCounts(readers, select),
    async countFacet(projectId, request) {
      const selection = await select(projectId, request.filter ?? {})
      const isTallied = isTallyOf(request.kind, request.filter)
      return (await ask(facetCounts(selection, request, isTallied), isTallied)) as FacetCount[]
    },
  }
}

type ReadingCounts = Pick<Store, 'countFeedbackBySteps' | 'listAnswerTimes' | 'countVisitors'>

/** Counts for which each conversation of a selection is looked at. */
function createReadingCounts(
  readers: SqliteReaders,
  select: (projectId: string, filter: ConversationFilter) => Promise<Selection>,
): ReadingCounts {
  const ask = asking(readers)
  return {
    async countFeedbackBySteps(projectId, filter, step) {
      const isTallied = isTallyOf('feedback', filter)
      const { sql, values } = feedback(await select(projectId, filter), isTallied && step)
      const statement = `select ${stepSql[step]} as step, sum(iif(value = 'positive', count, 0)) as positive,
          sum(iif(value = 'negative', count, 0)) as negative
        from (${sql}) group by 1 having sum(count) > 0 order by 1`
      const rows = (await ask({ sql: statement, values }, isTallied)) as FeedbackRow[]
      return rows.map(({ step: count, ...counts }) => ({ startMs: startOfStep(step, count), ...counts }))
    },
    async listAnswerTimes(projectId, filter, limit) {
      const { sql, values } = conditionOf(await select(projectId, filter))
      const statement = `select ${quarterSql} as quarter, group_concat(wait) as waits from (
          select c.created_ms, m.role, lag(m.role) over same as asked, m.created_ms - lag(m.created_ms) over same as wait
          from (select c.id, c.created_ms from conversations c where ${sql}
            order by c.created_ms desc limit ?) c
          cross join messages m on m.project_id = ? and m.conversation_id = c.id
          window same as (partition by c.id order by m.position))
        where role = 'assistant' and asked = 'user' and wait >= 0 group by 1 order by 1`
      const rows = (await readers.long(statement, [...values, limit, projectId])) as {
        quarter: number
        waits: string
      }[]
      return rows.flatMap(({ quarter, waits }) => answerTimesOf(quarter, waits))
    },
    async countVisitors(projectId, filter) {
      const { fromMs, toMs } = filter
      const isOfAll = !isNarrowed(filter)
      const counted = isOfAll
        ? peopleCounted(projectId)
        : isTallyOf(personKind, filter)
          ? peopleWithin(projectId, talliedDays(fromMs, toMs))
          : people(await select(projectId, filter))
      const [row] = (await ask(counted, isOfAll)) as { count: number }[]
      return row?.count ?? 0
    },
  }
}

type StepRow = { step: number; conversations: number; messages: number }
type FeedbackRow = { step: number; positive: number; negative: number }

/** What the tallies answer is quick; looking at conversations goes to a process of its own. */
const asking =
  (readers: SqliteReaders) =>
  ({ sql, values }: Condition, isTallied: boolean) =>
    isTallied ? readers.quick(sql, values) : readers.long(sql, values)

/** Conversations, and their messages as `count`. @param tallied the step of the tallies; `false` looks at each */
function conversations(selection: Selection, tallied: Step | false): Condition {
  const { projectId, fromMs, toMs } = selection
  if (tallied) return talliedRows(projectId, { kind: 'conversation' }, talliedBySteps(tallied, fromMs, toMs))
  const { sql, values } = conditionOf(selection)
  return {
    sql: `select c.created_ms, 1 as conversations, coalesce(c.messages, 0) as count from conversations c where ${sql}`,
    values,
  }
}

/** The feedback of each conversation, by its value. @param tallied as of `conversations` */
function feedback(selection: Selection, tallied: Step | false): Condition {
  const { projectId, fromMs, toMs } = selection
  if (tallied) return talliedRows(projectId, { kind: 'feedback' }, talliedBySteps(tallied, fromMs, toMs))
  const { sql, values } = conditionOf(selection)
  return {
    sql: `select c.created_ms, f.value, f.count
      from (select c.id, c.created_ms from conversations c where ${sql}) c
      cross join facets f on f.project_id = ? and f.conversation_id = c.id and f.kind = 'feedback'`,
    values: [...values, projectId],
  }
}

function people(selection: Selection): Condition {
  const { sql, values } = conditionOf(selection)
  return { sql: `select count(distinct ${personOf('c')}) as count from conversations c where ${sql}`, values }
}

function daysTallied({ projectId, fromMs, toMs }: Selection, tallied: Tallied): Condition {
  const { sql, values } = talliedRows(projectId, tallied, talliedBySteps('day', fromMs, toMs))
  return {
    sql: `select ${utcDaySql} as day, sum(conversations) as count from (${sql}) group by 1 having sum(conversations) > 0
      order by 1`,
    values,
  }
}

function daysLookedAt(selection: Selection): Condition {
  const { sql, values } = conditionOf(selection)
  return {
    sql: `select ${utcDaySql} as day, count(*) as count from conversations c where ${sql} group by 1 order by 1`,
    values,
  }
}

function facetCounts(selection: Selection, { kind, limit, without }: FacetRequest, isTallied: boolean): Condition {
  const countsOf = (one: string) => (isTallied ? facetTallies(selection, one) : facetsLookedAt(selection, one))
  const own = countsOf(kind)
  const other = without === undefined ? null : countsOf(without)
  return {
    sql: `select value, sum(conversations) as conversations, sum(count) as count from (${own.sql})
      ${other ? `where value not in (select value from (${other.sql}) group by value having sum(count) > 0)` : ''}
      group by value having sum(count) > 0 order by sum(count) desc, value limit ?`,
    values: [...own.values, ...(other?.values ?? []), limit],
  }
}

const facetTallies = ({ projectId, fromMs, toMs }: Selection, kind: string) =>
  talliedRows(projectId, { kind }, talliedTime(fromMs, toMs))

/** Facets of one kind, of the selection's conversations. */
function facetsLookedAt(selection: Selection, kind: string): Condition {
  const { projectId, facets, looked, fromMs, toMs } = selection
  const conditions: Condition[] = [{ sql: 'f.project_id = ? and f.kind = ?', values: [projectId, kind] }]
  if (fromMs !== undefined) conditions.push({ sql: 'f.created_ms >= ?', values: [fromMs] })
  if (toMs !== undefined) conditions.push({ sql: 'f.created_ms < ?', values: [toMs] })
  if (facets.length + looked.length > 0) {
    const { sql, values } = conditionOf(selection)
    conditions.push({ sql: `f.conversation_id in (select c.id from conversations c where ${sql})`, values })
  }
  const { sql, values } = joined(conditions)
  return { sql: `select f.value as value, 1 as conversations, f.count as count from facets f where ${sql}`, values }
}
