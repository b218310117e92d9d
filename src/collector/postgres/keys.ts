import { type KeyRow, toKey } from '../store/key-row.ts'
import type { Store } from '../store/store.ts'
import type { Sql } from './sql.ts'

/** The keys in PostgreSQL. Read on every call, so that changes by other collectors and command lines count at once. */
export function createPostgresKeys(
  sql: Sql,
): Pick<Store, 'addKey' | 'findKey' | 'listKeys' | 'revokeKey' | 'touchKey'> {
  return {
    async addKey({ id, projectId, type, hash, origins, createdAt, revokedAt, role, name, expiresAt }) {
      await sql`
        insert into chatlog.keys (id, project_id, type, hash, origins, created_at, revoked_at, role, name, expires_at)
        values (${id}, ${projectId}, ${type}, ${hash}, ${JSON.stringify(origins)}, ${createdAt}, ${revokedAt},
          ${role ?? null}, ${name ?? null}, ${expiresAt ?? null})`
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
    async touchKey(keyId, usedAt) {
      await sql`update chatlog.keys set last_used_at = ${usedAt} where id = ${keyId}`
    },
    async revokeKey(projectId, keyId, revokedAt) {
      const { count } = await sql`
        update chatlog.keys set revoked_at = ${revokedAt}
        where project_id = ${projectId} and id = ${keyId} and revoked_at is null`
      return count > 0
    },
  }
}
