import type Database from 'libsql'
import type { Tallied } from '../store/narrowing.ts'
import { quarterSql } from '../store/quarter.ts'
import type { TalliedTime } from '../store/tallies.ts'
import { peopleKind, personKind, quarterlyKinds, tallyUnits, unitMs } from '../store/tallies.ts'
import { utcDaySql, utcHourSql } from '../store/utc-day.ts'
import type { Condition } from './condition.ts'
import { personOf } from './person.ts'
import { writeTransaction } from './write-transaction.ts'

/** How many changes one transaction takes in: that takes some milliseconds, in which no request is answered. */
const foldedAtOnce = 500

const quoted = (kinds: readonly string[]) => kinds.map((kind) => `'${kind}'`).join()

/** When a change's unit begins, and which changes have such a unit. */
const units = [
  { unit: tallyUnits.all, start: '0', has: 'true' },
  { unit: tallyUnits.day, start: utcDaySql, has: 'true' },
  { unit: tallyUnits.hour, start: utcHourSql, has: `kind <> '${personKind}'` },
  { unit: tallyUnits.quarter, start: quarterSql, has: `kind in (${quoted(quarterlyKinds)})` },
]

/** Makes the function that takes a project's changes into its tallies; it gives how many it took. */
export function createFold(database: Database.Database): (projectId: string) => number {
  const selectLast = database.prepare(
    `select max(number) as last, count(*) as count from
     (select number from tally_changes where project_id = ? order by number limit ${foldedAtOnce})`,
  )
  const adds = units.map(({ unit, start, has }) =>
    database.prepare(
      `insert into tallies (project_id, kind, unit, start, value, conversations, count)
       select project_id, kind, ${unit}, ${start} as start, value, sum(conversations), sum(count) from tally_changes
       where project_id = ? and number <= ? and ${has} group by kind, start, value
       on conflict (project_id, kind, unit, start, value) do update
       set conversations = tallies.conversations + excluded.conversations, count = tallies.count + excluded.count`,
    ),
  )
  const removeEmpty = database.prepare('delete from tallies where project_id = ? and conversations = 0 and count = 0')
  const countNamed = database.prepare(
    `select count(*) as count from tallies where project_id = ?1 and kind = '${personKind}' and unit = 0 and start = 0
     and value in (select value from tally_changes where project_id = ?1 and kind = '${personKind}' and number <= ?2)`,
  )
  const addPeople = database.prepare(
    `insert into tallies (project_id, kind, unit, start, value, conversations, count)
     values (?, '${peopleKind}', 0, 0, '', 0, ?)
     on conflict (project_id, kind, unit, start, value) do update set count = tallies.count + excluded.count`,
  )
  const people = (projectId: string, last: number) => (countNamed.get(projectId, last) as { count: number }).count
  const removeTaken = database.prepare('delete from tally_changes where project_id = ? and number <= ?')
  return writeTransaction(database, (projectId: string) => {
    const { last, count } = selectLast.get(projectId) as { last: number | null; count: number }
    if (last === null) return 0
    const before = people(projectId, last)
    for (const add of adds) add.run(projectId, last)
    removeEmpty.run(projectId)
    const more = people(projectId, last) - before
    if (more !== 0) addPeople.run(projectId, more)
    removeTaken.run(projectId, last)
    return count
  })
}

/**
 * Rows of `created_ms, value, conversations, count` that add up to the counts of a time. `created_ms` is when a row's
 * day, hour or quarter begins.
 */
export function talliedRows(projectId: string, { kind, value }: Tallied, time: TalliedTime): Condition {
  const own = value === undefined ? '' : 'and value = ?'
  const ownValues = value === undefined ? [] : [value]
  const { spans, counted, edges } = time
  const parts: Condition[] = spans.map(({ unit, from, to }) => ({
    sql: `select start * ${unitMs[unit] ?? 0} as created_ms, value, conversations, count
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
      kind === 'conversation' || kind === personKind
        ? {
            sql: `select created_ms, ${kind === personKind ? personOf('conversations') : "''"}, 1, messages from conversations
              where project_id = ? and created_ms >= ? and created_ms < ? and messages is not null`,
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

/** How many people have had a conversation of the project. Changes that no tally has taken in yet count too. */
export function peopleCounted(projectId: string): Condition {
  const ofPerson = `project_id = ?1 and kind = '${personKind}'`
  return {
    sql: `select coalesce((
        select count from tallies
        where project_id = ?1 and kind = '${peopleKind}' and unit = 0 and start = 0 and value = ''
      ), 0) + coalesce((
        select sum((coalesce(known.conversations, 0) + changed.conversations > 0) - (known.conversations is not null))
        from (
          select value, sum(conversations) as conversations from tally_changes where ${ofPerson} group by value
        ) changed
        left join (select * from tallies where ${ofPerson} and unit = 0 and start = 0) known
        on known.value = changed.value
      ), 0) as count`,
    values: [projectId],
  }
}

/** How many people have had a conversation of that time. @param time in days, which alone are counted */
export function peopleWithin(projectId: string, time: TalliedTime): Condition {
  const { sql, values } = talliedRows(projectId, { kind: personKind }, time)
  return {
    sql: `select count(*) as count from (
      select value from (${sql}) where value is not null group by value having sum(conversations) > 0)`,
    values,
  }
}
