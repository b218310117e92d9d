import { codeOf } from '../error-code.ts'
import { migratePostgres, openPostgresStore, planPostgresMigration } from '../postgres/postgres-store.ts'
import { migrateSqlite, openSqliteStore, planSqliteMigration } from '../sqlite/sqlite-store.ts'
import { type Store, StoreUnavailableError } from '../store/store.ts'
import { UsageError } from './usage-error.ts'

/** Where a collector keeps everything: a database's URL, else a directory. */
export type StorePlace = { databaseUrl: string | undefined; data: string }

// Never the URL itself in a message: it holds the password.
const databaseSetting = '--database-url or DATABASE_URL'
const readSetting = '--read-database-url or CHATLOG_READ_DATABASE_URL'

/**
 * Opens the store that flags and environment name.
 *
 * @param readUrl a replica of the database, which answers lists, searches and counts
 * @throws UsageError when the URL isn't one of PostgreSQL
 * @throws Error naming the setting, when nothing can be kept where it says
 */
export async function openStore(place: StorePlace, readUrl?: string): Promise<Store> {
  if (readUrl !== undefined) refuseUnlessPostgres(readUrl, readSetting)
  if (readUrl !== undefined && place.databaseUrl === undefined) {
    throw new UsageError(`${readSetting} is a replica of ${databaseSetting}: give that as well`)
  }
  return inPlace(place, {
    sqlite: async (directory) => openSqliteStore(directory),
    postgres: (url) => openPostgresStore(url, readUrl === undefined ? {} : { readUrl }),
  })
}

/** Brings the data of a place to the newest version. @throws as `openStore` */
export async function migrateStore(place: StorePlace, report: (done: number) => void): Promise<void> {
  return inPlace(place, {
    sqlite: async (directory) => migrateSqlite(directory, report),
    postgres: (url) => migratePostgres(url, report),
  })
}

/** Says what `migrateStore` would do, and changes nothing. @throws as `openStore` */
export async function planStoreMigration(place: StorePlace) {
  return inPlace(place, {
    sqlite: async (directory) => planSqliteMigration(directory),
    postgres: planPostgresMigration,
  })
}

type ByKind<Result> = {
  sqlite: (directory: string) => Promise<Result>
  postgres: (url: string) => Promise<Result>
}

async function inPlace<Result>({ databaseUrl, data }: StorePlace, by: ByKind<Result>): Promise<Result> {
  if (databaseUrl === undefined) return openBy(`--data ${data}`, () => by.sqlite(data))
  refuseUnlessPostgres(databaseUrl, databaseSetting)
  return openBy(databaseSetting, () => by.postgres(databaseUrl))
}

/** @throws UsageError naming the setting, when the URL isn't one of PostgreSQL */
function refuseUnlessPostgres(url: string, setting: string): void {
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return
  throw new UsageError(`${setting} must look like postgres://user:password@host:5432/database`)
}

/** Opens a store; an error says which setting was wrong, which the database's own message doesn't. */
async function openBy<Result>(setting: string, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open()
  } catch (error) {
    throw new Error(`${setting}: ${error instanceof Error ? error.message : error}${causeOf(error)}`, { cause: error })
  }
}

/** Why a database doesn't answer. Without it, a wrong port, an unknown name and a missing network look the same. */
function causeOf(error: unknown): string {
  const code = error instanceof StoreUnavailableError ? codeOf(error.cause) : ''
  return code === '' ? '' : ` (${code})`
}
