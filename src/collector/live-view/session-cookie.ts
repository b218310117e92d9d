import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { projectsOpenedBy } from '../store/key-projects.ts'
import { isExpired } from '../store/keys.ts'
import { type Session, type Sessions, sessionMs } from './sessions.ts'

export const sessionCookieName = 'chatlog_session'

/**
 * Keeps the session's token in the browser, out of reach of scripts; `null` removes it. It goes to this collector alone,
 * and not to what else stands on the host: without a path the browser takes the folder of the address that it asked for,
 * which a proxy may know alone.
 *
 * The cookie is Lax and not Strict, so that somebody who follows a link to the live view from a chat or a ticket is
 * signed in. Everything that changes something is a POST, which Lax keeps from other sites.
 */
export function createSessionCookie(c: Context, token: string | null, basePath: string): void {
  setCookie(c, sessionCookieName, token ?? '', {
    // Empty: no path is said.
    path: basePath,
    httpOnly: true,
    sameSite: 'Lax',
    secure: isOverTls(c),
    maxAge: token === null ? 0 : sessionMs / 1000,
  })
}

/**
 * Whether the browser speaks TLS, to the collector or to the proxy before it. Proxies say so in several headers, and a
 * chain of them in a list whose first entry is the browser's. Somebody who forges such a header marks only their own
 * cookie.
 */
function isOverTls(c: Context): boolean {
  if (new URL(c.req.url).protocol === 'https:') return true
  const first = (name: string) => (c.req.header(name) ?? '').split(',', 1)[0]?.trim().toLowerCase() ?? ''
  const forwarded = first('forwarded')
    .split(';')
    .map((part) => part.trim().replaceAll('"', ''))
  return (
    [
      'x-forwarded-proto',
      'x-forwarded-protocol',
      'x-url-scheme',
      'x-forwarded-scheme',
      'cloudfront-forwarded-proto',
    ].some((name) => first(name) === 'https') ||
    ['x-forwarded-ssl', 'front-end-https'].some((name) => first(name) === 'on') ||
    forwarded.includes('proto=https')
  )
}

/**
 * The session of a request; `null` for none. Asks the store each time, so that revoking a key ends its sessions at
 * once.
 */
export async function findSession(c: Context, context: CollectorContext, sessions: Sessions): Promise<Session | null> {
  const session = await sessions.find(getCookie(c, sessionCookieName) ?? '')
  return session && (await isKeyWorking(session, context)) ? session : null
}

/** Whether the key of a session still works, and still opens the session's project. */
export async function isKeyWorking({ keyId, projectId }: Session, { store, now }: CollectorContext): Promise<boolean> {
  const key = await store.findKey(keyId)
  if (key === null || key.revokedAt !== null || isExpired(key, now())) return false
  return key.projectId === projectId || (await projectsOpenedBy(store, key)).includes(projectId)
}
