import type Database from 'libsql'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { facetsOf, pageUrlOf } from '../store/conversation-facets.ts'
import { writeTransaction } from './write-transaction.ts'

/** Conversations filled in one transaction. */
const batchSize = 200

type ConversationRow = { project_id: string; id: string; fields: string }

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
    const rows = select.all(last, batchSize) as (ConversationRow & { arrival: number })[]
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
    'select fields from messages where project_id = ? and conversation_id = ? order by position',
  )
  const fillMessage = database.prepare(
    'update messages set created_ms = ?, role = ?, bytes = ? where project_id = ? and conversation_id = ? and id = ?',
  )
  const fillOne = database.prepare(
    'update conversations set messages = ?, bytes = ?, questions = ?, base_url = ? where project_id = ? and id = ?',
  )
  const clear = database.prepare('delete from facets where project_id = ? and conversation_id = ?')
  const add = database.prepare(
    'insert into facets (project_id, kind, value, conversation_id, created_ms, count) values (?, ?, ?, ?, ?, ?)',
  )

  return function fill({ project_id, id, fields }: ConversationRow): void {
    const texts = (selectMessages.all(project_id, id) as { fields: string }[]).map((row) => row.fields)
    const messages = texts.map((text) => JSON.parse(text) as StoredMessage)
    const conversation: StoredConversation = { ...JSON.parse(fields), messages }
    const sizes = texts.map((text) => Buffer.byteLength(text))
    messages.forEach((message, index) => {
      fillMessage.run(Date.parse(message.createdAt), message.role, sizes[index], project_id, id, message.id)
    })
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    const questions = messages.filter(({ role }) => role === 'user').length
    fillOne.run(messages.length, bytes, questions, pageUrlOf(conversation), project_id, id)
    clear.run(project_id, id)
    const createdMs = Date.parse(conversation.createdAt)
    for (const { kind, value, count } of facetsOf(conversation)) add.run(project_id, kind, value, id, createdMs, count)
  }
}
