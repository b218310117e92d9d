import { UsageError } from './command-line.ts'
import { openPostgresStore } from './postgres-store.ts'
import { openSqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

/** Where a collector keeps everything: a database's URL, else a directory. */
export type StorePlace = { databaseUrl: string | undefined; data: string }

/** Opens the store that flags and environment name. @throws UsageError when the URL isn't one of PostgreSQL */
export async function openStore({ databaseUrl, data }: StorePlace): Promise<Store> {
  if (databaseUrl === undefined) return openSqliteStore(data)
  // Never the URL itself in a message: it holds the password.
  if (!URL.canParse(databaseUrl) || !/^postgres(ql)?:$/.test(new URL(databaseUrl).protocol)) {
    throw new UsageError('--database-url or DATABASE_URL must look like postgres://user:password@host:5432/database')
  }
  return openPostgresStore(databaseUrl)
}
