import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { codeOf } from '../error-code.ts'
import { askedOf } from '../store/asked.ts'
import { facetChanges, pageUrlOf } from '../store/conversation-facets.ts'
import { byteLengthOf, type ConversationSize, emptySize, sizeAfter } from '../store/conversation-size.ts'
import { messageJson } from '../store/message-json.ts'
import { textOf } from '../store/search-text.ts'
import { type ConversationMerge, MessageIdTakenError, type Store } from '../store/store.ts'
import { wordsInIndex } from '../store/words.ts'
import { again, GoneUnderneathError } from './errors.ts'
import { addFacets, markUnanswered, moveFacets } from './facets.ts'
import { fillConversation } from './fill.ts'
import { linkFeedback } from './linked-feedback.ts'
import { positionsOf } from './places.ts'
import { type ConversationFields, type ConversationRow, messagesOf } from './rows.ts'
import type { ISql, Sql } from './sql.ts'
import { transact } from './transaction.ts'

/** The conversations in PostgreSQL. Every statement names the project, so that a cluster sends it to one node. */
export function createPostgresConversations(
  sql: Sql,
): Pick<Store, 'upsertConversation' | 'findConversation' | 'findStoredIds'> {
  return {
    upsertConversation: (projectId, conversationId, merge, storedAtMs = Date.now(), messageIds) =>
      again(() => upsert(sql, { projectId, conversationId, merge, storedAtMs, messageIds })),
    findConversation: (projectId, conversationId) => find(sql, projectId, conversationId),
    async findStoredIds(projectId, conversationIds) {
      const rows = await sql<{ id: string }[]>`
        select id from chatlog.conversations where project_id = ${projectId} and id = any(${[...conversationIds]}::text[])`
      return rows.map(({ id }) => id)
    },
  }
}

type Upsert = {
  projectId: string
  conversationId: string
  merge: ConversationMerge
  storedAtMs: number
  messageIds: string[] | undefined
}

/** A conversation's row under its lock, and the messages that were asked for. */
type Stored = {
  size: ConversationSize
  createdMs: number
  baseUrl: string | null
  lastPosition: number | null
  conversation: StoredConversation
  positions: Map<string, number>
}

/**
 * Reads, merges and writes in one transaction that locks the conversation's row before it reads. (One statement with
 * data-modifying CTEs reads what was there before its turn to write: 37 of 200 rounds of 8 writers lost something.)
 */
async function upsert(sql: Sql, given: Upsert): Promise<StoredConversation> {
  const { projectId, conversationId, merge } = given
  let newIds: string[] = []
  try {
    return await transact(sql, async (transaction) => {
      const stored = await lockAndRead(transaction, given)
      const after = merge(stored?.conversation ?? null)
      newIds = after.messages.flatMap(({ id }) => (stored?.positions.has(id) ? [] : [id]))
      await write(transaction, given, stored, after)
      return after
    })
  } catch (error) {
    if (codeOf(error) !== uniqueViolation) throw error
    throw await idTaken(sql, projectId, conversationId, newIds)
  }
}

const uniqueViolation = '23505'

type LockedRow = {
  fields: ConversationFields | null
  created_ms: string
  base_url: string | null
  messages: number | null
  bytes: string
  questions: number
  last_position: number | null
}
type MessageRow = { id: string; position: number; fields: StoredMessage }

// The three statements travel together and run one after the other. Each sees what was committed before it began, so
// the messages are read under the lock. A new conversation gets a row without fields first: without a row, two first
// upserts would lock nothing.
async function lockAndRead(sql: ISql, given: Upsert): Promise<Stored | null> {
  const { projectId, conversationId, messageIds } = given
  // Where some are named, they are sorted by an expression: else PostgreSQL could walk the whole conversation in its
  // order.
  const [named, order] =
    messageIds === undefined ? [sql``, sql`position`] : [sql`and id = any(${messageIds}::text[])`, sql`position + 0`]
  const [, [locked], rows] = await Promise.all([
    sql`
      insert into chatlog.conversations (project_id, id, created_ms, fields)
      values (${projectId}, ${conversationId}, 0, 'null') on conflict (project_id, id) do nothing`,
    sql<LockedRow[]>`
      select fields, created_ms, base_url, messages, bytes, questions, last_position from chatlog.conversations
      where project_id = ${projectId} and id = ${conversationId} for update`,
    sql<MessageRow[]>`
      select id, position, fields from chatlog.messages
      where project_id = ${projectId} and conversation_id = ${conversationId} ${named} order by ${order}`,
  ])
  if (!locked) throw new GoneUnderneathError('the conversation was erased between two statements')
  if (locked.fields === null) return null
  if (locked.messages === null) {
    // An earlier version wrote the conversation, and no migration has filled it yet.
    await fillConversation(sql, projectId, conversationId)
    return lockAndRead(sql, given)
  }
  return {
    size: { messages: locked.messages, bytes: Number(locked.bytes), questions: locked.questions },
    createdMs: Number(locked.created_ms),
    baseUrl: locked.base_url,
    lastPosition: locked.last_position,
    conversation: { ...locked.fields, messages: rows.map(({ fields }) => fields) },
    positions: new Map(rows.map(({ id, position }) => [id, position])),
  }
}

