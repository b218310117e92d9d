import type { Sql } from 'postgres'
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

/** The keys in PostgreSQL. Read on every call, so that changes by other collectors and command lines count at once. */
export function createPostgresKeys(sql: Sql): Pick<Store, 'addKey' | 'findKey' | 'listKeys' | 'revokeKey'> {
  return {
    async addKey({ id, projectId, type, hash, origins, createdAt, revokedAt }) {
      await sql`
        insert into chatlog.keys (id, project_id, type, hash, origins, created_at, revoked_at)
        values (${id}, ${projectId}, ${type}, ${hash}, ${JSON.stringify(origins)}, ${createdAt}, ${revokedAt})`
    },
    async findKey(keyId) {
      const [row] = await sql<KeyRow[]>`select * from chatlog.keys where id = ${keyId}`
      return row ? toKey(row) : null
    },
    async listKeys(projectId) {
      const rows = await sql<KeyRow[]>`
        select * from chatlog.keys where project_id = ${projectId} order by created_at, id collate "C"`
      return rows.map(toKey)
    },
    async revokeKey(projectId, keyId, revokedAt) {
      const { count } = await sql`
        update chatlog.keys set revoked_at = ${revokedAt}
        where project_id = ${projectId} and id = ${keyId} and revoked_at is null`
      return count > 0
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
