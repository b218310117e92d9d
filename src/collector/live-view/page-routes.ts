import type { Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { projectsOpenedBy } from '../store/key-projects.ts'
import { allowsOrigin, type KeyVerdict, mayAs } from '../store/keys.ts'
import type { AuditAction } from '../store/store.ts'
import { assets } from './assets.ts'
import { liveViewPage, projectsPage, signInPage } from './pages.ts'
import { isFromElsewhere } from './refuse-foreign.ts'
import { createSessionCookie, findSession, sessionCookieName } from './session-cookie.ts'
import type { Session, Sessions, Tickets } from './sessions.ts'

/** How long the choice of a project may take, in milliseconds. */
const choiceMs = 600_000

const complaints = {
  unknown: 'This collector knows no such key. Check that you copied the whole key.',
  revoked: 'This key was revoked. Sign in with another API key.',
  expired: 'This key has expired. Sign in with another API key.',
  web: 'This is a WEB key: it can send conversations, but not read them. Sign in with an API key.',
  elsewhere:
    'A page of another site sent this form, or your proxy does not pass the name of the host on. Enter the API key here.',
  ticket: 'This link was used already, or it is too old. Sign in with an API key.',
}

/** The pages: sign-in, sign-out and the frame of the live view. */
export function addPageRoutes(
  app: Hono,
  context: CollectorContext,
  { sessions, tickets }: { sessions: Sessions; tickets: Tickets },
): void {
  const note = (c: Context, session: Pick<Session, 'projectId'> & { keyId: string | null }, action: AuditAction) =>
    context.audit({ ...session, address: context.addressOf(c.req.raw) }, action, '')
  const signIn = async (c: Context, session: Session) => {
    await note(c, session, 'sign_in')
    await sessions.close(getCookie(c, sessionCookieName) ?? '')
    createSessionCookie(c, await sessions.open(session), context.basePath)
    return c.redirect(context.rootOf(c.req.raw), 303)
  }

  const refuse = (c: Context, complaint: string, status: 401 | 403 = 401) =>
    c.html(signInPage(context.rootOf(c.req.raw), complaint), status)

  const redeemTicket = async (c: Context, ticket: string) => {
    const session = await tickets.redeem(ticket)
    return session ? signIn(c, session) : refuse(c, complaints.ticket)
  }
  /** Each choice is a ticket: the key need not be sent a second time. */
  const choose = (c: Context, keyId: string, projectIds: string[]) => {
    const choices = projectIds.map((projectId) => ({
      project: projectId,
      ticket: tickets.create({ keyId, projectId }, choiceMs),
    }))
    return c.html(projectsPage(context.rootOf(c.req.raw), choices))
  }

  app.get('/', async (c) => {
    c.header('Cache-Control', 'no-store')
    const session = await findSession(c, context, sessions)
    const root = context.rootOf(c.req.raw)
    if (!session) return c.html(signInPage(root, null))
    const key = await context.store.findKey(session.keyId)
    const hasChoice = key !== null && (await projectsOpenedBy(context.store, key)).length > 1
    const isAdmin = key !== null && mayAs('admin', key)
    return c.html(liveViewPage(root, { project: session.projectId, hasChoice, isAdmin }))
  })

  app.post('/sign-in', async (c) => {
    c.header('Cache-Control', 'no-store')
    const form = await context.takeForm(c.req.raw)
    const ticket = form.get('ticket')
    if (ticket !== null) return isFromElsewhere(c) ? refuse(c, complaints.elsewhere, 403) : redeemTicket(c, ticket)
    const verdict = await context.verifyKey(form.get('apiKey')?.trim() ?? '')
    if (isFromForeignPage(c, verdict)) return refuse(c, complaints.elsewhere, 403)
    if (verdict.kind !== 'valid') {
      if (verdict.kind !== 'unknown') {
        await note(c, { keyId: verdict.key.id, projectId: verdict.key.projectId }, 'sign_in_refused')
      }
      return refuse(c, complaints[verdict.kind])
    }
    if (verdict.key.type !== 'api') return refuse(c, complaints.web)
    const projectIds = await projectsOpenedBy(context.store, verdict.key)
    if (projectIds.length > 1) return choose(c, verdict.key.id, projectIds)
    return signIn(c, { keyId: verdict.key.id, projectId: verdict.key.projectId })
  })

  app.get('/sign-in', async (c) => {
    c.header('Cache-Control', 'no-store')
    const ticket = c.req.query('ticket')
    if (ticket !== undefined) return redeemTicket(c, ticket)
    const session = await findSession(c, context, sessions)
    const key = session && (await context.store.findKey(session.keyId))
    if (!key) return c.redirect(context.rootOf(c.req.raw), 303)
    return choose(c, key.id, await projectsOpenedBy(context.store, key))
  })

  app.post('/sign-out', async (c) => {
    const session = await findSession(c, context, sessions)
    if (session) await note(c, session, 'sign_out')
    if (session && c.req.query('from') === 'everywhere') await sessions.closeAll(session)
    await sessions.close(getCookie(c, sessionCookieName) ?? '')
    createSessionCookie(c, null, context.basePath)
    return c.redirect(context.rootOf(c.req.raw), 303)
  })

  addAssets(app)
}

function addAssets(app: Hono): void {
  for (const [name, { mediaType, body }] of Object.entries(assets)) {
    app.get(`/live-view/${name}`, (c) => c.body(body, 200, { 'Content-Type': mediaType, 'Cache-Control': 'no-cache' }))
  }
}

/** Else a page elsewhere could sign its reader in under a key of its own. A key may name pages that may. */
function isFromForeignPage(c: Context, verdict: KeyVerdict): boolean {
  if (!isFromElsewhere(c)) return false
  if (verdict.kind === 'unknown' || verdict.key.origins.length === 0) return true
  return !allowsOrigin(verdict.key, c.req.header('origin'))
}
