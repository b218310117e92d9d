import type Database from 'libsql'
import type { StoredConversation } from '../../contract/answer.ts'
import { lookedAt } from '../store/looked-at.ts'
import { talliedOf } from '../store/narrowing.ts'
import { formatCursor, type PageEnd, parseCursor } from '../store/page-cursor.ts'
import { fittingOf, maxPageBytes, maxTotal } from '../store/page-size.ts'
import { searchPage } from '../store/search-page.ts'
import type { ConversationPage, ConversationPageRequest, Store } from '../store/store.ts'
import { talliedTime } from '../store/tallies.ts'
import { wantedWords } from '../store/words.ts'
import { type Condition, joined } from './condition.ts'
import { conditionOf, createFindNotFound, createSelect, type Selection, valueCondition } from './filter.ts'
import type { SqliteReaders } from './readers.ts'
import { talliedRows } from './tallies.ts'
import { matchOf, wordsPerConversation } from './words.ts'

type ListedRow = { arrival: number; id: string; created_ms: number; fields: string; bytes: number }
type Read = (projectId: string, conversationId: string) => StoredConversation | null

/**
 * Up to how many conversations the beginning of an address may find for all of them to be found by it and then sorted.
 */
const maxSorted = 5_000

/** Up to how many conversations a page skips in this process; beyond, a process of its own reads the page. */
const maxQuickOffset = 1_000

/**
 * Pages of the embedded store's conversations. This process reads a page that an index gives in order; another process
 * reads one that may look at many conversations before it is full.
 */
export function createSqliteList(
  database: Database.Database,
  readers: SqliteReaders,
  read: Read,
): Pick<Store, 'listConversations'> {
  const select = createSelect(database)
  const findNotFound = createFindNotFound(database, readers)

  async function list(projectId: string, page: ConversationPageRequest): Promise<ConversationPage> {
    const { limit, offset = 0, filter = {} } = page
    const selection = select(projectId, filter, lookedAt(filter, await findNotFound(projectId, filter)))
    const isLong = isLongToFind(selection, offset)
    const ask = isLong ? readers.long : readers.quick
    const from = page.cursor === undefined ? firstPage : parseCursor(page.cursor)
    const { sql, values } = page.order === 'active' ? activePageOf(selection, from) : pageOf(selection, from)
    const rows = (await ask(`${sql} limit ? offset ?`, [...values, limit + 1, offset])) as ListedRow[]
    const total = await totalOf(selection, page.withTotal ?? true, isLong)
    return { ...finish(projectId, page, rows), total }
  }

  async function totalOf(selection: Selection, isAsked: boolean, isLong: boolean): Promise<number | null> {
    const { projectId, fromMs, toMs } = selection
    const tallied = talliedOf(selection)
    const most = isAsked ? Number.MAX_SAFE_INTEGER : maxTotal + 1
    const { sql, values } = tallied
      ? talliedRows(projectId, tallied, talliedTime(fromMs, toMs))
      : limited(selectionOf(selection), most)
    const sum = tallied ? 'coalesce(sum(conversations), 0)' : 'count(*)'
    const ask = isLong && !tallied ? readers.long : readers.quick
    const [row] = await ask(`select ${sum} as total from (${sql})`, values)
    const { total } = row as { total: number }
    return isAsked || tallied || total <= maxTotal ? total : null
  }

  /** The page of the rows that were found, one more than it holds where there is a next one. */
  function finish(projectId: string, { limit, withMessages = true }: ConversationPageRequest, rows: ListedRow[]) {
    const shown = rows.slice(0, Math.min(limit, withMessages ? fittingOf(rows) : limit))
    const last = rows.length > shown.length ? shown.at(-1) : undefined
    return {
      conversations: shown.flatMap(({ id, fields }) =>
        withMessages ? (read(projectId, id) ?? []) : { ...JSON.parse(fields), messages: [] },
      ),
      nextCursor: last ? formatCursor([last.created_ms, last.arrival]) : null,
    }
  }

  async function search(projectId: string, page: ConversationPageRequest, text: string): Promise<ConversationPage> {
    const wanted = wantedWords(text)
    if (wanted.length === 0) return { conversations: [], total: null, nextCursor: null }
    const { filter = {} } = page
    const looked = lookedAt(filter, await findNotFound(projectId, filter))
    const condition = conditionOf(select(projectId, filter, looked))
    const { rows, goesOnFrom } = await searchPage<ListedRow>({
      limit: page.limit + 1,
      maxBytes: page.withMessages === false ? Number.POSITIVE_INFINITY : maxPageBytes,
      from: page.cursor === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(page.cursor)[1],
      async slice(before, count) {
        const found = (await readers.long(
          'select rowid as place from words where words match ? and rowid < ? order by rowid desc limit ?',
          [matchOf(projectId, wanted), Math.min(before * wordsPerConversation, Number.MAX_SAFE_INTEGER), count],
        )) as { place: number }[]
        const arrivals = [...new Set(found.map(({ place }) => Math.floor(place / wordsPerConversation)))]
        // The other way round, SQLite would read every conversation of the project by an index.
        const rows = (await readers.long(
          `select ${columns} from json_each(?) found cross join conversations c on c.arrival = found.value
           where ${condition.sql} order by c.arrival desc`,
          [JSON.stringify(arrivals), ...condition.values],
        )) as ListedRow[]
        return { rows, end: found.length < count ? null : (arrivals.at(-1) ?? null) }
      },
    })
    const found = finish(projectId, page, rows)
    const goesOn = goesOnFrom === null ? null : formatCursor([0, goesOnFrom])
    return { ...found, total: null, nextCursor: found.nextCursor ?? goesOn }
  }

  return {
    async listConversations(projectId, page) {
      const text = page.filter?.text
      return text === undefined ? list(projectId, page) : search(projectId, page, text)
    },
  }
}

