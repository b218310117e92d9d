import type { MigrationPlan } from '../store/migration-plan.ts'
import { type Store, StoreUnavailableError } from '../store/store.ts'
import { tellingWhenFull, withEach } from '../store/store-errors.ts'
import { withoutConnection } from './errors.ts'
import { isMigrated, migrate, planMigration } from './migrations.ts'
import { connect, type Sql } from './sql.ts'
import { closeTimeoutMs, postgresStoreIn } from './store-in.ts'

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

/**
 * Opens a store in a PostgreSQL database, in its schema `chatlog`, made where it is missing. Any number of collectors
 * may have it open. A database that goes away is asked again by every later call.
 *
 * @param url `postgres://user:password@host:5432/database`
 * @param options where else it reads
 * @throws TypeError when `?max=` or `?connect_timeout=` of the URL isn't a number of them
 * @throws Error when the package `pg` isn't installed, or a newer chatlog wrote the database
 * @throws StoreUnavailableError when the database can't be reached
 */
export async function openPostgresStore(url: string, options: PostgresOptions = {}): Promise<Store> {
  const sql = await open(url)
  try {
    if (!(await isMigrated(sql))) await migratePostgres(url)
  } catch (error) {
    await sql.end({ timeoutMs: 0 })
    throw withoutConnection(error)
  }
  const reads = await open(options.readUrl ?? url, { max: options.readConnections ?? readConnections })
  return withEach(tellingWhenFull(postgresStoreIn(sql, reads), diskFullCode), inTime)
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
  const sql = await open(url, { max: 2, statementTimeoutMs: 0 })
  try {
    return await work(sql)
  } catch (error) {
    throw withoutConnection(error)
  } finally {
    await sql.end({ timeoutMs: closeTimeoutMs })
  }
}

async function open(url: string, own: { max?: number; statementTimeoutMs?: number } = {}): Promise<Sql> {
  const { searchParams } = new URL(url)
  return connect(url, {
    max: own.max ?? numberOf(searchParams, 'max') ?? maxConnections,
    connectTimeoutMs: (numberOf(searchParams, 'connect_timeout') ?? connectTimeoutSeconds) * 1_000,
    statementTimeoutMs: own.statementTimeoutMs ?? statementTimeoutMs,
  })
}

/** A number in the URL's parameters. With 0 connections every call would wait for ever. */
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
