import type Database from 'libsql'
import type { Store, StoredSession, Usage } from '../store/store.ts'

/** What several collectors would share, in the embedded store, which one collector has: sign-ins and what keys have sent. */
export function createSqliteShared(
  database: Database.Database,
): Pick<Store, 'addSession' | 'findSession' | 'deleteSessions' | 'addUsage' | 'putRefusals' | 'listRefusals'> {
  const addSession = database.prepare(
    'insert or replace into sessions (project_id, hash, key_id, expires_ms) values (?, ?, ?, ?)',
  )
  const findSession = database.prepare('select key_id, expires_ms from sessions where project_id = ? and hash = ?')
  const deleteOne = database.prepare('delete from sessions where project_id = ? and hash = ?')
  const deleteOfKey = database.prepare('delete from sessions where project_id = ? and key_id = ?')
  const deleteExpired = database.prepare('delete from sessions where project_id = ? and expires_ms <= ?')
  const addUsage = database.prepare(
    `insert into usage (project_id, key_id, day, requests, bytes, conversations) values (?, ?, ?, ?, ?, ?)
     on conflict (project_id, key_id, day) do update set requests = requests + excluded.requests,
       bytes = bytes + excluded.bytes, conversations = conversations + excluded.conversations
     returning requests, bytes, conversations`,
  )
  const deleteUsage = database.prepare('delete from usage where project_id = ? and key_id = ? and day < ?')

  return {
    async addSession({ projectId, hash, keyId, expiresMs }) {
      addSession.run(projectId, hash, keyId, expiresMs)
    },
    async findSession(projectId, hash) {
      const row = findSession.get(projectId, hash) as { key_id: string; expires_ms: number } | undefined
      return row ? ({ projectId, hash, keyId: row.key_id, expiresMs: row.expires_ms } satisfies StoredSession) : null
    },
    async deleteSessions(projectId, which) {
      if ('hash' in which) deleteOne.run(projectId, which.hash)
      else if ('keyId' in which) deleteOfKey.run(projectId, which.keyId)
      else deleteExpired.run(projectId, which.expiredMs)
    },
    async addUsage(projectId, { keyId, day, requests, bytes, conversations }) {
      const sum = addUsage.get(projectId, keyId, day, requests, bytes, conversations) as Usage
      deleteUsage.run(projectId, keyId, day)
      // The driver adds a field of its own.
      return { requests: sum.requests, bytes: sum.bytes, conversations: sum.conversations }
    },
    // Nobody else is there to be told, or to tell.
    async putRefusals() {},
    listRefusals: async () => [],
  }
}
