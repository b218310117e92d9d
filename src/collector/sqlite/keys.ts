import type Database from 'libsql'
import { type KeyRow, toKey } from '../store/key-row.ts'
import type { Store } from '../store/store.ts'

/** The keys of the embedded store. Read from the file on every call, so that other processes' changes count at once. */
export function createSqliteKeys(
  database: Database.Database,
): Pick<Store, 'addKey' | 'findKey' | 'listKeys' | 'revokeKey' | 'touchKey'> {
  const insert = database.prepare(
    `insert into keys (id, project_id, type, hash, origins, created_at, revoked_at, role, name, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const touch = database.prepare('update keys set last_used_at = ? where id = ?')
  const selectOne = database.prepare('select * from keys where id = ?')
  const selectAll = database.prepare('select * from keys where project_id = ? order by created_at, id')
  const revoke = database.prepare(
    'update keys set revoked_at = ? where project_id = ? and id = ? and revoked_at is null',
  )

  return {
    async addKey({ id, projectId, type, hash, origins, createdAt, revokedAt, role, name, expiresAt }) {
      const more = [role ?? null, name ?? null, expiresAt ?? null]
      insert.run(id, projectId, type, hash, JSON.stringify(origins), createdAt, revokedAt, ...more)
    },
    async findKey(keyId) {
      const row = selectOne.get(keyId) as KeyRow | undefined
      return row ? toKey(row) : null
    },
    async listKeys(projectId) {
      return (selectAll.all(projectId) as KeyRow[]).map(toKey)
    },
    async touchKey(keyId, usedAt) {
      touch.run(usedAt, keyId)
    },
    async revokeKey(projectId, keyId, revokedAt) {
      return revoke.run(revokedAt, projectId, keyId).changes > 0
    },
  }
}
