import type { StoredMessage } from '../../contract/answer.ts'
import { talliedOf } from '../store/narrowing.ts'
import { formatCursor, type PageEnd, parseCursor } from '../store/page-cursor.ts'
import { fittingOf, maxPageBytes, maxTotal } from '../store/page-size.ts'
import { searchPage } from '../store/search-page.ts'
import type { ConversationPage, ConversationPageRequest, Store } from '../store/store.ts'
import { talliedTime } from '../store/tallies.ts'
import { wantedWords } from '../store/words.ts'
import { allOf, conditionOf, queryOf, type Selection, select, timesOf, valueCondition } from './filter.ts'
import type { ConversationFields } from './rows.ts'
import type { Fragment, ISql, Sql } from './sql.ts'
import { talliedRows } from './tallies.ts'
import { transact } from './transaction.ts'

type PageRow = { id: string; fields: ConversationFields; bytes: string | null; created_ms: string; arrival: string }
type MessageRow = { conversation_id: string; fields: StoredMessage }

/** Up to how many messages with the words the index of words finds them all. */
const maxRare = 5_000

/** A word that no message says: words are letters and digits. */
const neverSaid = `'-'`

/** Pages of the conversations in PostgreSQL. */
export function createPostgresList(sql: Sql): Pick<Store, 'listConversations'> {
  return {
    async listConversations(projectId, page) {
      const text = page.filter?.text
      return text === undefined ? list(sql, projectId, page) : search(sql, projectId, page, text)
    },
  }
}

async function list(sql: Sql, projectId: string, page: ConversationPageRequest): Promise<ConversationPage> {
  const { limit, cursor, offset = 0, withTotal = true } = page
  const from = cursor === undefined ? firstPage : parseCursor(cursor)
  const selection = await select(sql, projectId, page.filter ?? {})
  const pageFrom = page.order === 'active' ? activePageOf : pageOf
  const ask = selection.facets.length > 1 ? plannedAnew : asItIs
  const [rows, total] = await ask(sql, (each) =>
    Promise.all([
      each<PageRow[]>`${pageFrom(each, selection, from)} limit ${limit + 1} offset ${offset}`,
      totalOf(each, selection, withTotal),
    ]),
  )
  return { ...(await finish(sql, projectId, page, rows)), total }
}

type Ask = <Result>(sql: Sql, work: (each: ISql) => Promise<Result>) => Promise<Result>

const asItIs: Ask = (sql, work) => work(sql)

/**
 * Has statements planned for the very values that they are asked with. After some calls PostgreSQL keeps one plan for all
 * values, and takes 164 ms where two filters take 43 with their own (500,000 conversations).
 */
const plannedAnew: Ask = (sql, work) =>
  transact(sql, async (transaction) => {
    await transaction`set local plan_cache_mode = force_custom_plan`
    return work(transaction)
  })

/** A selection's conversations from a place on, newest first, found by what is rarest. */
function pageOf(sql: ISql, selection: Selection, [createdMs, arrival]: PageEnd): Fragment {
  const [rarest, ...others] = selection.facets
  const { projectId } = selection
  if (!rarest || rarest.until !== undefined) {
    return sql`
      select conversation.id, conversation.created_ms, conversation.arrival, conversation.fields, conversation.bytes
      from chatlog.conversations as conversation where ${conditionOf(sql, selection)}
      and (conversation.created_ms, conversation.arrival) < (${createdMs}, ${arrival})
      order by conversation.created_ms desc, conversation.arrival desc`
  }
  const conditions = [
    sql`facet.project_id = ${projectId} and facet.kind = ${rarest.kind} and ${valueCondition(sql, rarest)}`,
    ...timesOf(sql, sql`facet.created_ms`, selection),
    conditionOf(sql, { ...selection, fromMs: undefined, toMs: undefined, facets: others }),
  ]
  return sql`
    select conversation.id, facet.created_ms, conversation.arrival, conversation.fields, conversation.bytes
    from chatlog.facets as facet join chatlog.conversations as conversation
    on conversation.project_id = facet.project_id and conversation.id = facet.conversation_id
    where ${allOf(sql, conditions)} and facet.created_ms <= ${createdMs}
    and (facet.created_ms, conversation.arrival) < (${createdMs}, ${arrival})
    order by facet.created_ms desc, conversation.arrival desc`
}

