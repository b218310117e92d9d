import type { MiddlewareHandler } from 'hono'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { readBytes } from '../http/read-body.ts'
import type { RefusalList } from '../http/refusals.ts'
import { ProblemError } from '../problem-error.ts'
import { addKey, isExpired, mayAs } from '../store/keys.ts'
import type { AuditAction, AuditEntry, StoredKey } from '../store/store.ts'
import { parseNewKey } from './new-key.ts'
import { refuseForeign } from './refuse-foreign.ts'
import type { Sessions } from './sessions.ts'
import { requireSession, type SessionVariables, type SignedInApp } from './signed-in.ts'

/**
 * Answer of `/live-view/refusals`: what the collectors refused in the last hour of the project's keys, and, for an admin
 * alone, of those who came without a known key.
 */
export type RefusalsAnswer = { ofProject: NamedRefusals; ofStrangers: RefusalList | null }

/** The project's refusals, with the names of their keys. */
type NamedRefusals = {
  refusals: (RefusalList['refusals'][number] & { keyName: string | null })[]
  others: number
}

/** A key as admins see it: everything but its hash. */
export type ShownKey = Omit<StoredKey, 'hash'> & {
  state: 'works' | 'expired' | 'revoked'
  /** The one that its reader is signed in with. */
  isOwn: boolean
}

/** Answer of `/live-view/keys`, newest first. */
export type KeysAnswer = { keys: ShownKey[] }

/** Answer of `/live-view/audit`; `at` is ISO 8601. */
export type AuditAnswer = { entries: (Omit<AuditEntry, 'atMs'> & { at: string })[]; nextCursor: string | null }

/** Lines of the audit log on one page, and in one piece of its export. */
const auditPageSize = 100
const exportPageSize = 1_000

/** Longest body of a request that makes a key, in bytes. */
const maxKeyBodyBytes = 65_536

/** What serves whoever runs the collector: refusals, and for admins keys and the audit log. */
export function addAdminRoutes(app: SignedInApp, context: CollectorContext, sessions: Sessions): void {
  const onlySignedIn = requireSession(context, sessions)
  const onlyAdmins = requireAdmin(context)
  app.use('/live-view/refusals', onlySignedIn)
  for (const path of ['keys', 'keys/:id/revoke', 'audit', 'audit.ndjson']) {
    app.use(`/live-view/${path}`, onlySignedIn, onlyAdmins)
  }
  addRefusalRoutes(app, context)
  addKeyRoutes(app, context)
  addAuditRoutes(app, context)
}

function requireAdmin({ store }: CollectorContext): MiddlewareHandler<SessionVariables> {
  return async (c, next) => {
    const key = await store.findKey(c.var.session.keyId)
    if (!key || !mayAs('admin', key)) {
      throw new ProblemError('forbidden', 'Only a key of the role admin may see and do this: sign in with one.')
    }
    return next()
  }
}

function addRefusalRoutes(app: SignedInApp, { store, refusals }: CollectorContext): void {
  app.get('/live-view/refusals', async (c) => {
    const { keyId, projectId } = c.var.session
    const keys = await store.listKeys(projectId)
    const own = await store.findKey(keyId)
    const { refusals: ofProject, others } = await refusals(projectId)
    const nameOf = (id: string | null) => keys.find((key) => key.id === id)?.name ?? null
    return c.json({
      ofProject: { refusals: ofProject.map((one) => ({ ...one, keyName: nameOf(one.keyId) })), others },
      ofStrangers: own && mayAs('admin', own) ? await refusals(null) : null,
    } satisfies RefusalsAnswer)
  })
}

function addKeyRoutes(app: SignedInApp, { store, now, audit, addressOf }: CollectorContext): void {
  const note = (session: SessionVariables['Variables']['session'], request: Request, action: AuditAction, id: string) =>
    audit({ ...session, address: addressOf(request) }, action, id)

  app.get('/live-view/keys', async (c) => {
    const { keyId, projectId } = c.var.session
    const keys = await store.listKeys(projectId)
    const shown = (key: StoredKey): ShownKey => {
      const { hash: _hash, ...more } = key
      return { ...more, state: stateOf(key, now()), isOwn: key.id === keyId }
    }
    return c.json({ keys: keys.reverse().map(shown) } satisfies KeysAnswer)
  })

  app.post('/live-view/keys', async (c) => {
    refuseForeign(c)
    const pieces = await readBytes(c.req.raw, () => {}, maxKeyBodyBytes)
    const text = pieces.take().toString('utf8')
    const { key, stored } = await addKey(store, parseNewKey(text, c.var.session.projectId, now()), now)
    await note(c.var.session, c.req.raw, 'add_key', stored.id)
    return c.json({ key, id: stored.id }, 201)
  })

  app.post('/live-view/keys/:id/revoke', async (c) => {
    refuseForeign(c)
    const { keyId, projectId } = c.var.session
    const id = c.req.param('id')
    if (id === keyId) {
      const detail = 'You are signed in with this key. Sign in with another admin key to revoke it.'
      throw new ProblemError('unprocessable_entity', detail)
    }
    const key = await store.findKey(id)
    if (key?.projectId !== projectId || key.revokedAt !== null) {
      throw new ProblemError('not_found', 'The project has no working key of this id.')
    }
    await note(c.var.session, c.req.raw, 'revoke_key', id)
    await store.revokeKey(projectId, id, new Date(now()).toISOString())
    return c.json({ revoked: id })
  })
}

function stateOf(key: StoredKey, nowMs: number): ShownKey['state'] {
  if (key.revokedAt !== null) return 'revoked'
  return isExpired(key, nowMs) ? 'expired' : 'works'
}

const auditLine = ({ atMs, ...entry }: AuditEntry) => ({ at: new Date(atMs).toISOString(), ...entry })

function addAuditRoutes(app: SignedInApp, { store, breakOff }: CollectorContext): void {
  app.get('/live-view/audit', async (c) => {
    const { projectId } = c.var.session
    const { entries, nextCursor } = await store.listAudit(projectId, {
      limit: auditPageSize,
      cursor: c.req.query('cursor'),
    })
    return c.json({ entries: entries.map(auditLine), nextCursor } satisfies AuditAnswer)
  })

  app.get('/live-view/audit.ndjson', (c) => {
    const { projectId } = c.var.session
    let cursor: string | undefined
    const lines = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const page = await store.listAudit(projectId, { limit: exportPageSize, cursor })
          const text = page.entries.map((entry) => `${JSON.stringify(auditLine(entry))}\n`).join('')
          controller.enqueue(new TextEncoder().encode(text))
          cursor = page.nextCursor ?? undefined
          if (cursor === undefined) controller.close()
        } catch (error) {
          if (!breakOff(c.req.raw, error)) throw error
          controller.close()
        }
      },
    })
    return c.body(lines, 200, {
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      'Content-Disposition': 'attachment; filename="audit.ndjson"',
    })
  })
}
