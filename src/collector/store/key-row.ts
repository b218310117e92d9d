import type { KeyRole, KeyType, StoredKey } from './store.ts'

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
  role: KeyRole | null
  name: string | null
  expires_at: string | null
  last_used_at: string | null
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
    ...(row.role !== null && { role: row.role }),
    ...(row.name !== null && { name: row.name }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
  }
}
