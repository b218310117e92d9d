import type { ISql, Sql } from 'postgres'
import type { StoredMessage } from '../../contract/answer.ts'
import { formatCursor, type PageEnd, parseCursor } from '../store/page-cursor.ts'
import { fittingOf, maxTotal } from '../store/page-size.ts'
import { searchPage } from '../store/search-page.ts'
import { likePattern } from '../store/search-text.ts'
import type { ConversationPage, ConversationPageRequest, Store } from '../store/store.ts'
import { find } from './conversations.ts'
import { conditionOf } from './filter.ts'
import type { ConversationFields } from './rows.ts'
import { transact } from './transaction.ts'

type PageRow = { id: string; fields: ConversationFields; bytes: string | null; created_ms: string; arrival: string }
type MessageRow = { conversation_id: string; fields: StoredMessage }
type CandidateRow = { id: string; created_ms: string; arrival: string; may_hold: boolean }

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
  const { limit, cursor, offset = 0, filter = {}, withMessages = true, withTotal = true } = page
  const [createdMs, arrival] = cursor === undefined ? firstPage : parseCursor(cursor)
  const read = async (transaction: ISql) => {
    const [totals, rows] = await Promise.all([
      transaction<{ total: string }[]>`
        select count(*) as total from (
          select 1 from chatlog.conversations as conversation
          where ${conditionOf(transaction, projectId, filter)} limit ${withTotal ? null : maxTotal + 1}
        ) as counted`,
      transaction<PageRow[]>`
        select id, created_ms, arrival, fields, bytes from chatlog.conversations as conversation
        where ${conditionOf(transaction, projectId, filter)} and (created_ms, arrival) < (${createdMs}, ${arrival})
        order by created_ms desc, arrival desc limit ${limit + 1} offset ${offset}`,
    ])
    const shown = rows.slice(0, Math.min(limit, withMessages ? fittingOf(rows) : limit))
    const last = rows.length > shown.length ? shown.at(-1) : undefined
    const messages = withMessages ? await messagesOfEach(transaction, projectId, shown) : new Map()
    const total = Number(totals[0]?.total)
    return {
      conversations: shown.map(({ id, fields }) => ({ ...fields, messages: messages.get(id) ?? [] })),
      total: withTotal || total <= maxTotal ? total : null,
      nextCursor: last ? formatCursor(endOf(last)) : null,
    }
  }
  return transact(sql, read, 'isolation level repeatable read read only')
}

async function messagesOfEach(sql: ISql, projectId: string, conversations: readonly { id: string }[]) {
  const messages = new Map<string, StoredMessage[]>(conversations.map(({ id }) => [id, []]))
  const rows = await sql<MessageRow[]>`
    select conversation_id, fields from chatlog.messages
    where project_id = ${projectId} and conversation_id = any(${[...messages.keys()]}::text[])
    order by conversation_id, position`
  for (const { conversation_id, fields } of rows) messages.get(conversation_id)?.push(fields)
  return messages
}

async function search(sql: Sql, projectId: string, page: ConversationPageRequest, text: string) {
  // The slice first, then its messages, each conversation's to the first hit. An `exists` in the slice's own select
  // reads the same, and PostgreSQL answers it by reading all messages there are, for every slice anew.
  const slice = async ([createdMs, arrival]: PageEnd, count: number) => {
    const rows = await sql<CandidateRow[]>`
      select candidate.id, candidate.created_ms, candidate.arrival, hit.id is not null as may_hold
      from (
        select id, created_ms, arrival from chatlog.conversations as conversation
        where ${conditionOf(sql, projectId, page.filter ?? {})} and (created_ms, arrival) < (${createdMs}, ${arrival})
        order by created_ms desc, arrival desc limit ${count}
      ) as candidate
      left join lateral (
        select message.id from chatlog.messages as message
        where message.project_id = ${projectId} and message.conversation_id = candidate.id
        and message.fields::text ilike ${likePattern(text)} limit 1
      ) as hit on true
      order by candidate.created_ms desc, candidate.arrival desc`
    return rows.map((row) => ({ id: row.id, end: endOf(row), mayHold: row.may_hold }))
  }
  const found = await searchPage({
    text,
    limit: page.limit,
    from: page.cursor === undefined ? firstPage : parseCursor(page.cursor),
    slice,
    read: (id) => find(sql, projectId, id),
  })
  return { ...found, total: null }
}

const endOf = ({ created_ms, arrival }: { created_ms: string; arrival: string }): PageEnd => [
  Number(created_ms),
  Number(arrival),
]

/** Before every conversation: later than any date and arrival. */
const firstPage: PageEnd = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
