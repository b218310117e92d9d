import type { Fragment, ISql } from 'postgres'
import type { ConversationFilter } from '../store/store.ts'
import { talliedTime } from '../store/tallies.ts'
import { maxCounted, type WantedFacet, wantedFacets } from '../store/wanted-facets.ts'
import { type Tallied, talliedRows } from './tallies.ts'

/** What a filter asks of a project's conversations, as the statements need it. */
export type Selection = {
  projectId: string
  fromMs: number | undefined
  toMs: number | undefined
  /** The rarest first. */
  facets: WantedFacet[]
}

/** Finds out what a filter asks, and which part of it is the rarest. */
export async function select(sql: ISql, projectId: string, filter: ConversationFilter): Promise<Selection> {
  const { fromMs, toMs } = filter
  const facets = await Promise.all(wantedFacets(filter).map((facet) => resolve(sql, projectId, facet)))
  if (facets.length < 2) return { projectId, fromMs, toMs, facets }
  const counted = await Promise.all(
    facets.map(async (facet) => ({ facet, conversations: await countOf(sql, projectId, facet) })),
  )
  const byRarity = counted.toSorted((one, other) => one.conversations - other.conversations)
  return { projectId, fromMs, toMs, facets: byRarity.map(({ facet }) => facet) }
}

/** Makes a beginning that only one value has that value: an index gives the pages of one value in their order. */
async function resolve(sql: ISql, projectId: string, facet: WantedFacet): Promise<WantedFacet> {
  const { kind, value, until } = facet
  if (until === undefined) return facet
  const values = await sql<{ value: string }[]>`
    select value from chatlog.tallies where project_id = ${projectId} and kind = ${kind} and unit = 0 and start = 0
    and value >= ${value} and value < ${until}
    union select value from chatlog.tally_changes
    where project_id = ${projectId} and kind = ${kind} and value >= ${value} and value < ${until} limit 2`
  return values.length === 1 && values[0] ? { kind, value: values[0].value } : facet
}

async function countOf(sql: ISql, projectId: string, { kind, value, until }: WantedFacet): Promise<number> {
  const counts =
    until !== undefined
      ? sql`
        select conversations from chatlog.tallies where project_id = ${projectId} and kind = ${kind}
        and unit = 0 and start = 0 and value >= ${value} and value < ${until}`
      : kind === 'visitor'
        ? sql`
          select 1 as conversations from chatlog.facets
          where project_id = ${projectId} and kind = ${kind} and value = ${value} limit ${maxCounted}`
        : talliedRows(sql, projectId, { kind, value }, talliedTime())
  const [row] = await sql<{ count: string }[]>`select coalesce(sum(conversations), 0) as count from (${counts}) as one`
  return Number(row?.count)
}

/** The tally that counts a selection's conversations; `null` where only looking at each conversation would tell. */
export function talliedOf({ facets }: Selection): Tallied | null {
  const [only, ...others] = facets
  if (!only) return { kind: 'conversation', value: '' }
  if (others.length > 0 || only.until !== undefined || only.kind === 'visitor') return null
  return { kind: only.kind, value: only.value }
}

/** The selection as a condition on rows `conversation`, each looked at by itself. */
export function conditionOf(sql: ISql, { projectId, fromMs, toMs, facets }: Selection): Fragment {
  return allOf(sql, [
    sql`conversation.project_id = ${projectId}`,
    ...timesOf(sql, sql`conversation.created_ms`, { fromMs, toMs }),
    ...facets.map(
      (facet) => sql`exists (
        select 1 from chatlog.facets as facet
        where facet.project_id = ${projectId} and facet.kind = ${facet.kind} and ${valueCondition(sql, facet)}
        and facet.conversation_id = conversation.id)`,
    ),
  ])
}

/** The condition on a row `facet` that its value is a wanted one. */
export function valueCondition(sql: ISql, { value, until }: WantedFacet): Fragment {
  return until === undefined ? sql`facet.value = ${value}` : sql`facet.value >= ${value} and facet.value < ${until}`
}

/** A time as conditions on a column. */
export function timesOf(sql: ISql, column: Fragment, { fromMs, toMs }: Pick<Selection, 'fromMs' | 'toMs'>): Fragment[] {
  return [
    ...(fromMs === undefined ? [] : [sql`${column} >= ${fromMs}`]),
    ...(toMs === undefined ? [] : [sql`${column} < ${toMs}`]),
  ]
}

export const allOf = (sql: ISql, conditions: readonly Fragment[]): Fragment =>
  conditions.reduce((all, condition) => sql`${all} and ${condition}`)
