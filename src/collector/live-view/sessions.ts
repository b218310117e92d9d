import { createHash } from 'node:crypto'
import { nanoid } from 'nanoid'
import type { Store } from '../store/store.ts'

/** How long a browser stays signed in to the live view, in milliseconds. */
export const sessionMs = 12 * 3_600_000

/** How long a sign-in ticket waits for its one use, in milliseconds. */
export const ticketMs = 60_000

/** Who is signed in: the public half of their key, never the key itself. */
export type Session = { keyId: string; projectId: string }

/** What a ticket stands for: a session, or how one is made once somebody comes with the ticket. */
export type Admission = Session | (() => Promise<Session>)

export type Sessions = {
  /** @returns the token that stands for the session, to be kept by the browser alone */
  open(session: Session): Promise<string>
  /** `null` for tokens that are unknown or have expired. */
  find(token: string): Promise<Session | null>
  close(token: string): Promise<void>
  /** Signs every browser out that is signed in with this key, wherever. */
  closeAll(session: Session): Promise<void>
}

/**
 * Sessions in the store, so that every collector on it knows them, also after a restart. It keeps a hash of each token:
 * who reads the database can't sign in with what stands there. The token names its project, which it is found by.
 *
 * @param now milliseconds since 1970
 */
export function createSessions(store: Store, now: () => number): Sessions {
  return {
    async open({ keyId, projectId }) {
      const token = `${Buffer.from(projectId).toString('base64url')}.${nanoid(32)}`
      await store.deleteSessions(projectId, { expiredMs: now() })
      await store.addSession({ projectId, hash: hashOf(token), keyId, expiresMs: now() + sessionMs })
      return token
    },
    async find(token) {
      const projectId = projectOf(token)
      if (projectId === null) return null
      const found = await store.findSession(projectId, hashOf(token))
      return found && found.expiresMs > now() ? { keyId: found.keyId, projectId } : null
    },
    async close(token) {
      const projectId = projectOf(token)
      if (projectId !== null) await store.deleteSessions(projectId, { hash: hashOf(token) })
    },
    closeAll: ({ keyId, projectId }) => store.deleteSessions(projectId, { keyId }),
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Longest token that is looked up; a project's id is 512 bytes at most. */
const maxTokenLength = 1_000

/** The project that a token names; `null` for what no collector has made. */
function projectOf(token: string): string | null {
  const [, encoded] = /^([\w-]*)\.[\w-]{32}$/.exec(token.slice(0, maxTokenLength)) ?? []
  if (encoded === undefined) return null
  const projectId = Buffer.from(encoded, 'base64url').toString('utf8')
  // Anybody may write a cookie: bytes that are no text, or that a database refuses, name no project.
  return Buffer.from(projectId).toString('base64url') === encoded && !projectId.includes('\0') ? projectId : null
}

export type Tickets = {
  /** @returns a ticket that opens this session once, within a minute, or as long as is said (milliseconds) */
  create(admission: Admission, lifeMs?: number): string
  /** `null` when the ticket is unknown, used or expired. */
  redeem(ticket: string): Promise<Session | null>
}

/** Tickets of this process, in memory: what it prints at its start is for itself. */
export function createTickets(now: () => number): Tickets {
  const entries = new Map<string, { admission: Admission; expiresAt: number }>()

  return {
    create(admission, lifeMs = ticketMs) {
      for (const [ticket, { expiresAt }] of entries) if (expiresAt <= now()) entries.delete(ticket)
      const ticket = nanoid(32)
      entries.set(ticket, { admission, expiresAt: now() + lifeMs })
      return ticket
    },
    async redeem(ticket) {
      const entry = entries.get(ticket)
      entries.delete(ticket)
      if (!entry || entry.expiresAt <= now()) return null
      return typeof entry.admission === 'function' ? entry.admission() : entry.admission
    },
  }
}
