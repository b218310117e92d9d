import type { StoredMessage } from '../../contract/answer.ts'
import { askedOf } from '../store/asked.ts'
import { facetsOf, pageUrlOf } from '../store/conversation-facets.ts'
import { textOf } from '../store/search-text.ts'
import { wordsInIndex } from '../store/words.ts'
import { addFacets } from './facets.ts'
import { linkFeedback } from './linked-feedback.ts'
import type { ConversationFields } from './rows.ts'
import type { ISql, Sql } from './sql.ts'
import { transact } from './transaction.ts'

/** Conversations filled in one transaction: few enough that senders wait for some milliseconds. */
const batchSize = 50

type Pending = { project_id: string; id: string; arrival: string }

/**
 * Fills what earlier versions didn't keep, for every conversation that they wrote, in batches of a transaction each.
 * Collectors go on meanwhile: one that meets a conversation that isn't filled fills it itself.
 */
export async function fillConversations(sql: Sql, report: (done: number) => void): Promise<void> {
  let done = 0
  for (let last = '-1'; ; ) {
    const rows = await sql<Pending[]>`
      select project_id, id, arrival from chatlog.conversations
      where messages is null and arrival > ${last} order by arrival limit ${batchSize}`
    const end = rows.at(-1)
    if (!end) return
    await transact(sql, async (transaction) => {
      // Locked in the order of their ids, as every transaction locks several conversations, so that none deadlock.
      for (const { project_id, id } of rows.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))) {
        await fillConversation(transaction, project_id, id)
      }
    })
    last = end.arrival
    done += rows.length
    report(done)
  }
}

const keyOf = ({ project_id, id }: Pending) => `${project_id} ${id}`

/**
 * Fills one conversation, under its lock; does nothing where that is done, or the conversation is being made or gone.
 */
export async function fillConversation(sql: ISql, projectId: string, conversationId: string): Promise<void> {
  const [row] = await sql<{ fields: ConversationFields | null; messages: number | null }[]>`
    select fields, messages from chatlog.conversations
    where project_id = ${projectId} and id = ${conversationId} for update`
  if (!row?.fields || row.messages !== null) return
  const rows = await sql<{ text: string }[]>`
    select fields::text as text from chatlog.messages
    where project_id = ${projectId} and conversation_id = ${conversationId} order by position`
  const messages = rows.map(({ text }) => JSON.parse(text) as StoredMessage)
  const sizes = rows.map(({ text }) => Buffer.byteLength(text))
  const conversation = { ...row.fields, messages }
  const owner = { projectId, conversationId, createdMs: Date.parse(conversation.createdAt) }
  await sql`
    update chatlog.messages as message
    set created_ms = known.created_ms, role = known.role, bytes = known.bytes,
      words = array_to_tsvector(string_to_array(known.words, ' ')), asked = known.asked
    from unnest(
      ${messages.map(({ id }) => id)}::text[],
      ${messages.map(({ createdAt }) => Date.parse(createdAt))}::bigint[],
      ${messages.map(({ role }) => role)}::text[],
      ${sizes}::integer[],
      ${messages.map((message) => wordsInIndex(projectId, textOf(message)))}::text[],
      ${messages.map(askedOf)}::text[]
    ) as known (id, created_ms, role, bytes, words, asked)
    where message.project_id = ${projectId} and message.conversation_id = ${conversationId} and message.id = known.id`
  // Facets count once the conversation is filled: the old ones are deleted without being counted, the new ones count.
  await sql`delete from chatlog.facets where project_id = ${projectId} and conversation_id = ${conversationId}`
  await sql`
    update chatlog.conversations set
      messages = ${messages.length}, bytes = ${sizes.reduce((sum, size) => sum + size, 0)},
      questions = ${messages.filter(({ role }) => role === 'user').length}, base_url = ${pageUrlOf(conversation)},
      active_ms = ${Date.parse(conversation.updatedAt)},
      last_position = (
        select max(position) from chatlog.messages
        where project_id = ${projectId} and conversation_id = ${conversationId}
      )
    where project_id = ${projectId} and id = ${conversationId}`
  await addFacets(sql, owner, facetsOf(conversation))
  await linkFeedback(
    sql,
    owner,
    messages.map(({ id }) => id),
  )
}
