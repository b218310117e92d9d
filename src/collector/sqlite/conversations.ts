import type Database from 'libsql'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { askedOf } from '../store/asked.ts'
import { facetChanges, pageUrlOf } from '../store/conversation-facets.ts'
import { byteLengthOf, type ConversationSize, emptySize, sizeAfter } from '../store/conversation-size.ts'
import { messageJson } from '../store/message-json.ts'
import { type ConversationMerge, MessageIdTakenError, type Store } from '../store/store.ts'
import { createSqliteFacets } from './facets.ts'
import { linkFeedback } from './linked-feedback.ts'
import { createSqliteList } from './list.ts'
import { createSqlitePlaces } from './places.ts'
import type { SqliteReaders } from './readers.ts'
import { createSqliteWords, wordsPerConversation } from './words.ts'
import { writeTransaction } from './write-transaction.ts'

type ConversationRow = ConversationSize & {
  arrival: number
  fields: string
  created_ms: number
  base_url: string | null
}
type MessageRow = { id: string; position: number; words_id: number; fields: string }
/** What is stored now of a conversation: all of it, or the messages that an upsert names. */
type Stored = {
  row: ConversationRow
  conversation: StoredConversation
  positions: Map<string, number>
  wordsIds: Map<string, number>
}

/** The conversations of the embedded store. Every write is one transaction and done when it returns. */
export function createSqliteConversations(
  database: Database.Database,
  readers: SqliteReaders,
): Pick<Store, 'upsertConversation' | 'findConversation' | 'findStoredIds' | 'listConversations'> {
  const { read, readFor } = createReading(database)
  const write = createWriting(database)

  // The write lock is taken before the read: another process could otherwise write between read and write.
  const upsert = writeTransaction(
    database,
    (
      projectId: string,
      conversationId: string,
      merge: ConversationMerge,
      storedAtMs: number,
      messageIds: string[] | undefined,
    ) => {
      const stored = readFor(projectId, conversationId, messageIds)
      const after = merge(stored?.conversation ?? null)
      write(projectId, stored, after, storedAtMs)
      return after
    },
  )
  const find = database.transaction(read)
  const selectIds = database.prepare(
    'select id from conversations where project_id = ?1 and id in (select value from json_each(?2))',
  )

  return {
    upsertConversation: async (projectId, conversationId, merge, storedAtMs = Date.now(), messageIds) =>
      upsert(projectId, conversationId, merge, storedAtMs, messageIds),
    findConversation: async (projectId, conversationId) => find(projectId, conversationId),
    async findStoredIds(projectId, conversationIds) {
      const rows = selectIds.all(projectId, JSON.stringify(conversationIds)) as { id: string }[]
      return rows.map(({ id }) => id)
    },
    ...createSqliteList(database, readers, read),
  }
}

function createReading(database: Database.Database) {
  const selectOne = database.prepare(
    `select arrival, fields, created_ms, base_url, messages, bytes, questions from conversations
     where project_id = ? and id = ?`,
  )
  const selectMessages = database.prepare(
    'select id, position, words_id, fields from messages where project_id = ? and conversation_id = ? order by position',
  )
  // `+` keeps the order off the index of positions: SQLite would walk the whole conversation to sort a few.
  const selectNamed = database.prepare(
    `select id, position, words_id, fields from messages where project_id = ? and conversation_id = ?
     and id in (select value from json_each(?)) order by +position`,
  )

  function readFor(projectId: string, conversationId: string, messageIds?: string[]): Stored | null {
    const row = selectOne.get(projectId, conversationId) as ConversationRow | undefined
    if (!row) return null
    const rows = (
      messageIds === undefined
        ? selectMessages.all(projectId, conversationId)
        : selectNamed.all(projectId, conversationId, JSON.stringify(messageIds))
    ) as MessageRow[]
    const messages = rows.map(({ fields }) => JSON.parse(fields) as StoredMessage)
    return {
      row,
      conversation: { ...JSON.parse(row.fields), messages },
      positions: new Map(rows.map(({ id, position }) => [id, position])),
      wordsIds: new Map(rows.map(({ id, words_id }) => [id, words_id])),
    }
  }

  return {
    readFor,
    read: (projectId: string, conversationId: string) => readFor(projectId, conversationId)?.conversation ?? null,
  }
}

