import type { Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import type { CollectorContext } from '../http/mounted-routes.ts'
import type { AuditAction } from '../store/store.ts'
import { assets } from './assets.ts'
import { liveViewPage, signInPage } from './pages.ts'
import { createSessionCookie, findSession, sessionCookieName } from './session-cookie.ts'
import type { Session, Sessions } from './sessions.ts'

const complaints = {
  unknown: 'This collector knows no such key. Check that you copied the whole key.',
  revoked: 'This key was revoked. Sign in with another API key.',
  expired: 'This key has expired. Sign in with another API key.',
  web: 'This is a WEB key: it can send conversations, but not read them. Sign in with an API key.',
  ticket: 'This link was used already, or it is too old. Sign in with an API key.',
}

/** The pages: sign-in, sign-out and the frame of the live view. */
export function addPageRoutes(app: Hono, context: CollectorContext, sessions: Sessions): void {
  const note = (c: Context, session: Pick<Session, 'projectId'> & { keyId: string | null }, action: AuditAction) =>
    context.audit({ ...session, address: context.addressOf(c.req.raw) }, action, '')
  const signIn = async (c: Context, session: Session) => {
    await note(c, session, 'sign_in')
    createSessionCookie(c, sessions.open(session))
    return c.redirect('/', 303)
  }

  app.get('/', async (c) => {
    c.header('Cache-Control', 'no-store')
    const session = await findSession(c, context, sessions)
    return c.html(session ? liveViewPage() : signInPage(null))
  })

  app.post('/sign-in', async (c) => {
    const form = await context.takeForm(c.req.raw)
    const verdict = await context.verifyKey(form.get('apiKey')?.trim() ?? '')
    if (verdict.kind !== 'valid') {
      if (verdict.kind !== 'unknown') {
        await note(c, { keyId: verdict.key.id, projectId: verdict.key.projectId }, 'sign_in_refused')
      }
      return c.html(signInPage(complaints[verdict.kind]), 401)
    }
    if (verdict.key.type !== 'api') return c.html(signInPage(complaints.web), 401)
    return signIn(c, { keyId: verdict.key.id, projectId: verdict.key.projectId })
  })

  app.get('/sign-in', async (c) => {
    c.header('Cache-Control', 'no-store')
    const ticket = c.req.query('ticket')
    if (ticket === undefined) return c.redirect('/', 303)
    const session = await sessions.redeem(ticket)
    return session ? signIn(c, session) : c.html(signInPage(complaints.ticket), 401)
  })

  app.post('/sign-out', async (c) => {
    const session = await findSession(c, context, sessions)
    if (session) await note(c, session, 'sign_out')
    sessions.close(getCookie(c, sessionCookieName) ?? '')
    createSessionCookie(c, null)
    return c.redirect('/', 303)
  })

  for (const [name, { mediaType, body }] of Object.entries(assets)) {
    app.get(`/live-view/${name}`, (c) => c.body(body, 200, { 'Content-Type': mediaType, 'Cache-Control': 'no-cache' }))
  }
}
