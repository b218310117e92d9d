import type { KeyType, StoredKey } from './store.ts'

/** A key as both stores hold it. */
export type KeyRow = {
  id: string
  project_id: string
  type: KeyType
  hash: string
  /** JSON array. */
  origins: string
  created_at: string
  revoked_at: string | null
}

/** The key in a stored row. */
export function toKey(row: KeyRow): StoredKey {
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