function createWriting(database: Database.Database) {
  const facets = createSqliteFacets(database)
  const places = createSqlitePlaces(database)
  const writeRow = createWriteRow(database)
  const writeMessage = createWriteMessage(database)
  const link = linkFeedback(database)
  const selectHolder = database.prepare('select conversation_id from messages where project_id = ? and id = ?')

  return function write(projectId: string, stored: Stored | null, after: StoredConversation, storedAtMs: number): void {
    const { messages, ...fields } = after
    const createdMs = Date.parse(fields.createdAt)
    const before = new Map((stored?.conversation.messages ?? []).map((message) => [message.id, message]))
    const changed = messages.filter((message) => before.get(message.id) !== message)
    const replaced = changed.flatMap(({ id }) => before.get(id) ?? [])
    const size = sizeAfter(stored?.row ?? emptySize, replaced, changed)
    const baseUrl = stored ? stored.row.base_url : pageUrlOf(fields)
    for (const { id } of changed) {
      if (!before.has(id) && selectHolder.get(projectId, id)) throw new MessageIdTakenError(id)
    }
    const positions = places.of(projectId, fields.id, messages, stored?.positions ?? new Map())
    const arrival = writeRow(projectId, fields, { createdMs, storedAtMs, baseUrl, ...size })
    let nextWordsId = arrival * wordsPerConversation + (stored?.row.messages ?? 0)
    for (const message of changed) {
      const wordsId = stored?.wordsIds.get(message.id) ?? nextWordsId++
      writeMessage(projectId, message, {
        conversationId: fields.id,
        position: positions.get(message.id) ?? 0,
        wordsId,
        before: before.get(message.id),
      })
    }
    const was = {
      fields: stored ? stored.conversation : null,
      messages: replaced,
      questions: stored?.row.questions ?? 0,
    }
    const is = { fields, messages: changed, questions: size.questions }
    if (stored && stored.row.created_ms !== createdMs) facets.move(projectId, fields.id, createdMs)
    facets.add(projectId, fields.id, createdMs, facetChanges(was, is, baseUrl))
    const newIds = changed.flatMap(({ id }) => (before.has(id) ? [] : [id]))
    facets.add(projectId, fields.id, createdMs, link(projectId, fields.id, newIds))
    if (changed.length > 0) facets.markUnanswered(projectId, fields.id, createdMs)
  }
}

type KeptBeside = ConversationSize & { createdMs: number; storedAtMs: number; baseUrl: string | null }

/** Makes the function that writes a conversation's row, and gives its number of arrival. */
function createWriteRow(database: Database.Database) {
  const statement = database.prepare(
    `insert into conversations (project_id, id, created_ms, stored_ms, active_ms, fields, base_url, messages, bytes, questions)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (project_id, id) do update
     set created_ms = excluded.created_ms, stored_ms = excluded.stored_ms, active_ms = excluded.active_ms,
       fields = excluded.fields,       messages = excluded.messages, bytes = excluded.bytes, questions = excluded.questions
     returning arrival`,
  )
  return (projectId: string, fields: Omit<StoredConversation, 'messages'>, kept: KeptBeside): number => {
    const { createdMs, storedAtMs, baseUrl, messages, bytes, questions } = kept
    const activeMs = Date.parse(fields.updatedAt)
    const values = [createdMs, storedAtMs, activeMs, JSON.stringify(fields), baseUrl, messages, bytes, questions]
    return (statement.get(projectId, fields.id, ...values) as { arrival: number }).arrival
  }
}

type MessagePlace = {
  conversationId: string
  position: number
  wordsId: number
  before: StoredMessage | undefined
}

/** Makes the function that writes a message, and what it says into the index of words. */
function createWriteMessage(database: Database.Database) {
  const words = createSqliteWords(database)
  const statement = database.prepare(
    `insert into messages (project_id, conversation_id, id, position, created_ms, role, bytes, words_id, asked, fields)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (project_id, conversation_id, id) do update set position = excluded.position,
       created_ms = excluded.created_ms, role = excluded.role, bytes = excluded.bytes, asked = excluded.asked,
       fields = excluded.fields`,
  )
  return (projectId: string, message: StoredMessage, place: MessagePlace): void => {
    const { conversationId, position, wordsId, before } = place
    const values = [
      position,
      Date.parse(message.createdAt),
      message.role,
      byteLengthOf(message),
      wordsId,
      askedOf(message),
    ]
    statement.run(projectId, conversationId, message.id, ...values, messageJson(message).whole)
    if (before) words.replace(projectId, wordsId, before, message)
    else words.add(projectId, wordsId, message)
  }
}
