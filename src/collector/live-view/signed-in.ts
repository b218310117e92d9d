import type { Hono, MiddlewareHandler } from 'hono'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import { mayAs } from '../store/keys.ts'
import type { KeyRole } from '../store/store.ts'
import { findSession } from './session-cookie.ts'
import type { Session, Sessions } from './sessions.ts'

/** Whose session a request is of. */
export type SessionVariables = { Variables: { session: Session } }

/** An app whose routes know whose session a request is of. */
export type SignedInApp = Hono<SessionVariables>

/** Lets requests with a session pass, and answers every other one with 401. */
export function requireSession(context: CollectorContext, sessions: Sessions): MiddlewareHandler<SessionVariables> {
  return async (c, next) => {
    c.header('Cache-Control', 'no-store')
    const session = await findSession(c, context, sessions)
    if (!session) throw new ProblemError('unauthorized', 'Sign in to the live view first.')
    c.set('session', session)
    return next()
  }
}

/** Whether the key of a session may do what a role may. Asked of the store each time: a role is the key's, not the session's. */
export async function mayInSession(role: KeyRole, { keyId }: Session, { store }: CollectorContext): Promise<boolean> {
  const key = await store.findKey(keyId)
  return key !== null && mayAs(role, key)
}
