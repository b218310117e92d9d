import type Database from 'libsql'
import type { Tallied } from '../store/narrowing.ts'
import type { TalliedTime } from '../store/tallies.ts'
import { tallyUnits } from '../store/tallies.ts'
import { utcDaySql } from '../store/utc-day.ts'
import type { Condition } from './condition.ts'
import { writeTransaction } from './write-transaction.ts'

/** How many changes one transaction takes in: that takes some milliseconds, in which no request is answered. */
const foldedAtOnce = 500

// Dates before 1970 are rounded down as well; see `utcDaySql`.
const hourSql = '(created_ms + 8640000000000000) / 3600000 - 2400000000'
const starts: Record<number, string> = {
  [tallyUnits.all]: '0',
  [tallyUnits.day]: utcDaySql,
  [tallyUnits.hour]: hourSql,
}

/** Makes the function that takes a project's changes into its tallies; it gives how many it took. */
export function createFold(database: Database.Database): (projectId: string) => number {
  const selectLast = database.prepare(
    `select max(number) as last, count(*) as count from
     (select number from tally_changes where project_id = ? order by number limit ${foldedAtOnce})`,
  )
  const adds = Object.entries(starts).map(([unit, start]) =>
    database.prepare(
      `insert into tallies (project_id, kind, unit, start, value, conversations, count)
       select project_id, kind, ${unit}, ${start} as start, value, sum(conversations), sum(count) from tally_changes
       where project_id = ? and number <= ? group by kind, start, value
       on conflict (project_id, kind, unit, start, value) do update
       set conversations = tallies.conversations + excluded.conversations, count = tallies.count + excluded.count`,
    ),
  )
  const removeEmpty = database.prepare('delete from tallies where project_id = ? and conversations = 0 and count = 0')
  const removeTaken = database.prepare('delete from tally_changes where project_id = ? and number <= ?')
  return writeTransaction(database, (projectId: string) => {
    const { last, count } = selectLast.get(projectId) as { last: number | null; count: number }
    if (last === null) return 0
    for (const add of adds) add.run(projectId, last)
    removeEmpty.run(projectId)
    removeTaken.run(projectId, last)
    return count
  })
}

/**
 * Rows of `created_ms, value, conversations, count` that add up to the counts of a time. `created_ms` is when a row's
 * day or hour begins.
 */
export function talliedRows(projectId: string, { kind, value }: Tallied, time: TalliedTime): Condition {
  const own = value === undefined ? '' : 'and value = ?'
  const ownValues = value === undefined ? [] : [value]
  const { spans, counted, edges } = time
  const parts: Condition[] = spans.map(({ unit, from, to }) => ({
    sql: `select start * ${unit === tallyUnits.hour ? 3_600_000 : 86_400_000} as created_ms, value, conversations, count
      from tallies where project_id = ? and kind = ? and unit = ? and start >= ? and start < ? ${own}`,
    values: [projectId, kind, unit, from, to, ...ownValues],
  }))
  parts.push({
    sql: `select created_ms, value, conversations, count from tally_changes
      where project_id = ? and kind = ? and created_ms >= ? and created_ms < ? ${own}`,
    values: [projectId, kind, counted.fromMs, counted.toMs, ...ownValues],
  })
  for (const { fromMs, toMs } of edges) {
    parts.push(
      kind === 'conversation'
        ? {
            sql: `select created_ms, '', 1, 1 from conversations where project_id = ? and created_ms >= ? and created_ms < ?`,
            values: [projectId, fromMs, toMs],
          }
        : {
            sql: `select f.created_ms, f.value, 1, f.count from conversations c
              cross join facets f on f.project_id = c.project_id and f.conversation_id = c.id
              where c.project_id = ? and c.created_ms >= ? and c.created_ms < ? and f.kind = ?
              ${value === undefined ? '' : 'and f.value = ?'}`,
            values: [projectId, fromMs, toMs, kind, ...ownValues],
          },
    )
  }
  return { sql: parts.map(({ sql }) => sql).join(' union all '), values: parts.flatMap(({ values }) => values) }
}