/** A selection's conversations from a place on, the one in which something last changed first. */
function activePageOf(sql: ISql, selection: Selection, [activeMs, arrival]: PageEnd): Fragment {
  const active = sql`coalesce(conversation.active_ms, conversation.created_ms)`
  return sql`
    select conversation.id, ${active} as created_ms, conversation.arrival, conversation.fields, conversation.bytes
    from chatlog.conversations as conversation where ${conditionOf(sql, selection)}
    and (${active}, conversation.arrival) < (${activeMs}, ${arrival})
    order by ${active} desc, conversation.arrival desc`
}

async function totalOf(sql: ISql, selection: Selection, isAsked: boolean): Promise<number | null> {
  const { projectId, fromMs, toMs } = selection
  const tallied = talliedOf(selection)
  const counted = tallied
    ? talliedRows(sql, projectId, tallied, talliedTime(fromMs, toMs))
    : sql`
      select 1 as conversations from ${countable(sql, selection)} limit ${isAsked ? null : maxTotal + 1}`
  const [row] = await sql<{ total: string }[]>`
    select coalesce(sum(conversations), 0) as total from (${counted}) as counted`
  const total = Number(row?.total)
  return isAsked || tallied || total <= maxTotal ? total : null
}

/** Rows `conversation` of a selection. Where facets alone tell, no conversation is looked at: that halves the time. */
function countable(sql: ISql, selection: Selection): Fragment {
  const [rarest, ...others] = selection.facets
  const { projectId, looked } = selection
  if (!rarest || rarest.until !== undefined || looked.length > 0)
    return sql`chatlog.conversations as conversation where ${conditionOf(sql, selection)}`
  return sql`(
      select facet.project_id, facet.conversation_id as id, facet.created_ms from chatlog.facets as facet
      where facet.project_id = ${projectId} and facet.kind = ${rarest.kind} and ${valueCondition(sql, rarest)}
    ) as conversation where ${conditionOf(sql, { ...selection, facets: others })}`
}

/** The page of the rows that were found, one more than it holds where there is a next one. */
async function finish(
  sql: Sql,
  projectId: string,
  { limit, withMessages = true }: ConversationPageRequest,
  rows: readonly PageRow[],
) {
  const shown = rows.slice(0, Math.min(limit, withMessages ? fittingOf(rows) : limit))
  const last = rows.length > shown.length ? shown.at(-1) : undefined
  const messages = withMessages ? await messagesOfEach(sql, projectId, shown) : new Map()
  return {
    conversations: shown.map(({ id, fields }) => ({ ...fields, messages: messages.get(id) ?? [] })),
    nextCursor: last ? formatCursor([Number(last.created_ms), Number(last.arrival)]) : null,
  }
}

async function messagesOfEach(sql: Sql, projectId: string, conversations: readonly { id: string }[]) {
  const messages = new Map<string, StoredMessage[]>(conversations.map(({ id }) => [id, []]))
  if (messages.size === 0) return messages
  const rows = await sql<MessageRow[]>`
    select conversation_id, fields from chatlog.messages
    where project_id = ${projectId} and conversation_id = any(${[...messages.keys()]}::text[])
    order by conversation_id, position`
  for (const { conversation_id, fields } of rows) messages.get(conversation_id)?.push(fields)
  return messages
}

async function search(
  sql: Sql,
  projectId: string,
  page: ConversationPageRequest,
  text: string,
): Promise<ConversationPage> {
  const wanted = wantedWords(text)
  if (wanted.length === 0) return { conversations: [], total: null, nextCursor: null }
  const query = queryOf(projectId, wanted)
  const selection = await select(sql, projectId, page.filter ?? {})
  const ids = await findRare(sql, projectId, query)
  const { rows, goesOnFrom } = await searchPage<PageRow>({
    limit: page.limit + 1,
    maxBytes: page.withMessages === false ? Number.POSITIVE_INFINITY : maxPageBytes,
    from: page.cursor === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(page.cursor)[1],
    slice: (before, count) =>
      ids ? sliceOf(sql, { selection, ids, before, count }) : sliceByArrival(sql, { selection, query, before, count }),
  })
  const found = await finish(sql, projectId, page, rows)
  const goesOn = goesOnFrom === null ? null : formatCursor([0, goesOnFrom])
  return { ...found, total: null, nextCursor: found.nextCursor ?? goesOn }
}

