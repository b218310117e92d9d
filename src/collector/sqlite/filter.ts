import type Database from 'libsql'
import { madeAnew } from '../store/asked.ts'
import { asksNotFound, type LookedAt, lookedAt, lookedAtWithText } from '../store/looked-at.ts'
import { conversationsNotFound, notFoundPhrases } from '../store/not-found.ts'
import type { ConversationFilter } from '../store/store.ts'
import { talliedTime } from '../store/tallies.ts'
import { maxCounted, type WantedFacet, wantedFacets } from '../store/wanted-facets.ts'
import { createSqliteAudit } from './audit.ts'
import { type Condition, joined } from './condition.ts'
import type { SqliteReaders } from './readers.ts'
import { talliedRows } from './tallies.ts'
import { matchOf, wordsPerConversation } from './words.ts'

/** What a filter asks of a project's conversations, as the statements need it. */
export type Selection = {
  projectId: string
  fromMs: number | undefined
  toMs: number | undefined
  /** The rarest first. */
  facets: (WantedFacet & { conversations: number })[]
  looked: LookedAt[]
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

  return function select(projectId: string, filter: ConversationFilter, looked = lookedAt(filter)): Selection {
    const facets = wantedFacets(filter).map((facet) => {
      const resolved = resolve(projectId, facet)
      return { ...resolved, conversations: countOf(projectId, resolved) }
    })
    const { fromMs, toMs } = filter
    const byRarity = facets.toSorted((one, other) => one.conversations - other.conversations)
    return { projectId, fromMs, toMs, facets: byRarity, looked }
  }
}

/** The selection as a condition on conversations `c`, each looked at by itself. */
export function conditionOf({ projectId, fromMs, toMs, facets, looked }: Selection): Condition {
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
  return joined([...conditions, ...looked.map((one) => lookedCondition(projectId, one))])
}

const ofFacet = 'select 1 from facets f where f.project_id = c.project_id and f.conversation_id = c.id and f.kind = ?'
const asked = 'from messages m where m.project_id = c.project_id and m.conversation_id = c.id and m.asked is not null'

function lookedCondition(projectId: string, one: LookedAt): Condition {
  switch (one.kind) {
    case 'facet':
      return {
        sql: `c.id in (select f.conversation_id from facets f where f.project_id = ? and f.kind = ?
          and f.value in (select value from json_each(?)))`,
        values: [projectId, one.facet, JSON.stringify(one.values)],
      }
    case 'lacks':
      return { sql: `not exists (${ofFacet})`, values: [one.facet] }
    case 'length':
      return { sql: 'c.messages >= ? and c.messages <= ?', values: [one.least, one.most] }
    case 'asked_again':
      return { sql: `(select count(*) > count(distinct m.asked) or max(m.asked = '${madeAnew}') ${asked})`, values: [] }
    case 'ids':
      return { sql: 'c.id in (select value from json_each(?))', values: [JSON.stringify(one.ids)] }
    case 'words':
      if (one.words.length === 0) return { sql: '0', values: [] }
      return {
        sql: `c.arrival in (select rowid / ${wordsPerConversation} from words where words match ?)`,
        values: [matchOf(projectId, one.words)],
      }
    case 'any': {
      const parts = one.of.map((part) => lookedCondition(projectId, part))
      return { sql: `(${parts.map(({ sql }) => sql).join(' or ')})`, values: parts.flatMap(({ values }) => values) }
    }
  }
}

/** Makes the function that finds out what a whole filter asks, its text and the project's phrases too. */
export function createSelectAll(database: Database.Database, readers: SqliteReaders) {
  const select = createSelect(database)
  const findNotFound = createFindNotFound(database, readers)
  return async (projectId: string, filter: ConversationFilter): Promise<Selection> =>
    select(projectId, filter, lookedAtWithText(filter, await findNotFound(projectId, filter)))
}

/** Makes the function that finds the conversations in which an answer says one of the project's phrases. */
export function createFindNotFound(database: Database.Database, readers: SqliteReaders) {
  const { findSetting } = createSqliteAudit(database)
  type Row = { id: string; fields: string }
  return async (projectId: string, filter: ConversationFilter): Promise<string[] | undefined> => {
    if (!asksNotFound(filter)) return undefined
    return conversationsNotFound(await notFoundPhrases({ findSetting }, projectId), async (words, limit) => {
      const rows = (await readers.long(
        `select c.id, m.fields from (select rowid as place from words where words match ? order by rowid desc limit ?) w
         cross join conversations c on c.arrival = w.place / ${wordsPerConversation}
         cross join messages m on m.project_id = c.project_id and m.conversation_id = c.id and m.words_id = w.place
         where c.project_id = ? and m.role = 'assistant'`,
        [matchOf(projectId, words), limit, projectId],
      )) as Row[]
      return rows.map(({ id, fields }) => ({ conversationId: id, message: JSON.parse(fields) }))
    })
  }
}

/** The condition on a facet `f` that its value is a wanted one. */
export function valueCondition({ value, until }: WantedFacet): Condition {
  if (until === undefined) return { sql: 'f.value = ?', values: [value] }
  return { sql: 'f.value >= ? and f.value < ?', values: [value, until] }
}
