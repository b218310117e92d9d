import { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Client, ClientConfig, PoolClient, QueryResult } from 'pg'
import { Sql as Template } from 'sql-template-tag'
import { codeOf } from '../error-code.ts'

/** A part of a statement, with its values. */
export type Fragment = Template

/** A row, as the driver reads it: `bigint` and `numeric` as texts, JSON parsed. */
type Row = Record<string, unknown>

/** Rows of an answer, and how many rows the statement was about, which those that return none have too. */
export type Answer<Rows extends readonly object[]> = Rows & { count: number }

/**
 * A statement with its values. It is sent when somebody awaits it, once; as a value of another statement it is a part of
 * that one.
 */
export class Statement<Rows extends readonly object[]> extends Template implements PromiseLike<Answer<Rows>> {
  /** Whether it is sent as text alone, unnamed, and may be several statements. */
  readonly isPlain: boolean
  readonly #send: Send
  #answer: Promise<Answer<Rows>> | undefined

  constructor(strings: readonly string[], values: readonly unknown[], how: { send: Send; isPlain?: boolean }) {
    super(strings, values)
    this.#send = how.send
    this.isPlain = how.isPlain ?? false
  }

  /** Sends it now, and not only when somebody awaits it. */
  execute(): Promise<Answer<Rows>> {
    this.#answer ??= this.#send<Rows>(this)
    return this.#answer
  }

