import type Database from 'libsql'
import type { Facet } from '../store/conversation-facets.ts'
import { unanswered } from '../store/conversation-facets.ts'

/** Keeps the facets of the embedded store equal to its conversations; called within the transaction that writes one. */
export function createSqliteFacets(database: Database.Database) {
  const add = database.prepare(
    `insert into facets (project_id, kind, value, conversation_id, created_ms, count) values (?, ?, ?, ?, ?, ?)
     on conflict (project_id, kind, value, conversation_id) do update set count = facets.count + excluded.count`,
  )
  const removeEmpty = database.prepare(
    'delete from facets where project_id = ? and kind = ? and value = ? and conversation_id = ? and count <= 0',
  )
  const move = database.prepare('update facets set created_ms = ?3 where project_id = ?1 and conversation_id = ?2')
  const lastSaid = `(select role from messages where project_id = ?1 and conversation_id = ?2
    and role in ('user', 'assistant') order by position desc limit 1)`
  const addUnanswered = database.prepare(
    `insert or ignore into facets (project_id, kind, value, conversation_id, created_ms, count)
     select ?1, 'answer', '${unanswered}', ?2, ?3, 1 where ${lastSaid} = 'user'`,
  )
  const removeUnanswered = database.prepare(
    `delete from facets where project_id = ?1 and kind = 'answer' and value = '${unanswered}' and conversation_id = ?2
     and ${lastSaid} is not 'user'`,
  )

  return {
    /** Adds what changed to the counts. */
    add(projectId: string, conversationId: string, createdMs: number, changes: readonly Facet[]): void {
      for (const { kind, value, count } of changes) {
        add.run(projectId, kind, value, conversationId, createdMs, count)
        if (count < 0) removeEmpty.run(projectId, kind, value, conversationId)
      }
    },
    /** Notes whether the last question has an answer, once the messages are written. */
    markUnanswered(projectId: string, conversationId: string, createdMs: number): void {
      addUnanswered.run(projectId, conversationId, createdMs)
      removeUnanswered.run(projectId, conversationId)
    },
    /** Follows a conversation whose `createdAt` changed. */
    move: (projectId: string, conversationId: string, createdMs: number) =>
      void move.run(projectId, conversationId, createdMs),
  }
}
