import { nanoid } from 'nanoid'

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
  open(session: Session): string
  /** `null` for tokens that are unknown or have expired. */
  find(token: string): Session | null
  close(token: string): void
  /** @returns a ticket that opens this session once, within a minute, or as long as is said (milliseconds) */
  createTicket(admission: Admission, lifeMs?: number): string
  /** `null` when the ticket is unknown, used or expired. */
  redeem(ticket: string): Promise<Session | null>
}

/** Sessions of this process, in memory: after a restart everybody signs in again. */
export function createSessions(now: () => number): Sessions {
  const sessions = createExpiringMap<Session>(sessionMs, now)
  const tickets = createExpiringMap<Admission>(ticketMs, now)

  return {
    open: sessions.add,
    find: sessions.find,
    close: sessions.remove,
    createTicket: tickets.add,
    async redeem(ticket) {
      const admission = tickets.find(ticket)
      tickets.remove(ticket)
      return typeof admission === 'function' ? admission() : admission
    },
  }
}

function createExpiringMap<Value>(lifeMs: number, now: () => number) {
  const entries = new Map<string, { value: Value; expiresAt: number }>()

  return {
    add(value: Value, ownLifeMs = lifeMs): string {
      for (const [token, { expiresAt }] of entries) if (expiresAt <= now()) entries.delete(token)
      const token = nanoid(32)
      entries.set(token, { value, expiresAt: now() + ownLifeMs })
      return token
    },
    find(token: string): Value | null {
      const entry = entries.get(token)
      return entry && entry.expiresAt > now() ? entry.value : null
    },
    remove(token: string): void {
      entries.delete(token)
    },
  }
}
