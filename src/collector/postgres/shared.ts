import { refusalsKeptMs, type Store } from '../store/store.ts'
import type { Sql } from './sql.ts'

/** What several collectors share: sign-ins, and what keys have sent. */
export function createPostgresShared(
  sql: Sql,
): Pick<Store, 'addSession' | 'findSession' | 'deleteSessions' | 'addUsage' | 'putRefusals' | 'listRefusals'> {
  return {
    async addSession({ projectId, hash, keyId, expiresMs }) {
      await sql`
        insert into chatlog.sessions (project_id, hash, key_id, expires_ms)
        values (${projectId}, ${hash}, ${keyId}, ${expiresMs})
        on conflict (project_id, hash) do update set key_id = excluded.key_id, expires_ms = excluded.expires_ms`
    },
    async findSession(projectId, hash) {
      const [row] = await sql<{ key_id: string; expires_ms: string }[]>`
        select key_id, expires_ms from chatlog.sessions where project_id = ${projectId} and hash = ${hash}`
      return row ? { projectId, hash, keyId: row.key_id, expiresMs: Number(row.expires_ms) } : null
    },
    async deleteSessions(projectId, which) {
      const condition =
        'hash' in which
          ? sql`hash = ${which.hash}`
          : 'keyId' in which
            ? sql`key_id = ${which.keyId}`
            : sql`expires_ms <= ${which.expiredMs}`
      await sql`delete from chatlog.sessions where project_id = ${projectId} and ${condition}`
    },
    async addUsage(projectId, { keyId, day, requests, bytes, conversations }) {
      const [row] = await sql<{ requests: string; bytes: string; conversations: string }[]>`
        insert into chatlog.usage (project_id, key_id, day, requests, bytes, conversations)
        values (${projectId}, ${keyId}, ${day}, ${requests}, ${bytes}, ${conversations})
        on conflict (project_id, key_id, day) do update set requests = usage.requests + excluded.requests,
          bytes = usage.bytes + excluded.bytes, conversations = usage.conversations + excluded.conversations
        returning requests, bytes, conversations`
      await sql`delete from chatlog.usage where project_id = ${projectId} and key_id = ${keyId} and day < ${day}`
      return {
        requests: Number(row?.requests),
        bytes: Number(row?.bytes),
        conversations: Number(row?.conversations),
      }
    },
    async putRefusals(projectId, { collectorId, json, atMs }) {
      // A collector that has ended doesn't take back what it told.
      await sql`
        delete from chatlog.refusals where project_id = ${projectId}
        and (at_ms < ${atMs - refusalsKeptMs} or ${json === null} and collector_id = ${collectorId})`
      if (json === null) return
      await sql`
        insert into chatlog.refusals (project_id, collector_id, at_ms, rows)
        values (${projectId}, ${collectorId}, ${atMs}, ${json})
        on conflict (project_id, collector_id) do update set at_ms = excluded.at_ms, rows = excluded.rows`
    },
    async listRefusals(projectId, collectorId, sinceMs) {
      const rows = await sql<{ rows: string }[]>`
        select rows from chatlog.refusals
        where project_id = ${projectId} and collector_id <> ${collectorId} and at_ms >= ${sinceMs}`
      return rows.map((row) => row.rows)
    },
  }
}
