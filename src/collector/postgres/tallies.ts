import type { Tallied } from '../store/narrowing.ts'
import { quarterSql } from '../store/quarter.ts'
import type { TalliedTime } from '../store/tallies.ts'
import { peopleKind, personKind, quarterlyKinds, unitMs } from '../store/tallies.ts'
import { utcDaySql, utcHourSql } from '../store/utc-day.ts'
import type { Fragment, ISql, Sql } from './sql.ts'
import { transact } from './transaction.ts'

/** Changes taken in by one transaction. */
const foldedAtOnce = 5_000

/** Any number. With a project's hash it names the lock of the collector that takes in the project's changes. */
const foldLock = 4_247_186

/** Takes a project's changes into its tallies, unless another collector is at it. @returns how many it took */
export async function fold(sql: Sql, projectId: string): Promise<number> {
  return transact(sql, async (transaction) => {
    const [lock] = await transaction<{ has: boolean }[]>`
      select pg_try_advisory_xact_lock(${foldLock}::integer, hashtext(${projectId})) as has`
    if (!lock?.has) return 0
    const [taken] = await transaction<{ count: string; people: string }[]>`
      with taken as (
        delete from chatlog.tally_changes where project_id = ${projectId} and number in (
          select number from chatlog.tally_changes where project_id = ${projectId} order by number limit ${foldedAtOnce}
        )
        returning kind, value, created_ms, conversations, count
      ), added as (
        insert into chatlog.tallies (project_id, kind, unit, start, value, conversations, count)
        select ${projectId}::text, kind, unit,
          case unit when 0 then 0 when 1 then ${transaction.unsafe(utcDaySql)} when 2 then ${transaction.unsafe(utcHourSql)}
            else ${transaction.unsafe(quarterSql)} end,
          value, sum(conversations), sum(count)
        from taken cross join generate_series(0, 3) as unit
        where unit < 2 or kind <> ${personKind} and (unit = 2 or kind = any(${quarterlyKinds}::text[]))
        group by 2, 3, 4, 5
        on conflict (project_id, kind, unit, start, value) do update
        set conversations = tallies.conversations + excluded.conversations, count = tallies.count + excluded.count
        -- A row that was not there before has never been locked.
        returning kind, unit, xmax = 0 as is_new
      )
      select (select count(*) from taken) as count,
        (select count(*) from added where is_new and unit = 0 and kind = ${personKind}) as people`
    const gone = await transaction<{ kind: string; unit: number }[]>`
      delete from chatlog.tallies where project_id = ${projectId} and conversations = 0 and count = 0
      returning kind, unit`
    const people = Number(taken?.people) - gone.filter(({ kind, unit }) => kind === personKind && unit === 0).length
    if (people !== 0) {
      await transaction`
        insert into chatlog.tallies (project_id, kind, unit, start, value, conversations, count)
        values (${projectId}, ${peopleKind}, 0, 0, '', 0, ${people})
        on conflict (project_id, kind, unit, start, value) do update set count = tallies.count + excluded.count`
    }
    return Number(taken?.count)
  })
}

/** How many people have had a conversation of the project. Changes that no tally has taken in yet count too. */
export async function countPeople(sql: ISql, projectId: string): Promise<number> {
  const [row] = await sql<{ count: string }[]>`
    select coalesce((
        select count from chatlog.tallies
        where project_id = ${projectId} and kind = ${peopleKind} and unit = 0 and start = 0 and value = ''
      ), 0) + coalesce((
        select sum((coalesce(known.conversations, 0) + changed.conversations > 0)::integer
          - (known.conversations is not null)::integer)
        from (
          select value, sum(conversations) as conversations from chatlog.tally_changes
          where project_id = ${projectId} and kind = ${personKind} group by value
        ) as changed
        left join chatlog.tallies as known on known.project_id = ${projectId} and known.kind = ${personKind}
          and known.unit = 0 and known.start = 0 and known.value = changed.value
      ), 0) as count`
  return Number(row?.count)
}

/** How many people have had a conversation of that time. @param time in days, which alone are counted */
export async function countPeopleWithin(sql: ISql, projectId: string, time: TalliedTime): Promise<number> {
  const [row] = await sql<{ count: string }[]>`
    select count(*) as count from (
      select value from (${talliedRows(sql, projectId, { kind: personKind }, time)}) as counted
      where value is not null group by value having sum(conversations) > 0
    ) as people`
  return Number(row?.count)
}

/**
 * Rows of `created_ms, value, conversations, count` that add up to the counts of a time. `created_ms` is when a row's
 * day, hour or quarter begins.
 */
export function talliedRows(sql: ISql, projectId: string, { kind, value }: Tallied, time: TalliedTime): Fragment {
  const { spans, counted, edges } = time
  const own = value === undefined ? sql`` : sql`and value = ${value}`
  const parts = spans.map(
    ({ unit, from, to }) => sql`
      select start * ${unitMs[unit] ?? 0}::bigint as created_ms, value, conversations, count
      from chatlog.tallies where project_id = ${projectId} and kind = ${kind} and unit = ${unit}
      and start >= ${from} and start < ${to} ${own}`,
  )
  parts.push(sql`
    select created_ms, value, conversations::bigint, count::bigint from chatlog.tally_changes
    where project_id = ${projectId} and kind = ${kind} and created_ms >= ${counted.fromMs}
    and created_ms < ${counted.toMs} ${own}`)
  for (const { fromMs, toMs } of edges) {
    const within = sql`conversation.project_id = ${projectId} and conversation.created_ms >= ${fromMs}
      and conversation.created_ms < ${toMs} and conversation.messages is not null`
    parts.push(
      kind === 'conversation'
        ? sql`
          select conversation.created_ms, '', 1, conversation.messages from chatlog.conversations as conversation
          where ${within}`
        : kind === personKind
          ? sql`
          select conversation.created_ms, chatlog.person_of(conversation.fields) collate "C", 1, 1
          from chatlog.conversations as conversation where ${within}`
          : sql`
          select facet.created_ms, facet.value, 1, facet.count from chatlog.conversations as conversation
          join chatlog.facets as facet
          on facet.project_id = conversation.project_id and facet.conversation_id = conversation.id
          where ${within} and facet.kind = ${kind} ${value === undefined ? sql`` : sql`and facet.value = ${value}`}`,
    )
  }
  return parts.reduce((all, part) => sql`${all} union all ${part}`)
}