  // biome-ignore lint/suspicious/noThenProperty: to be awaited is what a statement is for
  then<Resolved = Answer<Rows>, Rejected = never>(
    resolve?: ((answer: Answer<Rows>) => Resolved | PromiseLike<Resolved>) | null,
    reject?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Resolved | Rejected> {
    return this.execute().then(resolve, reject)
  }

  catch<Rejected>(reject: (reason: unknown) => Rejected): Promise<Answer<Rows> | Rejected> {
    return this.execute().catch(reject)
  }
}

/** Makes statements: of a template, whose values the database gets apart from its text. */
export type ISql = {
  <Rows extends readonly object[] = Row[]>(strings: TemplateStringsArray, ...values: unknown[]): Statement<Rows>
  /** Text as it is, never one from outside: a part of a statement, or whole statements, which may be several. */
  unsafe<Rows extends readonly object[] = Row[]>(text: string): Statement<Rows>
}

/** A connection that nobody else has. */
export type Reserved = ISql & {
  /** Gives it back; closed, where its transaction is still open. @param error what failed on it, which may close it too */
  release(error?: unknown): void
}

/** Connections to a database. Each statement is sent on whichever is free. */
export type Sql = ISql & {
  reserve(): Promise<Reserved>
  /**
   * Hears what is sent to a channel, on a connection of its own, which is made anew when it is lost.
   *
   * @returns a function that ends it
   */
  listen(channel: string, hear: (text: string) => void): Promise<() => Promise<void>>
  /** Ends all connections: those that somebody has once they are given back, or the time is over. */
  end(options?: { timeoutMs?: number }): Promise<void>
}

/** How a pool of connections is made. */
export type SqlOptions = {
  /** Most connections. */
  max: number
  /** Longest time of one statement, waiting for locks included, in milliseconds; 0: no limit. */
  statementTimeoutMs: number
  /** Longest time until a connection is there, in milliseconds. */
  connectTimeoutMs: number
  /** Told of the text of each statement that is sent. */
  onStatement?: (text: string) => void
}

// Codes that say that the server ends, or that the connection is gone. https://www.postgresql.org/docs/current/errcodes-appendix.html
const lostCodes = /^(08\w{3}|25P03|57P0[1-5]|CONNECTION_CLOSED|E(CONN|HOST|NET|PIPE|TIMEDOUT)\w*)$/

/** Whether an error says that a connection to the database has gone, and nothing else. */
export const isConnectionLost = (error: unknown): boolean => lostCodes.test(codeOf(error))

/** A migration has changed the type of a column that a planned statement reads: it has to be planned anew. */
const changedUnderneath = '0A000'

/** What a connection says of itself while it has no transaction. */
const idleStatus = 'I'

/** What the driver says, without a code, where a connection has gone, doesn't answer, or nobody may have one any more. */
const goneMessages =
  /^(Connection terminated|Client (has encountered|was closed)|timeout e|Query read timeout|Cannot use a)/

/** How much longer than a statement's longest time the network may take, in milliseconds. */
const networkMs = 10_000

/** Time between two tries to hear a channel again, in milliseconds. */
const listenAgainMs = 500

/** The name of each statement by its text: the database plans a statement of a name once for a connection. */
const names = new Map<string, string>()

function nameOf(text: string): string {
  let name = names.get(text)
  if (name === undefined) {
    name = `chatlog_${names.size}`
    names.set(text, name)
  }
  return name
}

/**
 * Connections to a PostgreSQL database, made when they are needed.
 *
 * @param url `postgres://user:password@host:5432/database`; with `?prepare=false` no statement has a name, for poolers that
 *   know none
 * @throws Error when the package `pg` isn't installed
 */
export async function connect(url: string, options: SqlOptions): Promise<Sql> {
  const { default: pg } = await import('pg').catch((cause) => {
    if (codeOf(cause) !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new Error('a PostgreSQL store needs one more package: npm install pg', { cause })
  })
  const sockets = new Set<Socket>()
  class OwnClient extends pg.Client {
    constructor() {
      super(configOf(url, options, sockets))
    }
  }
  // The limit of the time to connect is the client's: the pool's would count the time that a statement waits for a
  // connection to be free.
  const pool = new pg.Pool({ Client: OwnClient, max: options.max, idleTimeoutMillis: 0 })
  // A connection that is lost fails what was asked on it. Without a listener it would end the process too.
  pool.on('error', () => {})
  pool.on('connect', (client: PoolClient) => client.on('error', () => {}))
  const isPrepared = new URL(url).searchParams.get('prepare') !== 'false'
  const send = sender({ isPrepared, onStatement: options.onStatement })
  const stops = new Set<() => Promise<void>>()
  let ended: Promise<unknown> | undefined

  async function sendOnAny<Rows extends readonly object[]>(statement: Statement<Rows>): Promise<Answer<Rows>> {
    const client = await pool.connect().catch(rethrow)
    let failure: unknown
    try {
      return await send<Rows>(client, statement)
    } catch (error) {
      failure = error
      throw error
    } finally {
      client.release(isUnusable(failure))
    }
  }

  return Object.assign(
    statements(async (statement) => {
      // Every connection may have planned it before.
      for (let tries = 0; ; tries++) {
        try {
          return await sendOnAny(statement)
        } catch (error) {
          if (codeOf(error) !== changedUnderneath || tries === options.max) throw error
        }
      }
    }),
    {
      async reserve() {
        const client = await pool.connect().catch(rethrow)
        const own = statements((statement) => send(client, statement))
        const release = (error?: unknown) =>
          client.release(isUnusable(error) || client.getTransactionStatus() !== idleStatus)
        return Object.assign(own, { release })
      },
      async listen(channel: string, hear: (text: string) => void) {
        const stop = await listen(() => new OwnClient(), { channel, hear })
        stops.add(stop)
        return async () => {
          stops.delete(stop)
          await stop()
        }
      },
      async end({ timeoutMs }: { timeoutMs?: number } = {}) {
        ended ??= Promise.all([pool.end(), ...[...stops].map((stop) => stop())])
        if (timeoutMs === undefined) return void (await ended)
        const isInTime = new AbortController()
        void ended.then(() => isInTime.abort())
        await setTimeout(timeoutMs, undefined, { signal: isInTime.signal }).catch(() => {})
        for (const socket of sockets) socket.destroy()
      },
    },
  )
}

/** Whether nobody may have a connection any more after an error. */
const isUnusable = (error: unknown): boolean => isConnectionLost(error) || codeOf(error) === changedUnderneath

function configOf(url: string, options: SqlOptions, sockets: Set<Socket>): ClientConfig {
  const given = new URL(url)
  // PostgreSQL would compile a statement that looks costly, which takes longer than any page of a list may.
  given.searchParams.set('options', [given.searchParams.get('options'), '-c jit=off'].filter(Boolean).join(' '))
  // `?sslmode=` means what it means to PostgreSQL's own programs.
  if (given.searchParams.has('sslmode')) given.searchParams.set('uselibpqcompat', 'true')
  return {
    connectionString: given.href,
    application_name: 'chatlog-collector',
    statement_timeout: options.statementTimeoutMs,
    // A network that swallows packets.
    ...(options.statementTimeoutMs > 0 ? { query_timeout: options.statementTimeoutMs + networkMs } : {}),
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    // The statements of a transaction travel together.
    pipeline: true,
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
  }
}

type Send = <Rows extends readonly object[]>(statement: Statement<Rows>) => Promise<Answer<Rows>>

/** Makes statements that are sent by `send`. */
function statements(send: Send): ISql {
  const sql = <Rows extends readonly object[] = Row[]>(strings: TemplateStringsArray, ...values: unknown[]) =>
    new Statement<Rows>(strings, values, { send })
  return Object.assign(sql, {
    unsafe: <Rows extends readonly object[] = Row[]>(text: string) =>
      new Statement<Rows>([text], [], { send, isPlain: true }),
  })
}

/** Sends a statement on a connection. @throws TypeError when a value is missing, which the database would take for null */
function sender({ isPrepared, onStatement }: { isPrepared: boolean; onStatement: SqlOptions['onStatement'] }) {
  return async <Rows extends readonly object[]>(
    client: PoolClient,
    statement: Statement<Rows>,
  ): Promise<Answer<Rows>> => {
    const { text, values, isPlain } = statement
    onStatement?.(text)
    if (values.includes(undefined)) throw new TypeError(`a value is missing in the statement ${text}`)
    const name = isPrepared && !isPlain ? nameOf(text) : undefined
    const result: QueryResult = await client
      .query({ text, values, ...(name === undefined ? {} : { name }) })
      .catch(rethrow)
    return Object.defineProperty(result.rows ?? [], 'count', { value: result.rowCount ?? 0 }) as unknown as Answer<Rows>
  }
}

async function listen(
  newClient: () => Client,
  { channel, hear }: { channel: string; hear: (text: string) => void },
): Promise<() => Promise<void>> {
  const over = new AbortController()
  let client: Client | undefined

  async function begin(): Promise<void> {
    const next = newClient()
    next.on('error', () => {})
    next.on('notification', ({ payload = '' }) => hear(payload))
    try {
      await next.connect()
      await next.query(`listen ${channel}`)
    } catch (error) {
      await next.end().catch(() => {})
      rethrow(error)
    }
    client = next
    next.once('end', () => void beginAgain())
    if (over.signal.aborted) await next.end()
  }

  async function beginAgain(): Promise<void> {
    let isThere = false
    while (!isThere) {
      await setTimeout(listenAgainMs, undefined, { signal: over.signal, ref: false }).catch(() => {})
      if (over.signal.aborted) return
      isThere = await begin().then(
        () => true,
        () => false,
      )
    }
  }

  await begin()
  return async () => {
    over.abort()
    await client?.end()
  }
}

/** Throws the driver's error; with a code where it only says in words that the connection has gone. */
function rethrow(error: unknown): never {
  if (error instanceof Error && codeOf(error) === '' && goneMessages.test(error.message)) {
    throw Object.assign(new Error(error.message, { cause: error }), { code: 'CONNECTION_CLOSED' })
  }
  throw error
}
