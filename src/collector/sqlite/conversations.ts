import type Database from 'libsql'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { messageJson } from '../store/message-json.ts'
import { type ConversationMerge, MessageIdTakenError, type Store } from '../store/store.ts'
import { createSqliteFacets } from './facets.ts'
import { createSqliteList } from './list.ts'

/** The conversations of the embedded store. Every write is one transaction and done when it returns. */
export function createSqliteConversations(
  database: Database.Database,
): Pick<Store, 'upsertConversation' | 'findConversation' | 'listConversations'> {
  const facets = createSqliteFacets(database)
  const selectOne = database.prepare('select fields from conversations where project_id = ? and id = ?')
  const selectMessages = database.prepare(
    'select fields from messages where project_id = ? and conversation_id = ? order by position',
  )
  const selectHolder = database.prepare('select conversation_id from messages where project_id = ? and id = ?')
  const writeOne = database.prepare(
    `insert into conversations (project_id, id, created_ms, stored_ms, fields) values (?, ?, ?, ?, ?)
     on conflict (project_id, id) do update
     set created_ms = excluded.created_ms, stored_ms = excluded.stored_ms, fields = excluded.fields`,
  )
  const writeMessage = database.prepare(
    `insert into messages (project_id, conversation_id, id, position, fields) values (?, ?, ?, ?, ?)
     on conflict (project_id, conversation_id, id) do update set position = excluded.position, fields = excluded.fields`,
  )

  function read(projectId: string, conversationId: string): StoredConversation | null {
    const row = selectOne.get(projectId, conversationId) as { fields: string } | undefined
    if (!row) return null
    const messages = selectMessages.all(projectId, conversationId) as { fields: string }[]
    return { ...JSON.parse(row.fields), messages: messages.map(({ fields }) => JSON.parse(fields) as StoredMessage) }
  }

  function write(projectId: string, conversation: StoredConversation, before: StoredMessage[], storedAtMs: number) {
    const { messages, ...fields } = conversation
    writeOne.run(projectId, fields.id, Date.parse(fields.createdAt), storedAtMs, JSON.stringify(fields))
    const knownIds = new Set(before.map(({ id }) => id))
    messages.forEach((message, position) => {
      if (message === before[position]) return
      if (!knownIds.has(message.id) && selectHolder.get(projectId, message.id))
        throw new MessageIdTakenError(message.id)
      writeMessage.run(projectId, fields.id, message.id, position, messageJson(message).whole)
    })
  }

  // `immediate` takes the write lock before the read: another process could otherwise write between read and write.
  const upsert = database.transaction(
    (projectId: string, conversationId: string, merge: ConversationMerge, storedAtMs: number) => {
      const before = read(projectId, conversationId)
      const after = merge(before)
      write(projectId, after, before?.messages ?? [], storedAtMs)
      facets.write(projectId, before, after)
      return after
    },
  ).immediate

  const find = database.transaction(read)

  return {
    upsertConversation: async (projectId, conversationId, merge, storedAtMs = Date.now()) =>
      upsert(projectId, conversationId, merge, storedAtMs),
    findConversation: async (projectId, conversationId) => find(projectId, conversationId),
    ...createSqliteList(database, read),
  }
}