/**
 * The conversations in which a message says the words; `null` where there are many. Of words that its statistics don't
 * know PostgreSQL only estimates that they are no more frequent than those that they know, which of millions may be
 * tens of thousands. So it counts these by the index, as far as `maxRare`.
 */
async function findRare(sql: Sql, projectId: string, query: string): Promise<string[] | null> {
  const [estimate, ofUnknown] = await Promise.all(
    [query, neverSaid].map((one) => estimateOf(sql, projectId, one)) as [Promise<number>, Promise<number>],
  )
  if (estimate > Math.max(maxRare, ofUnknown)) return null
  const rows = await sql<{ id: string }[]>`
    select message.conversation_id as id from chatlog.messages as message
    where message.project_id = ${projectId} and message.words @@ ${query}::tsquery limit ${maxRare + 1}`
  return rows.length > maxRare ? null : [...new Set(rows.map(({ id }) => id))]
}

/** How many messages say the words, as PostgreSQL's statistics know it without looking. */
async function estimateOf(sql: Sql, projectId: string, query: string): Promise<number> {
  type Plan = { 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }
  const [row] = await sql<Plan[]>`
    explain (format json) select 1 from chatlog.messages where project_id = ${projectId} and words @@ ${query}::tsquery`
  return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}

type Slice = { selection: Selection; before: number; count: number }

/** Searches for rare words: shows the newest of the conversations that say them. */
async function sliceOf(sql: Sql, { selection, ids, before, count }: Slice & { ids: string[] }) {
  if (ids.length === 0) return { rows: [], end: null }
  const rows = await sql<PageRow[]>`
    select conversation.id, conversation.created_ms, conversation.arrival, conversation.fields, conversation.bytes
    from chatlog.conversations as conversation
    where ${conditionOf(sql, selection)} and conversation.arrival < ${before} and conversation.id = any(${ids}::text[])
    order by conversation.arrival desc limit ${count}`
  return { rows: [...rows], end: rows.length < count ? null : Number(rows.at(-1)?.arrival) }
}

/**
 * Searches for common words: looks at the newest conversations one after the other, each up to the first message that
 * says them. It selects the slice first, since PostgreSQL reads all messages for an `exists` in the slice's own select.
 */
async function sliceByArrival(sql: Sql, { selection, query, before, count }: Slice & { query: string }) {
  const { projectId } = selection
  const looked = await sql<{ id: string; arrival: string; is_hit: boolean }[]>`
    select candidate.id, candidate.arrival, hit.id is not null as is_hit
    from (
      select conversation.id, conversation.arrival from chatlog.conversations as conversation
      where conversation.project_id = ${projectId} and conversation.arrival < ${before}
      order by conversation.arrival desc limit ${count}
    ) as candidate
    left join lateral (
      select message.id from chatlog.messages as message
      where message.project_id = ${projectId} and message.conversation_id = candidate.id
      and message.words @@ ${query}::tsquery limit 1
    ) as hit on true
    order by candidate.arrival desc`
  const ids = looked.flatMap(({ id, is_hit }) => (is_hit ? [id] : []))
  const rows = await sql<PageRow[]>`
    select conversation.id, conversation.created_ms, conversation.arrival, conversation.fields, conversation.bytes
    from chatlog.conversations as conversation
    where ${conditionOf(sql, selection)} and conversation.id = any(${ids}::text[]) order by conversation.arrival desc`
  return { rows: [...rows], end: looked.length < count ? null : Number(looked.at(-1)?.arrival) }
}

/** Before every conversation: later than any date and arrival. */
const firstPage: PageEnd = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
