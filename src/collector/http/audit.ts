import { createHash } from 'node:crypto'
import type { AuditEntry, Store, StoredKey } from '../store/store.ts'

/** Who did something, and from where. */
export type Actor = Pick<StoredKey, 'projectId'> & { keyId: string | null; address: string | undefined }

/** Notes what somebody did in the project's audit log. */
export type Audit = (actor: Actor, action: AuditEntry['action'], subject: string) => Promise<void>

/** Longest subject that is kept, in UTF-16 units. */
const maxSubjectLength = 1_000

/**
 * Makes the function that writes the audit log. Routes await it before they answer, so that an action which can't be
 * noted fails.
 *
 * @param now milliseconds since 1970
 */
export function createAudit(store: Store, now: () => number): Audit {
  return ({ projectId, keyId, address }, action, subject) =>
    store.addAudit(projectId, {
      atMs: now(),
      action,
      keyId,
      address: address ?? null,
      subject: subject.slice(0, maxSubjectLength),
    })
}

/** Stands in the log for a visitor who was erased: somebody who knows the id can check it, and nobody can learn it. */
export const visitorHash = (visitorId: string): string =>
  `sha256:${createHash('sha256').update(visitorId).digest('hex').slice(0, 16)}`