/** Whether many conversations may be looked at before a page is full. */
const isLongToFind = ({ facets, looked }: Selection, offset: number): boolean =>
  looked.length > 0 || facets.length > 1 || facets[0]?.until !== undefined || offset > maxQuickOffset

/** A selection's conversations from a place on, the one in which something last changed first. */
function activePageOf(selection: Selection, from: PageEnd): Condition {
  const { sql, values } = conditionOf(selection)
  const active = 'coalesce(c.active_ms, c.created_ms)'
  return {
    sql: `select c.arrival, c.id, ${active} as created_ms, c.fields, c.bytes from conversations c
      where ${sql} and ${active} <= ? and (${active}, c.arrival) < (?, ?) order by ${active} desc, c.arrival desc`,
    values: [...values, from[0], ...from],
  }
}

const columns = 'c.arrival, c.id, c.created_ms, c.fields, c.bytes'

/** A selection's conversations from a place on, newest first, with columns to show them. */
function pageOf(selection: Selection, from: PageEnd): Condition {
  const { sql, values, created } = selectionOf(selection, columns)
  return {
    // The first bound says nothing more, but an index can use it.
    sql: `${sql} and ${created} <= ? and (${created}, c.arrival) < (?, ?) order by ${created} desc, c.arrival desc`,
    values: [...values, from[0], ...from],
  }
}

/**
 * A selection's conversations, found by what is rarest. SQLite would otherwise walk the index of dates, newest first,
 * which reads every conversation for a rare tag. `cross join` holds it to this order, and `+` keeps it off that index.
 *
 * @returns the condition, and the column that pages are ordered by
 */
function selectionOf(selection: Selection, shown = '1'): Condition & { created: string } {
  const [rarest, ...others] = selection.facets
  const { projectId, fromMs, toMs } = selection
  if (!rarest) {
    return {
      ...prefixed(`select ${shown} from conversations c where`, conditionOf(selection)),
      created: 'c.created_ms',
    }
  }
  const ofValue = valueCondition(rarest)
  if (rarest.until === undefined) {
    const times: Condition[] = [
      { sql: 'f.project_id = ? and f.kind = ?', values: [projectId, rarest.kind] },
      ofValue,
      ...(fromMs === undefined ? [] : [{ sql: 'f.created_ms >= ?', values: [fromMs] }]),
      ...(toMs === undefined ? [] : [{ sql: 'f.created_ms < ?', values: [toMs] }]),
      conditionOf({ ...selection, fromMs: undefined, toMs: undefined, facets: others }),
    ]
    const start = `select ${shown} from facets f
      cross join conversations c on c.project_id = f.project_id and c.id = f.conversation_id where`
    return { ...prefixed(start, joined(times)), created: 'f.created_ms' }
  }
  const isRare = rarest.conversations <= maxSorted
  const condition = joined([
    ...(isRare
      ? [
          {
            sql: `c.id in (select f.conversation_id from facets f where f.project_id = ? and f.kind = ? and ${ofValue.sql})`,
            values: [projectId, rarest.kind, ...ofValue.values],
          },
        ]
      : []),
    conditionOf({ ...selection, facets: isRare ? others : selection.facets }),
  ])
  const created = isRare ? '+c.created_ms' : 'c.created_ms'
  return { ...prefixed(`select ${shown} from conversations c where`, condition), created }
}

const prefixed = (start: string, { sql, values }: Condition): Condition => ({ sql: `${start} ${sql}`, values })
const limited = ({ sql, values }: Condition, most: number): Condition => ({
  sql: `${sql} limit ?`,
  values: [...values, most],
})

/** Before every conversation: later than any date and arrival. */
const firstPage: PageEnd = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
