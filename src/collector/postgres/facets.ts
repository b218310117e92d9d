import { type Facet, unanswered } from '../store/conversation-facets.ts'
import type { ISql } from './sql.ts'

/** The conversation whose facets are written. */
type Owner = { projectId: string; conversationId: string; createdMs: number }

/** Adds what changed to the counts, within the transaction that writes the conversation. */
export async function addFacets(
  sql: ISql,
  { projectId, conversationId, createdMs }: Owner,
  changes: readonly Facet[],
): Promise<void> {
  if (changes.length === 0) return
  const statements: Promise<unknown>[] = [
    sql`
      insert into chatlog.facets (project_id, kind, value, conversation_id, created_ms, count)
      select ${projectId}::text, made.kind, made.value, ${conversationId}::text, ${createdMs}::bigint, made.count
      from unnest(
        ${changes.map(({ kind }) => kind)}::text[],
        ${changes.map(({ value }) => value)}::text[],
        ${changes.map(({ count }) => count)}::integer[]
      ) as made (kind, value, count)
      on conflict (project_id, kind, value, conversation_id)
      do update set count = facets.count + excluded.count`.execute(),
  ]
  if (changes.some(({ count }) => count < 0)) {
    statements.push(
      sql`
      delete from chatlog.facets
      where project_id = ${projectId} and conversation_id = ${conversationId} and count <= 0`.execute(),
    )
  }
  await Promise.all(statements)
}

/** Follows a conversation whose `createdAt` changed. */
export async function moveFacets(sql: ISql, { projectId, conversationId, createdMs }: Owner): Promise<void> {
  await sql`
    update chatlog.facets set created_ms = ${createdMs}
    where project_id = ${projectId} and conversation_id = ${conversationId}`
}

/** Notes whether the last question has an answer, once the messages are written. */
export async function markUnanswered(sql: ISql, { projectId, conversationId, createdMs }: Owner): Promise<void> {
  const lastSaid = sql`(
    select role from chatlog.messages
    where project_id = ${projectId} and conversation_id = ${conversationId} and role in ('user', 'assistant')
    order by position desc limit 1)`
  await Promise.all([
    sql`
      insert into chatlog.facets (project_id, kind, value, conversation_id, created_ms, count)
      select ${projectId}::text, 'answer', ${unanswered}::text, ${conversationId}::text, ${createdMs}::bigint, 1
      where ${lastSaid} = 'user' on conflict (project_id, kind, value, conversation_id) do nothing`,
    sql`
      delete from chatlog.facets
      where project_id = ${projectId} and kind = 'answer' and value = ${unanswered}
      and conversation_id = ${conversationId} and ${lastSaid} is distinct from 'user'`,
  ])
}