async function write(sql: ISql, given: Upsert, stored: Stored | null, after: StoredConversation): Promise<void> {
  const { projectId, conversationId } = given
  const { messages, ...fields } = after
  const before = new Map((stored?.conversation.messages ?? []).map((message) => [message.id, message]))
  const changed = messages.filter((message) => before.get(message.id) !== message)
  const replaced = changed.flatMap(({ id }) => before.get(id) ?? [])
  const size = sizeAfter(stored?.size ?? emptySize, replaced, changed)
  const known = { positions: stored?.positions ?? new Map(), last: stored?.lastPosition ?? null }
  const positions = await positionsOf(sql, given, messages, known)
  const baseUrl = stored ? stored.baseUrl : pageUrlOf(fields)
  const owner = { projectId, conversationId, createdMs: Date.parse(fields.createdAt) }
  const was = { fields: stored?.conversation ?? null, messages: replaced, questions: stored?.size.questions ?? 0 }
  const is = { fields, messages: changed, questions: size.questions }
  await Promise.all([
    writeFields(sql, given, fields, { ...size, baseUrl, positions }),
    writeMessages(sql, given, changed, positions),
    stored && stored.createdMs !== owner.createdMs ? moveFacets(sql, owner) : null,
    linkFeedback(
      sql,
      owner,
      changed.flatMap(({ id }) => (before.has(id) ? [] : [id])),
    ),
    addFacets(sql, owner, facetChanges(was, is, baseUrl)),
    changed.length > 0 ? markUnanswered(sql, owner) : null,
  ])
}

// `execute` sends the statement at once, ahead of the facets, which count only once the conversation is filled; one that is
// only awaited goes a little later.
async function writeFields(
  sql: ISql,
  { projectId, conversationId, storedAtMs }: Upsert,
  fields: ConversationFields,
  kept: ConversationSize & { baseUrl: string | null; positions: Map<string, number> },
): Promise<void> {
  const last = [...kept.positions.values()].reduce((most, position) => Math.max(most, position), -2_147_483_648)
  await sql`
    update chatlog.conversations
    set created_ms = ${Date.parse(fields.createdAt)}, stored_ms = ${storedAtMs},
      active_ms = ${Date.parse(fields.updatedAt)},
      fields = ${JSON.stringify(fields)}::json, base_url = ${kept.baseUrl},
      messages = ${kept.messages}, bytes = ${kept.bytes}, questions = ${kept.questions},
      last_position = greatest(last_position, ${last}::integer)
    where project_id = ${projectId} and id = ${conversationId}`.execute()
}

async function writeMessages(
  sql: ISql,
  { projectId, conversationId }: Upsert,
  messages: readonly StoredMessage[],
  positions: ReadonlyMap<string, number>,
): Promise<void> {
  if (messages.length === 0) return
  // Ordered by id, so that two transactions that insert the same ids wait for each other and never deadlock.
  await sql`
    insert into chatlog.messages (project_id, conversation_id, id, position, created_ms, role, bytes, words, asked,
      fields)
    select ${projectId}::text, ${conversationId}::text, sent.id, sent.position, sent.created_ms, sent.role, sent.bytes,
      array_to_tsvector(string_to_array(sent.words, ' ')), sent.asked, sent.fields
    from json_to_recordset(${jsonOf(projectId, messages, positions)}::json)
      as sent (id text, position integer, created_ms bigint, role text, bytes integer, words text,
        asked text, fields json)
    order by sent.id
    on conflict (project_id, conversation_id, id)
    do update set position = excluded.position, created_ms = excluded.created_ms, role = excluded.role,
      bytes = excluded.bytes, words = excluded.words, asked = excluded.asked,
      writes = messages.writes + 1, fields = excluded.fields`
}

/**
 * The messages' rows as one JSON text: of an array, the driver would quote each element. As bytes, since it keeps what it
 * was given until the answer is there, and a text of 2 MB may take 4.
 */
function jsonOf(projectId: string, messages: readonly StoredMessage[], positions: ReadonlyMap<string, number>): Buffer {
  const rows = messages.map(
    (message) =>
      `{"id":${JSON.stringify(message.id)},"position":${positions.get(message.id) ?? 0},"created_ms":${Date.parse(
        message.createdAt,
      )},"role":${JSON.stringify(message.role)},"bytes":${byteLengthOf(message)},"words":${JSON.stringify(
        wordsInIndex(projectId, textOf(message)),
      )},"asked":${JSON.stringify(askedOf(message))},"fields":${messageJson(message).whole}}`,
  )
  return Buffer.from(`[${rows.join()}]`)
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
