import type Database from 'libsql'
import type { KeyType, Store, StoredKey } from './store.ts'

type KeyRow = {
  id: string
  project_id: string
  type: KeyType
  hash: string
  origins: string
  created_at: string
  revoked_at: string | null
}

/** The keys of the embedded store. Read from the file on every call, so that other processes' changes count at once. */
export function createSqliteKeys(
  database: Database.Database,
): Pick<Store, 'addKey' | 'findKey' | 'listKeys' | 'revokeKey'> {
  const insert = database.prepare(
    'insert into keys (id, project_id, type, hash, origins, created_at, revoked_at) values (?, ?, ?, ?, ?, ?, ?)',
  )
  const selectOne = database.prepare('select * from keys where id = ?')
  const selectAll = database.prepare('select * from keys where project_id = ? order by created_at, id')
  const revoke = database.prepare(
    'update keys set revoked_at = ? where project_id = ? and id = ? and revoked_at is null',
  )

  return {
    async addKey({ id, projectId, type, hash, origins, createdAt, revokedAt }) {
      insert.run(id, projectId, type, hash, JSON.stringify(origins), createdAt, revokedAt)
    },
    async findKey(keyId) {
      const row = selectOne.get(keyId) as KeyRow | undefined
      return row ? toKey(row) : null
    },
    async listKeys(projectId) {
      return (selectAll.all(projectId) as KeyRow[]).map(toKey)
    },
    async revokeKey(projectId, keyId, revokedAt) {
      return revoke.run(revokedAt, projectId, keyId).changes > 0
    },
  }
}

function toKey(row: KeyRow): StoredKey {
  return {
    id: row.id,
    projectId: row.project_id,
    type: row.type,
    hash: row.hash,
    origins: JSON.parse(row.origins),
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }
}
