import type { ISql } from 'postgres'
import type { StoredConversation } from '../../contract/answer.ts'
import { facetChanges } from '../store/conversation-facets.ts'
import { type ConversationRow, messagesOf } from './rows.ts'

/** Conversations whose facets are made in one go, where a database has none yet. */
const fillSize = 500

/**
 * Keeps the facets equal to a conversation, within the transaction that writes it; writes what differs.
 *
 * @param before what is stored now
 */
export async function writeFacets(
  sql: ISql,
  projectId: string,
  before: StoredConversation | null,
  after: StoredConversation,
): Promise<void> {
  const { changed, gone } = facetChanges(before, after)
  const createdMs = Date.parse(after.createdAt)
  const statements = []
  if (changed.length > 0) {
    statements.push(sql`
      insert into chatlog.facets (project_id, kind, value, conversation_id, created_ms, count)
      select ${projectId}::text, made.kind, made.value, ${after.id}::text, ${createdMs}::bigint, made.count
      from unnest(
        ${changed.map(({ kind }) => kind)}::text[],
        ${changed.map(({ value }) => value)}::text[],
        ${changed.map(({ count }) => count)}::integer[]
      ) as made (kind, value, count)
      on conflict (project_id, kind, value, conversation_id)
      do update set created_ms = excluded.created_ms, count = excluded.count`)
  }
  if (gone.length > 0) {
    statements.push(sql`
      delete from chatlog.facets
      where project_id = ${projectId} and conversation_id = ${after.id} and (kind, value) in (
        select * from unnest(${gone.map(({ kind }) => kind)}::text[], ${gone.map(({ value }) => value)}::text[])
      )`)
  }
  await Promise.all(statements)
}

/** Writes the facets of every conversation of a database that has none yet. */
export async function fillFacets(sql: ISql): Promise<void> {
  const rows = sql<(ConversationRow & { project_id: string })[]>`
    select project_id, fields, ${messagesOf(sql)} from chatlog.conversations as conversation`
  await rows.cursor(fillSize, async (page) => {
    for (const { project_id, fields, messages } of page) {
      await writeFacets(sql, project_id, null, { ...fields, messages })
    }
  })
}
