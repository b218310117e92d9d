import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { createErasures, type Erasures } from '../store/erasures.ts'
import type { Store, StoredNotice } from '../store/store.ts'
import type { Sql } from './sql.ts'

const channel = 'chatlog_stored'

/**
 * How long notices are gathered before they are sent, in milliseconds. Commits that notify wait for each other in the
 * whole server, so upserts never do it themselves.
 */
const gatherMs = 100

/** UTF-8 bytes of one notice at most: PostgreSQL takes less than 8,000. */
const maxPayloadBytes = 7_900

/** Longest time that a notice to oneself may take, in milliseconds: over it, a pooler stands between. */
const probeMs = 2_000

/** How often the database is asked what is new where no notices come through, in milliseconds. */
const pollMs = 1_000

/** Conversations that one such question finds at most. */
const maxPolled = 200

/** Every how many such questions it is said that something may have been erased, which no question finds. */
const erasedEveryPolls = 5

/** `[project, conversation]`; `null` for conversations that were erased. */
type Told = [projectId: string, conversationId: string | null]

/** What one collector writes and the others are told: which collector it was, and what. */
type Payload = { from: string; stored: Told[] }

/** Tells other collectors on the database of what this one stored and erased, and listens to them. */
export type PostgresNotices = Pick<Store, 'tellStored' | 'listenStored'> & {
  /** Tells of conversations that were erased, here too. */
  tellErased(projectId: string): void
  stop(): Promise<void>
}

/** Makes the notices of one collector. */
export function createPostgresNotices(sql: Sql): PostgresNotices {
  const self = randomUUID()
  const erasures = createErasures()
  const gathered = new Map<string, Told>()
  let sending: Promise<void> | null = null
  const listening = new Set<() => Promise<void>>()

  async function send(): Promise<void> {
    await setTimeout(gatherMs, undefined, { ref: false })
    sending = null
    const payloads = payloadsOf(self, [...gathered.values()])
    gathered.clear()
    // A notice that is lost is seen at the next load of the page: nobody is kept waiting for it.
    await sql`select pg_notify(${channel}, payload) from unnest(${payloads}::text[]) as payload`.catch(() => {})
  }

  function gather(...told: Told): void {
    gathered.set(JSON.stringify(told), told)
    sending ??= send()
  }

  return {
    async tellStored(projectId, conversationId) {
      gather(projectId, conversationId)
    },
    tellErased(projectId) {
      erasures.tell(projectId)
      gather(projectId, null)
    },
    async listenStored(projectIds, listener) {
      const stop = await startListening(sql, { self, erasures, projectIds, listener })
      listening.add(stop)
      return async () => {
        listening.delete(stop)
        await stop()
      }
    },
    async stop() {
      await Promise.all([...listening].map((stop) => stop()))
      await sending
    },
  }
}

function payloadsOf(self: string, stored: Told[]): string[] {
  const payloads: string[] = []
  let part: Told[] = []
  let bytes = 0
  const close = () => {
    if (part.length > 0) payloads.push(JSON.stringify({ from: self, stored: part } satisfies Payload))
    part = []
    bytes = 0
  }
  for (const one of stored) {
    const own = Buffer.byteLength(JSON.stringify(one)) + 1
    if (bytes + own > maxPayloadBytes - 100) close()
    part.push(one)
    bytes += own
  }
  close()
  return payloads
}

type Listening = {
  self: string
  /** What this collector erases. */
  erasures: Erasures
  /** Projects that somebody watches now. */
  projectIds: () => Iterable<string>
  listener: (notice: StoredNotice) => void
}

/**
 * `LISTEN`, on a connection of its own, made anew when it is lost. A pooler that gives each transaction
 * another connection lets no notices through: then the database is asked again and again what is new.
 */
async function startListening(sql: Sql, listening: Listening): Promise<() => Promise<void>> {
  const { self, projectIds, listener } = listening
  // Before the line is there: what is erased meanwhile is told.
  const stopErasures = listening.erasures.listen((projectId) => listener({ projectId, conversationId: null }))
  try {
    const stop = await listenOnLine(sql, { self, projectIds, listener })
    return async () => {
      stopErasures()
      await stop()
    }
  } catch (error) {
    stopErasures()
    throw error
  }
}

type OnLine = Omit<Listening, 'erasures'>

async function listenOnLine(sql: Sql, { self, projectIds, listener }: OnLine): Promise<() => Promise<void>> {
  const ended = new AbortController()
  let heard = () => {}
  const probe = new Promise<boolean>((resolve) => {
    heard = () => resolve(true)
    setTimeout(probeMs, undefined, { signal: ended.signal }).then(
      () => resolve(false),
      () => resolve(true),
    )
  })
  const stop = await sql.listen(channel, (text) => {
    const payload = JSON.parse(text) as Payload
    if (payload.from === `probe ${self}`) return heard()
    if (payload.from === self) return
    const watched = new Set(projectIds())
    for (const [projectId, conversationId] of payload.stored) {
      if (watched.has(projectId)) listener({ projectId, conversationId })
    }
  })
  const payload: Payload = { from: `probe ${self}`, stored: [] }
  await sql`select pg_notify(${channel}, ${JSON.stringify(payload)})`
  void probe.then(async (isThrough) => {
    if (!isThrough) await poll(sql, { projectIds, listener, signal: ended.signal })
  })
  return async () => {
    ended.abort()
    await stop()
  }
}

/** Asks once a second which conversations were written since the last time, of the projects that somebody watches. */
async function poll(sql: Sql, { projectIds, listener, signal }: Omit<OnLine, 'self'> & { signal: AbortSignal }) {
  const seen = new Map<string, number>()
  for (let polls = 1; !signal.aborted; polls++) {
    for (const projectId of new Set(projectIds())) {
      if (polls % erasedEveryPolls === 0) listener({ projectId, conversationId: null })
      const since = seen.get(projectId)
      const rows = await sql<{ id: string; stored_ms: string }[]>`
        select id, stored_ms from chatlog.conversations
        where project_id = ${projectId} and stored_ms > ${since ?? 0}
        order by stored_ms desc limit ${since === undefined ? 1 : maxPolled}`.catch(() => [])
      if (rows[0]) seen.set(projectId, Number(rows[0].stored_ms))
      else if (since === undefined) seen.set(projectId, 0)
      if (since === undefined) continue
      for (const { id } of rows.toReversed()) listener({ projectId, conversationId: id })
    }
    await setTimeout(pollMs, undefined, { signal, ref: false }).catch(() => {})
  }
}
