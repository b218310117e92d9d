import type Database from 'libsql'
import type { ConversationFilter } from '../store/store.ts'
import { talliedTime } from '../store/tallies.ts'
import { maxCounted, type WantedFacet, wantedFacets } from '../store/wanted-facets.ts'
import { type Condition, joined } from './condition.ts'
import { talliedRows } from './tallies.ts'

/** What a filter asks of a project's conversations, as the statements need it. */
export type Selection = {
  projectId: string
  fromMs: number | undefined
  toMs: number | undefined
  /** The rarest first. */
  facets: (WantedFacet & { conversations: number })[]
}

/** Makes the function that finds out what a filter asks, and how rare each part of it is. */
export function createSelect(database: Database.Database) {
  const selectValues = database.prepare(
    `select value from tallies where project_id = ?1 and kind = ?2 and unit = 0 and start = 0 and value >= ?3 and value < ?4
     union select value from tally_changes where project_id = ?1 and kind = ?2 and value >= ?3 and value < ?4 limit 2`,
  )
  const countVisitor = database.prepare(
    `select count(*) as count from (
       select 1 from facets where project_id = ? and kind = ? and value = ? limit ${maxCounted})`,
  )
  const always = talliedTime()
  const countValue = database.prepare(
    `select coalesce(sum(conversations), 0) as count from (${talliedRows('', { kind: '', value: '' }, always).sql})`,
  )
  const countRange = database.prepare(
    `select coalesce(sum(conversations), 0) as count from tallies
     where project_id = ? and kind = ? and unit = 0 and start = 0 and value >= ? and value < ?`,
  )

  /** Makes a beginning that only one value has that value: an index gives the pages of one value in their order. */
  function resolve(projectId: string, facet: WantedFacet): WantedFacet {
    const { kind, value, until } = facet
    if (until === undefined) return facet
    const values = selectValues.all(projectId, kind, value, until) as { value: string }[]
    return values.length === 1 && values[0] ? { kind, value: values[0].value } : facet
  }

  function countOf(projectId: string, { kind, value, until }: WantedFacet): number {
    const row =
      until !== undefined
        ? countRange.get(projectId, kind, value, until)
        : kind === 'visitor'
          ? countVisitor.get(projectId, kind, value)
          : countValue.get(...talliedRows(projectId, { kind, value }, always).values)
    return (row as { count: number }).count
  }

  return function select(projectId: string, filter: ConversationFilter): Selection {
    const facets = wantedFacets(filter).map((facet) => {
      const resolved = resolve(projectId, facet)
      return { ...resolved, conversations: countOf(projectId, resolved) }
    })
    const { fromMs, toMs } = filter
    const byRarity = facets.toSorted((one, other) => one.conversations - other.conversations)
    return { projectId, fromMs, toMs, facets: byRarity }
  }
}

/** The selection as a condition on conversations `c`, each looked at by itself. */
export function conditionOf({ projectId, fromMs, toMs, facets }: Selection): Condition {
  const conditions: Condition[] = [{ sql: 'c.project_id = ?', values: [projectId] }]
  if (fromMs !== undefined) conditions.push({ sql: 'c.created_ms >= ?', values: [fromMs] })
  if (toMs !== undefined) conditions.push({ sql: 'c.created_ms < ?', values: [toMs] })
  for (const facet of facets) {
    const { sql, values } = valueCondition(facet)
    conditions.push({
      sql: `exists (select 1 from facets f where f.project_id = c.project_id and f.kind = ? and ${sql}
        and f.conversation_id = c.id)`,
      values: [facet.kind, ...values],
    })
  }
  return joined(conditions)
}

/** The condition on a facet `f` that its value is a wanted one. */
export function valueCondition({ value, until }: WantedFacet): Condition {
  if (until === undefined) return { sql: 'f.value = ?', values: [value] }
  return { sql: 'f.value >= ? and f.value < ?', values: [value, until] }
}
