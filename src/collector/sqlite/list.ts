import type Database from 'libsql'
import type { StoredConversation } from '../../contract/answer.ts'
import { formatCursor, type PageEnd, parseCursor } from '../store/page-cursor.ts'
import { fittingOf, maxTotal } from '../store/page-size.ts'
import { searchPage } from '../store/search-page.ts'
import { likePattern } from '../store/search-text.ts'
import type { ConversationFilter, ConversationPage, ConversationPageRequest, Store } from '../store/store.ts'
import { conditionOf } from './filter.ts'

type ListedRow = { arrival: number; id: string; created_ms: number; fields: string; bytes: number }
type CandidateRow = Pick<ListedRow, 'arrival' | 'id' | 'created_ms'> & { may_hold: number }
type Read = (projectId: string, conversationId: string) => StoredConversation | null

/** Conversations that a filter lets through at most for them all to be found by it, and sorted for every page. */
const maxSorted = 5_000

/** Pages of the embedded store's conversations. `read` is called within the transaction that lists them. */
export function createSqliteList(database: Database.Database, read: Read): Pick<Store, 'listConversations'> {
  /** How many conversations a filter lets through; more than `most` are not counted. */
  function total(projectId: string, filter: ConversationFilter, most = Number.MAX_SAFE_INTEGER): number {
    const { sql, values } = conditionOf(projectId, filter)
    const row = database
      .prepare(`select count(*) as total from (select 1 from conversations c where ${sql} limit ?)`)
      .get(...values, most)
    return (row as { total: number }).total
  }

  /**
   * The column that pages are ordered by. SQLite doesn't know how rare a tag or a visitor is: it walks the index of dates,
   * newest first, until the page is full, which for a rare tag reads every conversation. The `+` forbids it that index.
   */
  function createdColumn(projectId: string, filter: ConversationFilter): string {
    const isNarrowed = Object.values({ ...filter, text: undefined }).some((value) => value !== undefined)
    return isNarrowed && total(projectId, filter, maxSorted + 1) <= maxSorted ? '+c.created_ms' : 'c.created_ms'
  }

  const list = database.transaction((projectId: string, page: ConversationPageRequest): ConversationPage => {
    const { limit, offset = 0, filter = {}, withMessages = true, withTotal = true } = page
    const { sql, values } = conditionOf(projectId, filter)
    const from = page.cursor === undefined ? firstPage : parseCursor(page.cursor)
    const hits = total(projectId, filter, withTotal ? undefined : maxTotal + 1)
    const created = createdColumn(projectId, filter)
    const rows = database
      .prepare(
        `select c.arrival, c.id, c.created_ms, c.fields, c.bytes from conversations c
         where ${sql} and (${created}, c.arrival) < (?, ?) order by ${created} desc, c.arrival desc limit ? offset ?`,
      )
      .all(...values, ...from, limit + 1, offset) as ListedRow[]
    const shown = rows.slice(0, Math.min(limit, withMessages ? fittingOf(rows) : limit))
    const last = rows.length > shown.length ? shown.at(-1) : undefined
    return {
      conversations: shown.flatMap(({ id, fields }) =>
        withMessages ? (read(projectId, id) ?? []) : { ...JSON.parse(fields), messages: [] },
      ),
      total: withTotal || hits <= maxTotal ? hits : null,
      nextCursor: last ? formatCursor([last.created_ms, last.arrival]) : null,
    }
  })

  async function search(projectId: string, page: ConversationPageRequest, text: string): Promise<ConversationPage> {
    const filter = page.filter ?? {}
    const { sql, values } = conditionOf(projectId, filter)
    const created = createdColumn(projectId, filter)
    const select = database.prepare(
      `select c.arrival, c.id, c.created_ms, exists (
         select 1 from messages m where m.project_id = c.project_id and m.conversation_id = c.id
         and m.fields like ? escape '\\'
       ) as may_hold from conversations c
       where ${sql} and (${created}, c.arrival) < (?, ?) order by ${created} desc, c.arrival desc limit ?`,
    )
    const found = await searchPage({
      text,
      limit: page.limit,
      from: page.cursor === undefined ? firstPage : parseCursor(page.cursor),
      slice: async (from, count) =>
        (select.all(likePattern(text), ...values, ...from, count) as CandidateRow[]).map((row) => ({
          id: row.id,
          end: [row.created_ms, row.arrival],
          mayHold: row.may_hold === 1,
        })),
      read: async (id) => read(projectId, id),
    })
    return { ...found, total: null }
  }

  return {
    async listConversations(projectId, page) {
      const text = page.filter?.text
      return text === undefined ? list(projectId, page) : search(projectId, page, text)
    },
  }
}

/** Before every conversation: later than any date and arrival. */
const firstPage: PageEnd = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
