import type Database from 'libsql'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { facetChanges } from '../store/conversation-facets.ts'

type ConversationRow = { project_id: string; id: string; fields: string }

/** Keeps the facets of the embedded store equal to its conversations; called within the transaction that writes one. */
export function createSqliteFacets(database: Database.Database) {
  const put = database.prepare(
    `insert into facets (project_id, kind, value, conversation_id, created_ms, count) values (?, ?, ?, ?, ?, ?)
     on conflict (project_id, kind, value, conversation_id)
     do update set created_ms = excluded.created_ms, count = excluded.count`,
  )
  const remove = database.prepare(
    'delete from facets where project_id = ? and kind = ? and value = ? and conversation_id = ?',
  )

  return {
    /** Writes what differs; `before` is what is stored now. */
    write(projectId: string, before: StoredConversation | null, after: StoredConversation): void {
      const { changed, gone } = facetChanges(before, after)
      const createdMs = Date.parse(after.createdAt)
      for (const { kind, value, count } of changed) put.run(projectId, kind, value, after.id, createdMs, count)
      for (const { kind, value } of gone) remove.run(projectId, kind, value, after.id)
    },
  }
}

/** Writes the facets of every conversation of a file that has none yet. */
export function fillFacets(database: Database.Database): void {
  const facets = createSqliteFacets(database)
  const selectMessages = database.prepare('select fields from messages where project_id = ? and conversation_id = ?')
  const rows = database.prepare('select project_id, id, fields from conversations').all() as ConversationRow[]
  for (const { project_id, id, fields } of rows) {
    const messages = (selectMessages.all(project_id, id) as { fields: string }[]).map(
      (row) => JSON.parse(row.fields) as StoredMessage,
    )
    facets.write(project_id, null, { ...JSON.parse(fields), messages })
  }
}
