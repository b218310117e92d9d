import type Database from 'libsql'
import { auditCursor, auditPage, parseAuditCursor } from '../store/audit-page.ts'
import type { AuditAction, Store } from '../store/store.ts'

type AuditRow = {
  arrival: number
  at_ms: number
  action: AuditAction
  key_id: string | null
  address: string | null
  subject: string
}

/** The audit log and the settings of the embedded store. */
export function createSqliteAudit(
  database: Database.Database,
): Pick<Store, 'addAudit' | 'listAudit' | 'findSetting' | 'putSetting'> {
  const insert = database.prepare(
    'insert into audit (project_id, at_ms, action, key_id, address, subject) values (?, ?, ?, ?, ?, ?)',
  )
  const select = database.prepare(
    `select arrival, at_ms, action, key_id, address, subject from audit
     where project_id = ? and arrival < ? order by arrival desc limit ?`,
  )
  const findSetting = database.prepare('select value from settings where project_id = ? and name = ?')
  const putSetting = database.prepare('insert or replace into settings (project_id, name, value) values (?, ?, ?)')

  return {
    async addAudit(projectId, { atMs, action, keyId, address, subject }) {
      insert.run(projectId, atMs, action, keyId, address, subject)
    },
    async listAudit(projectId, { limit, cursor }) {
      const rows = select.all(projectId, parseAuditCursor(cursor), limit + 1) as AuditRow[]
      return auditPage(rows, limit, ({ arrival }) => auditCursor(arrival))
    },
    async findSetting(projectId, name) {
      return (findSetting.get(projectId, name) as { value: string } | undefined)?.value ?? null
    },
    async putSetting(projectId, name, json) {
      putSetting.run(projectId, name, json)
    },
  }
}
