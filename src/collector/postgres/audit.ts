import { auditCursor, auditPage, parseAuditCursor } from '../store/audit-page.ts'
import type { AuditAction, Store } from '../store/store.ts'
import type { Sql } from './sql.ts'

type AuditRow = {
  arrival: string
  at_ms: string
  action: AuditAction
  key_id: string | null
  address: string | null
  subject: string
}

/** The audit log and the settings in PostgreSQL. */
export function createPostgresAudit(sql: Sql): Pick<Store, 'addAudit' | 'listAudit' | 'findSetting' | 'putSetting'> {
  return {
    async addAudit(projectId, { atMs, action, keyId, address, subject }) {
      await sql`
        insert into chatlog.audit (project_id, at_ms, action, key_id, address, subject)
        values (${projectId}, ${atMs}, ${action}, ${keyId}, ${address}, ${subject})`
    },
    async listAudit(projectId, { limit, cursor }) {
      const rows = await sql<AuditRow[]>`
        select arrival, at_ms, action, key_id, address, subject from chatlog.audit
        where project_id = ${projectId} and arrival < ${parseAuditCursor(cursor)}
        order by arrival desc limit ${limit + 1}`
      return auditPage(rows, limit, ({ arrival }) => auditCursor(Number(arrival)))
    },
    async findSetting(projectId, name) {
      const [row] = await sql<{ value: string }[]>`
        select value from chatlog.settings where project_id = ${projectId} and name = ${name}`
      return row?.value ?? null
    },
    async putSetting(projectId, name, json) {
      await sql`
        insert into chatlog.settings (project_id, name, value) values (${projectId}, ${name}, ${json})
        on conflict (project_id, name) do update set value = excluded.value`
    },
  }
}
