import type Database from 'libsql'
import type { StoredConversation, StoredMessage } from '../contract/answer.ts'
import { formatCursor, parseCursor } from './page-cursor.ts'
import { type ConversationMerge, type ConversationPageRequest, MessageIdTakenError, type Store } from './store.ts'

type ConversationRow = { arrival: number; id: string; created_ms: number; fields: string }

/** The conversations of the embedded store. Every call is one transaction and done when it returns. */
export function createSqliteConversations(
  database: Database.Database,
): Pick<Store, 'upsertConversation' | 'findConversation' | 'listConversations'> {
  const selectOne = database.prepare('select fields from conversations where project_id = ? and id = ?')
  const selectMessages = database.prepare(
    'select fields from messages where project_id = ? and conversation_id = ? order by position',
  )
  const selectPage = database.prepare(
    `select arrival, id, created_ms, fields from conversations
     where project_id = ? and (created_ms, arrival) < (?, ?)
     order by created_ms desc, arrival desc limit ? offset ?`,
  )
  const selectTotal = database.prepare('select count(*) as total from conversations where project_id = ?')
  const selectHolder = database.prepare('select conversation_id from messages where project_id = ? and id = ?')
  const writeOne = database.prepare(
    `insert into conversations (project_id, id, created_ms, fields) values (?, ?, ?, ?)
     on conflict (project_id, id) do update set created_ms = excluded.created_ms, fields = excluded.fields`,
  )
  const writeMessage = database.prepare(
    `insert into messages (project_id, conversation_id, id, position, fields) values (?, ?, ?, ?, ?)
     on conflict (project_id, conversation_id, id) do update set position = excluded.position, fields = excluded.fields`,
  )

  function read(projectId: string, conversationId: string): StoredConversation | null {
    const row = selectOne.get(projectId, conversationId) as { fields: string } | undefined
    return row ? withMessages(projectId, conversationId, row.fields) : null
  }

  function withMessages(projectId: string, conversationId: string, fields: string): StoredConversation {
    const rows = selectMessages.all(projectId, conversationId) as { fields: string }[]
    return { ...JSON.parse(fields), messages: rows.map((row) => JSON.parse(row.fields) as StoredMessage) }
  }

  function write(projectId: string, { messages, ...fields }: StoredConversation, before: StoredMessage[]) {
    writeOne.run(projectId, fields.id, Date.parse(fields.createdAt), JSON.stringify(fields))
    const knownIds = new Set(before.map(({ id }) => id))
    messages.forEach((message, position) => {
      if (message === before[position]) return
      if (!knownIds.has(message.id) && selectHolder.get(projectId, message.id))
        throw new MessageIdTakenError(message.id)
      writeMessage.run(projectId, fields.id, message.id, position, JSON.stringify(message))
    })
  }

  // Immediate: the lock is taken before the read, so that what is merged is what is stored.
  const upsert = database.transaction((projectId: string, conversationId: string, merge: ConversationMerge) => {
    const before = read(projectId, conversationId)
    const after = merge(before)
    write(projectId, after, before?.messages ?? [])
    return after
  }).immediate

  const find = database.transaction(read)

  const list = database.transaction((projectId: string, page: ConversationPageRequest) => {
    const { total } = selectTotal.get(projectId) as { total: number }
    const from = page.cursor === undefined ? firstPage : parseCursor(page.cursor)
    const rows = selectPage.all(projectId, ...from, page.limit + 1, page.offset ?? 0) as ConversationRow[]
    const shown = rows.slice(0, page.limit)
    const last = rows.length > page.limit ? shown.at(-1) : undefined
    return {
      conversations: shown.map(({ id, fields }) => withMessages(projectId, id, fields)),
      total,
      nextCursor: last ? formatCursor([last.created_ms, last.arrival]) : null,
    }
  })

  return {
    upsertConversation: async (projectId, conversationId, merge) => upsert(projectId, conversationId, merge),
    findConversation: async (projectId, conversationId) => find(projectId, conversationId),
    listConversations: async (projectId, page) => list(projectId, page),
  }
}

/** Before every conversation: later than any date and arrival. */
const firstPage: [number, number] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
