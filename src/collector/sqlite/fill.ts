import type Database from 'libsql'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { askedOf } from '../store/asked.ts'
import { facetsOf, pageUrlOf } from '../store/conversation-facets.ts'
import { linkFeedback } from './linked-feedback.ts'
import { createSqliteWords, wordsPerConversation } from './words.ts'
import { writeTransaction } from './write-transaction.ts'

/** Conversations filled in one transaction. */
const batchSize = 200

type ConversationRow = { arrival: number; project_id: string; id: string; fields: string }
type MessageRow = { fields: string; words_id: number | null }

/** Fills what earlier versions didn't keep, for every conversation that they wrote. Each batch is a transaction. */
export function fillConversations(database: Database.Database, report: (done: number) => void): void {
  const isPending = database.prepare('select 1 from conversations where messages is null limit 1')
  if (!isPending.get()) return
  const select = database.prepare(
    'select arrival, project_id, id, fields from conversations where messages is null and arrival > ? order by arrival limit ?',
  )
  const fill = createFill(database)
  const fillAll = writeTransaction(database, (rows: ConversationRow[]) => rows.forEach(fill))
  let done = 0
  for (let last = -1; ; ) {
    const rows = select.all(last, batchSize) as ConversationRow[]
    const end = rows.at(-1)
    if (!end) return
    fillAll(rows)
    last = end.arrival
    done += rows.length
    report(done)
  }
}

/** Makes the function that fills one conversation, within a transaction. */
export function createFill(database: Database.Database) {
  const selectMessages = database.prepare(
    'select fields, words_id from messages where project_id = ? and conversation_id = ? order by position',
  )
  const fillMessage = database.prepare(
    'update messages set created_ms = ?, role = ?, bytes = ?, words_id = ?, asked = ? where project_id = ? and conversation_id = ? and id = ?',
  )
  const fillOne = database.prepare(
    'update conversations set messages = ?, bytes = ?, questions = ?, base_url = ? where project_id = ? and id = ?',
  )
  const clear = database.prepare('delete from facets where project_id = ? and conversation_id = ?')
  const add = database.prepare(
    `insert into facets (project_id, kind, value, conversation_id, created_ms, count) values (?, ?, ?, ?, ?, ?)
     on conflict (project_id, kind, value, conversation_id) do update set count = facets.count + excluded.count`,
  )

  const words = createSqliteWords(database)
  const link = linkFeedback(database)

  return function fill({ arrival, project_id, id, fields }: ConversationRow): void {
    const rows = selectMessages.all(project_id, id) as MessageRow[]
    const messages = rows.map(({ fields }) => JSON.parse(fields) as StoredMessage)
    const conversation: StoredConversation = { ...JSON.parse(fields), messages }
    const sizes = rows.map(({ fields }) => Buffer.byteLength(fields))
    messages.forEach((message, index) => {
      const known = rows[index]?.words_id ?? null
      const wordsId = known ?? arrival * wordsPerConversation + index
      const kept = [Date.parse(message.createdAt), message.role, sizes[index], wordsId, askedOf(message)]
      fillMessage.run(...kept, project_id, id, message.id)
      if (known === null) words.add(project_id, wordsId, message)
    })
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    const questions = messages.filter(({ role }) => role === 'user').length
    // Facets count once the conversation is filled: the old ones are deleted without being counted, the new ones count.
    clear.run(project_id, id)
    fillOne.run(messages.length, bytes, questions, pageUrlOf(conversation), project_id, id)
    const given = link(
      project_id,
      id,
      messages.map((message) => message.id),
    )
    const createdMs = Date.parse(conversation.createdAt)
    for (const { kind, value, count } of [...facetsOf(conversation), ...given]) {
      add.run(project_id, kind, value, id, createdMs, count)
    }
  }
}
