import type { ISql, Sql } from 'postgres'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { codeOf } from '../error-code.ts'
import { messageJson } from '../store/message-json.ts'
import { type ConversationMerge, MessageIdTakenError, type Store } from '../store/store.ts'
import { again, GoneUnderneathError } from './errors.ts'
import { writeFacets } from './facets.ts'
import { type ConversationFields, type ConversationRow, messagesOf } from './rows.ts'
import { transact } from './transaction.ts'

/** The conversations in PostgreSQL. Every statement names the project, so that a cluster sends it to one node. */
export function createPostgresConversations(sql: Sql): Pick<Store, 'upsertConversation' | 'findConversation'> {
  return {
    upsertConversation: (projectId, conversationId, merge, storedAtMs = Date.now()) =>
      again(() => upsert(sql, projectId, conversationId, merge, storedAtMs)),
    findConversation: (projectId, conversationId) => find(sql, projectId, conversationId),
  }
}

/**
 * One transaction that holds the conversation's row from before it is read. (One statement with data-modifying CTEs
 * reads what was there before its writers' turns: 37 of 200 rounds of 8 writers lost something.)
 */
async function upsert(
  sql: Sql,
  projectId: string,
  conversationId: string,
  merge: ConversationMerge,
  storedAtMs: number,
): Promise<StoredConversation> {
  let newIds: string[] = []
  try {
    return await transact(sql, async (transaction) => {
      const before = await lockAndRead(transaction, projectId, conversationId)
      const after = merge(before)
      const known = new Set(before?.messages.map(({ id }) => id))
      newIds = after.messages.flatMap(({ id }) => (known.has(id) ? [] : [id]))
      await Promise.all([
        write(transaction, projectId, after, before?.messages ?? [], storedAtMs),
        writeFacets(transaction, projectId, before, after),
      ])
      return after
    })
  } catch (error) {
    if (codeOf(error) !== uniqueViolation) throw error
    throw await idTaken(sql, projectId, conversationId, newIds)
  }
}

const uniqueViolation = '23505'

// The three statements travel together and run one after the other. Each sees what was committed before it began, so
// the messages are read under the lock. A new conversation gets a row without fields first: without a row, two first
// upserts would lock nothing.
async function lockAndRead(sql: ISql, projectId: string, conversationId: string) {
  const [, [locked], messages] = await Promise.all([
    sql`
      insert into chatlog.conversations (project_id, id, created_ms, fields)
      values (${projectId}, ${conversationId}, 0, 'null') on conflict (project_id, id) do nothing`,
    sql<{ fields: ConversationFields | null }[]>`
      select fields from chatlog.conversations where project_id = ${projectId} and id = ${conversationId} for update`,
    sql<{ fields: StoredMessage }[]>`
      select fields from chatlog.messages
      where project_id = ${projectId} and conversation_id = ${conversationId} order by position`,
  ])
  if (!locked) throw new GoneUnderneathError('the conversation was erased between two statements')
  return locked.fields && { ...locked.fields, messages: messages.map(({ fields }) => fields) }
}

async function write(
  sql: ISql,
  projectId: string,
  { messages, ...fields }: StoredConversation,
  before: StoredMessage[],
  storedAtMs: number,
): Promise<void> {
  const changed = messages.flatMap((message, position) =>
    message === before[position]
      ? []
      : [`{"id":${JSON.stringify(message.id)},"position":${position},"fields":${messageJson(message).whole}}`],
  )
  // `::text::json`: with `::json` alone the driver would encode the text a second time.
  const statements = [
    sql`
      update chatlog.conversations
      set created_ms = ${Date.parse(fields.createdAt)}, stored_ms = ${storedAtMs}, fields = ${JSON.stringify(fields)}::text::json
      where project_id = ${projectId} and id = ${fields.id}`,
  ]
  if (changed.length > 0) {
    // Ordered by id, so that two transactions that insert the same ids wait for each other and never deadlock. Sent as
    // one JSON text, because the driver quotes each element of an array and keeps three copies of 2 MB meanwhile.
    statements.push(sql`
      insert into chatlog.messages (project_id, conversation_id, id, position, fields)
      select ${projectId}::text, ${fields.id}::text, sent.id, sent.position, sent.fields
      from json_to_recordset(${`[${changed.join()}]`}::text::json) as sent (id text, position integer, fields json)
      order by sent.id
      on conflict (project_id, conversation_id, id)
      do update set position = excluded.position, fields = excluded.fields`)
  }
  await Promise.all(statements)
}

async function idTaken(sql: Sql, projectId: string, conversationId: string, ids: string[]): Promise<Error> {
  const [taken] = await sql<{ id: string }[]>`
    select id from chatlog.messages
    where project_id = ${projectId} and id = any(${ids}::text[]) and conversation_id <> ${conversationId}
    order by id collate "C" limit 1`
  return taken ? new MessageIdTakenError(taken.id) : new GoneUnderneathError('the message of that id was erased')
}

/** Reads a conversation whole, in one statement. */
export async function find(sql: Sql, projectId: string, conversationId: string): Promise<StoredConversation | null> {
  const [row] = await sql<ConversationRow[]>`
    select fields, ${messagesOf(sql)} from chatlog.conversations as conversation
    where project_id = ${projectId} and id = ${conversationId}`
  return row ? { ...row.fields, messages: row.messages } : null
}
