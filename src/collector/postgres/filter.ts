import type { StoredMessage } from '../../contract/answer.ts'
import { madeAnew } from '../store/asked.ts'
import { asksNotFound, type LookedAt, lookedAt } from '../store/looked-at.ts'
import { conversationsNotFound, notFoundPhrases } from '../store/not-found.ts'
import type { ConversationFilter } from '../store/store.ts'
import { talliedTime } from '../store/tallies.ts'
import { maxCounted, type WantedFacet, wantedFacets } from '../store/wanted-facets.ts'
import { type WantedWord, wordPrefixOf } from '../store/words.ts'
import type { Fragment, ISql } from './sql.ts'
import { talliedRows } from './tallies.ts'

/** What a filter asks of a project's conversations, as the statements need it. */
export type Selection = {
  projectId: string
  fromMs: number | undefined
  toMs: number | undefined
  /** The rarest first. */
  facets: WantedFacet[]
  looked: LookedAt[]
}

/** Finds out what a filter asks, and which part of it is the rarest. */
export async function select(
  sql: ISql,
  projectId: string,
  filter: ConversationFilter,
  lookedAtOf = lookedAt,
): Promise<Selection> {
  const { fromMs, toMs } = filter
  const facets = await Promise.all(wantedFacets(filter).map((facet) => resolve(sql, projectId, facet)))
  const looked = lookedAtOf(filter, await findNotFound(sql, projectId, filter))
  if (facets.length < 2) return { projectId, fromMs, toMs, facets, looked }
  const counted = await Promise.all(
    facets.map(async (facet) => ({ facet, conversations: await countOf(sql, projectId, facet) })),
  )
  const byRarity = counted.toSorted((one, other) => one.conversations - other.conversations)
  return { projectId, fromMs, toMs, facets: byRarity.map(({ facet }) => facet), looked }
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

/** The selection as a condition on rows `conversation`, each looked at by itself. */
export function conditionOf(sql: ISql, { projectId, fromMs, toMs, facets, looked }: Selection): Fragment {
  return allOf(sql, [
    sql`conversation.project_id = ${projectId}`,
    ...timesOf(sql, sql`conversation.created_ms`, { fromMs, toMs }),
    ...facets.map(
      (facet) => sql`exists (
        select 1 from chatlog.facets as facet
        where facet.project_id = ${projectId} and facet.kind = ${facet.kind} and ${valueCondition(sql, facet)}
        and facet.conversation_id = conversation.id)`,
    ),
    ...looked.map((one) => lookedCondition(sql, projectId, one)),
  ])
}

function lookedCondition(sql: ISql, projectId: string, one: LookedAt): Fragment {
  switch (one.kind) {
    case 'facet':
      return sql`conversation.id in (
        select facet.conversation_id from chatlog.facets as facet
        where facet.project_id = ${projectId} and facet.kind = ${one.facet} and facet.value = any(${one.values}::text[]))`
    case 'lacks':
      return sql`not exists (
        select 1 from chatlog.facets as facet where facet.project_id = ${projectId}
        and facet.conversation_id = conversation.id and facet.kind = ${one.facet})`
    case 'length':
      return sql`conversation.messages >= ${one.least} and conversation.messages <= ${one.most}`
    case 'asked_again':
      return sql`(
        select count(*) > count(distinct message.asked) or coalesce(bool_or(message.asked = ${madeAnew}), false)
        from chatlog.messages as message where message.project_id = ${projectId}
        and message.conversation_id = conversation.id and message.asked is not null)`
    case 'ids':
      return sql`conversation.id = any(${one.ids}::text[])`
    case 'words':
      if (one.words.length === 0) return sql`false`
      return sql`conversation.id in (
        select message.conversation_id from chatlog.messages as message
        where message.project_id = ${projectId} and message.words @@ ${queryOf(projectId, one.words)}::tsquery)`
    case 'any': {
      const parts = one.of.map((part) => lookedCondition(sql, projectId, part))
      return sql`(${parts.reduce((all, part) => sql`${all} or ${part}`)})`
    }
  }
}

/** What `@@` takes: messages of the project that say every one of the words. Words are letters and digits alone. */
export function queryOf(projectId: string, wanted: readonly WantedWord[]): string {
  const prefix = wordPrefixOf(projectId)
  return wanted.map(({ folded, isBeginning }) => `'${prefix}${folded}'${isBeginning ? ':*' : ''}`).join(' & ')
}

/** Conversations in which an answer says one of the project's phrases, where a filter asks for them. */
async function findNotFound(sql: ISql, projectId: string, filter: ConversationFilter): Promise<string[] | undefined> {
  if (!asksNotFound(filter)) return undefined
  const findSetting = async (project: string, name: string) => {
    const [row] = await sql<{ value: string }[]>`
      select value from chatlog.settings where project_id = ${project} and name = ${name}`
    return row?.value ?? null
  }
  return conversationsNotFound(await notFoundPhrases({ findSetting }, projectId), async (words, limit) => {
    const rows = await sql<{ id: string; fields: StoredMessage }[]>`
      select message.conversation_id as id, message.fields from chatlog.messages as message
      where message.project_id = ${projectId} and message.role = 'assistant'
      and message.words @@ ${queryOf(projectId, words)}::tsquery order by message.created_ms desc limit ${limit}`
    return rows.map(({ id, fields }) => ({ conversationId: id, message: fields }))
  })
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
