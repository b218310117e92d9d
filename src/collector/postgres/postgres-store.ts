import type { Sql } from 'postgres'
import { codeOf } from '../error-code.ts'
import { startFolding } from '../store/folding.ts'
import { type Store, StoreUnavailableError } from '../store/store.ts'
import { tellingWhenFull, withEach } from '../store/store-errors.ts'
import { createPostgresAudit } from './audit.ts'
import { createPostgresConversations } from './conversations.ts'
import { createPostgresCounts } from './counts.ts'
import { createPostgresErase } from './erase.ts'
import { withoutConnection } from './errors.ts'
import { createPostgresKeys } from './keys.ts'
import { createPostgresList } from './list.ts'
import { isMigrated, type MigrationPlan, migrate, planMigration } from './migrations.ts'
import { createPostgresNotices } from './notices.ts'
import { createPostgresReactions } from './reactions.ts'
import { createPostgresShared } from './shared.ts'
import { fold } from './tallies.ts'
import { createPostgresVisitors } from './visitors.ts'

/** Connections to the database at most; `?max=` of the URL says otherwise. */
const maxConnections = 16

/** Most connections for lists, searches and counts, so that senders find theirs free however many people read. */
const readConnections = 8

/** Where a store in PostgreSQL reads. */
export type PostgresOptions = {
  /** The URL of a replica that lists, searches and counts are asked of. @defaultValue the database itself */
  readUrl?: string
  /** Connections for them, apart from those of the writers. @defaultValue 8 */
  readConnections?: number
}

/** Longest wait for a connection, in seconds; `?connect_timeout=` of the URL says otherwise. */
const connectTimeoutSeconds = 5

/** Longest time of one statement, waiting for locks included, in milliseconds. */
const statementTimeoutMs = 20_000

/**
 * Longest time that a call waits for the database, in milliseconds; after it, the network counts as swallowing packets.
 */
const answerTimeoutMs = 30_000

/** What PostgreSQL says where its disk is full. */
const diskFullCode = '53100'

/** Longest time that what is under way has after `close`, in seconds. */
const closeTimeoutSeconds = 5

/**
 * Opens a store in a PostgreSQL database, in its schema `chatlog`, made where it is missing. Any number of collectors
 * may have it open. A database that goes away is asked again by every later call.
 *
 * @param url `postgres://user:password@host:5432/database`
 * @param options where else it reads
 * @throws TypeError when `?max=` or `?connect_timeout=` of the URL isn't a number of them
 * @throws Error when the package `postgres` isn't installed, or a newer chatlog wrote the database
 * @throws StoreUnavailableError when the database can't be reached
 */
export async function openPostgresStore(url: string, options: PostgresOptions = {}): Promise<Store> {
  const sql = await connect(url)
  try {
    if (!(await isMigrated(sql))) await migratePostgres(url)
  } catch (error) {
    await sql.end({ timeout: 0 })
    throw withoutConnection(error)
  }
  const reads = await connect(options.readUrl ?? url, { max: options.readConnections ?? readConnections })
  return withEach(tellingWhenFull(postgresStoreIn(sql, reads), diskFullCode), inTime)
}

/** The store of a database that is at its newest version. `reads`: where lists, searches and counts are asked. */
export function postgresStoreIn(sql: Sql, reads: Sql): Store {
  const folding = startFolding((projectId) => fold(sql, projectId))
  const { stop: stopNotices, tellErased, ...notices } = createPostgresNotices(sql)
  const store: Store = {
    ...createPostgresConversations(sql),
    ...createPostgresList(reads),
    ...createPostgresReactions(sql, reads),
    ...createPostgresCounts(reads),
    ...createPostgresErase(sql, tellErased),
    ...createPostgresVisitors(sql, reads),
    ...createPostgresKeys(sql),
    ...createPostgresAudit(sql),
    ...createPostgresShared(sql),
    ...notices,
    async ping() {
      await sql`select 1`
    },
    async close() {
      await Promise.all([folding.stop(), stopNotices()])
      await Promise.all([sql, reads].map((pool) => pool.end({ timeout: closeTimeoutSeconds })))
    },
  }
  return folding.watch(store)
}

/**
 * Brings a database to the newest version, as opening it does too.
 *
 * @param report told how many conversations are done, after each batch
 * @throws as `openPostgresStore`
 */
export function migratePostgres(url: string, report?: (done: number) => void): Promise<void> {
  return withMigrating(url, (sql) => migrate(sql, report))
}

/** Says what `migratePostgres` would do, and changes nothing. */
export function planPostgresMigration(url: string): Promise<MigrationPlan> {
  return withMigrating(url, planMigration)
}

/** Calls `work` with two connections of its own: one of them may wait for as long as the work takes. */
async function withMigrating<Result>(url: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = await connect(url, { max: 2, statementTimeoutMs: 0 })
  try {
    return await work(sql)
  } catch (error) {
    throw withoutConnection(error)
  } finally {
    await sql.end({ timeout: closeTimeoutSeconds })
  }
}

async function connect(url: string, own: { max?: number; statementTimeoutMs?: number } = {}): Promise<Sql> {
  // Imported only here, so that a collector with SQLite needs no such package.
  const { default: postgres } = await import('postgres').catch((cause) => {
    if (codeOf(cause) !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new Error('a PostgreSQL store needs one more package: npm install postgres', { cause })
  })
  const { searchParams } = new URL(url)
  return postgres(url, {
    max: own.max ?? numberOf(searchParams, 'max') ?? maxConnections,
    connect_timeout: numberOf(searchParams, 'connect_timeout') ?? connectTimeoutSeconds,
    // A connection that the driver ends by itself, after half an hour to an hour, takes queries with it that were given
    // to it meanwhile: they fail or are never answered (postgres 3.4.9).
    max_lifetime: 0,
    // By the driver's default, the first tries after an outage would be up to 20 s apart.
    backoff: (tries: number) => Math.min(tries, 10) / 10,
    onnotice() {},
    connection: {
      application_name: 'chatlog-collector',
      statement_timeout: own.statementTimeoutMs ?? statementTimeoutMs,
      // PostgreSQL would compile a statement that looks costly, which takes longer than any page of a list may.
      jit: 'off',
    },
  })
}

/**
 * A number in the URL's parameters. Checked here, since the driver takes anything, and waits for ever with 0
 * connections.
 */
function numberOf(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === null) return undefined
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new TypeError(`?${name}= must be a whole number from 1 to 9999, got ${JSON.stringify(text)}`)
}

/** Makes a call that ends in time, and whose error says whether the database can't be used now. */
async function inTime(call: () => Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailableError()), answerTimeoutMs)
  })
  try {
    return await Promise.race([call(), overdue])
  } catch (error) {
    throw withoutConnection(error)
  } finally {
    clearTimeout(timer)
  }
}
