import { facetValue } from '../store/conversation-facets.ts'
import type { ErasedCounts, Store } from '../store/store.ts'
import { again } from './errors.ts'
import { unlinkFeedback } from './linked-feedback.ts'
import type { ISql, Sql } from './sql.ts'
import { transact } from './transaction.ts'

type Listed = { conversations: string[]; events: string[]; feedback: string[] }
type IdRow = { id: string }

const idsOf = (rows: readonly IdRow[]) => rows.map(({ id }) => id)

/**
 * The part of the store that erases, in PostgreSQL.
 *
 * @param erased told of each project of which conversations were erased
 */
export function createPostgresErase(
  sql: Sql,
  erased: (projectId: string) => void,
): Pick<Store, 'deleteConversation' | 'forgetVisitor' | 'deleteStoredBefore' | 'listProjectIds'> {
  const eraseListed = async (projectId: string, list: (sql: ISql) => Promise<Listed>): Promise<ErasedCounts> => {
    const counts = await again(() =>
      transact(sql, (transaction) => erase(transaction, projectId, () => list(transaction))),
    )
    if (counts.conversations > 0) erased(projectId)
    return counts
  }
  return {
    async deleteConversation(projectId, conversationId) {
      const list = async () => ({ conversations: [conversationId], events: [], feedback: [] })
      return (await eraseListed(projectId, list)).conversations > 0
    },
    async forgetVisitor(projectId, visitorId) {
      const value = facetValue(visitorId)
      let alsoKnownAs: string[] = []
      const counts = await eraseListed(projectId, async (transaction) => {
        alsoKnownAs = await otherIds(transaction, projectId, value)
        return listOfVisitor(transaction, projectId, value)
      })
      return { ...counts, alsoKnownAs }
    },
    deleteStoredBefore: (projectId, beforeMs, limit) =>
      eraseListed(projectId, (transaction) => listStoredBefore(transaction, projectId, beforeMs, limit)),
    async listProjectIds() {
      const rows = await sql<IdRow[]>`select distinct project_id collate "C" as id from chatlog.keys order by id`
      return idsOf(rows)
    },
  }
}

/** Erases what `list` gives, and everything that belongs to it. */
async function erase(sql: ISql, projectId: string, list: () => Promise<Listed>): Promise<ErasedCounts> {
  const listed = await list()
  // Locked in the order of their ids: two transactions that erase the same rows wait for each other and never deadlock.
  const conversations = idsOf(
    await sql<IdRow[]>`
    select id from chatlog.conversations where project_id = ${projectId} and id = any(${listed.conversations}::text[])
    order by id for update`,
  )
  const messages = idsOf(
    await sql<IdRow[]>`
    delete from chatlog.messages where project_id = ${projectId} and conversation_id = any(${conversations}::text[])
    returning id`,
  )
  await unlinkFeedback(sql, projectId, listed.feedback)
  // Each index has a statement of its own: with `or`, PostgreSQL reads every event of the project.
  const remove = (table: string, column: string, ids: string[]) => sql`
    delete from chatlog.${sql.unsafe(table)} where project_id = ${projectId} and ${sql.unsafe(column)} = any(${ids}::text[])`
  const events = [
    await remove('events', 'id', listed.events),
    await remove('events', 'conversation_id', conversations),
    await remove('events', 'message_id', messages),
  ]
  const feedback = [await remove('feedback', 'id', listed.feedback), await remove('feedback', 'message_id', messages)]
  await sql`
    delete from chatlog.facets where project_id = ${projectId} and conversation_id = any(${conversations}::text[])`
  await sql`delete from chatlog.conversations where project_id = ${projectId} and id = any(${conversations}::text[])`
  return {
    conversations: conversations.length,
    messages: messages.length,
    events: events.reduce((sum, { count }) => sum + count, 0),
    feedback: feedback.reduce((sum, { count }) => sum + count, 0),
  }
}

async function otherIds(sql: ISql, projectId: string, value: string): Promise<string[]> {
  const ofVisitor = sql`
    select conversation_id from chatlog.facets
    where project_id = ${projectId} and kind = 'visitor' and value = ${value}`
  return idsOf(
    await sql<IdRow[]>`
    select distinct value as id from chatlog.facets where project_id = ${projectId} and kind = 'visitor'
    and value <> ${value} and conversation_id in (${ofVisitor}) order by id`,
  )
}

async function listOfVisitor(sql: ISql, projectId: string, value: string): Promise<Listed> {
  const [conversations, events, feedback] = await Promise.all([
    sql<IdRow[]>`
      select conversation_id as id from chatlog.facets
      where project_id = ${projectId} and kind = 'visitor' and value = ${value}`,
    sql<IdRow[]>`select id from chatlog.events where project_id = ${projectId} and visitor_ids @> ${[value]}::text[]`,
    sql<IdRow[]>`select id from chatlog.feedback where project_id = ${projectId} and visitor_ids @> ${[value]}::text[]`,
  ])
  return { conversations: idsOf(conversations), events: idsOf(events), feedback: idsOf(feedback) }
}

async function listStoredBefore(sql: ISql, projectId: string, beforeMs: number, limit: number) {
  const [conversations, events, feedback] = await Promise.all(
    (['conversations', 'events', 'feedback'] as const).map(
      (table) => sql<IdRow[]>`
        select id from chatlog.${sql.unsafe(table)} where project_id = ${projectId} and stored_ms < ${beforeMs} limit ${limit}`,
    ),
  )
  return { conversations: idsOf(conversations ?? []), events: idsOf(events ?? []), feedback: idsOf(feedback ?? []) }
}
