import { formatCursor, parseCursor } from './page-cursor.ts'
import type { AuditAction, AuditPage } from './store.ts'

type Row = {
  at_ms: number | string
  action: AuditAction
  key_id: string | null
  address: string | null
  subject: string
}

/** The first rows as a page; a row more than `limit` says that another page follows. */
export function auditPage<Kind extends Row>(
  rows: readonly Kind[],
  limit: number,
  cursorOf: (row: Kind) => string,
): AuditPage {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    entries: rows.slice(0, limit).map(({ at_ms, action, key_id, address, subject }) => ({
      atMs: Number(at_ms),
      action,
      keyId: key_id,
      address,
      subject,
    })),
    nextCursor: last ? cursorOf(last) : null,
  }
}

/** The place after a row of the audit log, by its number of arrival. */
export const auditCursor = (arrival: number): string => formatCursor([0, arrival])

/** The number of arrival before which a page begins. @throws InvalidCursorError when the text isn't a cursor */
export const parseAuditCursor = (cursor: string | undefined): number =>
  cursor === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(cursor)[1]
