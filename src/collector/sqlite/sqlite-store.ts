import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { codeOf } from '../error-code.ts'
import { createErasures } from '../store/erasures.ts'
import { startFolding } from '../store/folding.ts'
import type { MigrationPlan } from '../store/migration-plan.ts'
import { type Store, StoreUnavailableError } from '../store/store.ts'
import { tellingWhenFull } from '../store/store-errors.ts'
import { createSqliteAudit } from './audit.ts'
import { createSqliteConversations } from './conversations.ts'
import { createSqliteCounts } from './counts.ts'
import { makeDirectory } from './data-directory.ts'
import { createSqliteErase } from './erase.ts'
import { createSqliteKeys } from './keys.ts'
import { migrate, planMigration } from './migrations.ts'
import { createSqliteNotices } from './notices.ts'
import { createSqliteReactions } from './reactions.ts'
import { createSqliteReaders } from './readers.ts'
import { createSqliteShared } from './shared.ts'
import { createFold } from './tallies.ts'
import { createSqliteVisitors } from './visitors.ts'
import { busyTimeoutMs, writeTransaction } from './write-transaction.ts'

/**
 * Opens the embedded store, making directory and file where they are missing. One collector and any number of command
 * lines may have it open.
 *
 * @param directory where `chatlog.sqlite` lies; made readable by its owner only. `:memory:` keeps nothing.
 * @throws Error when the directory can't be made or written, or a newer chatlog wrote the file
 */
export function openSqliteStore(directory: string): Store {
  const path = join(directory, 'chatlog.sqlite')
  const fileNow = () => (directory === ':memory:' ? 'memory' : fileOf(path))
  let open = { store: sqliteStoreIn(openDatabase(directory), fileNow() === 'memory' ? null : path), file: fileNow() }

  /**
   * The store of the file that is there now. SQLite would go on writing into a file that was removed, and lose all of
   * it.
   */
  function current(): Store {
    const file = fileNow()
    if (file === open.file) return open.store
    if (file === null) throw new StoreUnavailableError({ cause: new Error(`${path} was removed`) })
    void open.store.close()
    open = { store: sqliteStoreIn(openDatabase(directory), fileNow() === 'memory' ? null : path), file }
    return open.store
  }

  const methods = Object.keys(open.store).map((name) => [
    name,
    async (...given: unknown[]) => {
      try {
        const store = name === 'close' ? open.store : current()
        return await (store as Record<string, (...given: unknown[]) => unknown>)[name]?.(...given)
      } catch (error) {
        throw unavailable(error)
      }
    },
  ])
  return Object.fromEntries(methods) as Store
}

/** What tells the file at a path from another one, and stays the same while it grows; `null` where there is none. */
function fileOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.dev} ${stat.ino}` : null
}

/** The store of an open database that is at its newest version. */
export function sqliteStoreIn(database: Database.Database, file: string | null = null): Store {
  const readers = createSqliteReaders(database, file)
  const fold = createFold(database)
  const erasures = createErasures()
  const folding = startFolding(async (projectId) => fold(projectId))
  const writeAgain = writeTransaction(database, () => {
    const row = database.prepare('pragma user_version').get() as { user_version: number }
    database.exec(`pragma user_version = ${row.user_version}`)
  })
  const store: Store = {
    ...createSqliteConversations(database, readers),
    ...createSqliteReactions(database, readers),
    ...createSqliteCounts(database, readers),
    ...createSqliteErase(database, fold, erasures.tell),
    ...createSqliteVisitors(readers),
    ...createSqliteKeys(database),
    ...createSqliteAudit(database),
    ...createSqliteShared(database),
    ...createSqliteNotices(database, erasures),
    // It writes, since a full disk can still be read: the caller wants to know whether something can be kept.
    ping: async () => writeAgain(),
    async close() {
      readers.close()
      await folding.stop()
      database.close()
    },
  }
  return tellingWhenFull(folding.watch(store), 'SQLITE_FULL')
}

// Codes of a file that can't be used now: another process writes for too long, or the disk is full, broken or
// read-only.
const awayCodes = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOMEM)/

function unavailable(error: unknown): unknown {
  return awayCodes.test(codeOf(error)) ? new StoreUnavailableError({ cause: error }) : error
}

/**
 * Opens the file, and says what is wrong where that fails: the driver's own error is only a number in a line of its
 * code.
 */
function openFile(path: string): Database.Database {
  try {
    return new Database(path, { timeout: busyTimeoutMs })
  } catch (cause) {
    throw new Error(`${path} can't be opened or made`, { cause })
  }
}

/**
 * Brings a directory's data to the newest version, as opening it does too.
 *
 * @param report told how many conversations are done, after each batch
 * @throws as `openSqliteStore`
 */
export function migrateSqlite(directory: string, report: (done: number) => void): void {
  openDatabase(directory, report).close()
}

/** Says what `migrateSqlite` would do, and changes nothing. A directory that isn't there counts as one without data. */
export function planSqliteMigration(directory: string): MigrationPlan {
  const path = join(directory, 'chatlog.sqlite')
  const database = existsSync(path) ? openFile(path) : new Database(':memory:')
  try {
    return planMigration(database)
  } finally {
    database.close()
  }
}

/** The database behind a store, at its newest version. @see openSqliteStore */
export function openDatabase(directory: string, report?: (done: number) => void): Database.Database {
  if (directory !== ':memory:') makeDirectory(directory)
  const path = directory === ':memory:' ? directory : join(directory, 'chatlog.sqlite')
  const database = openFile(path)
  // WAL lets reads go on beside the writer; FULL makes a commit survive a power cut, not only a killed process: what
  // was answered with 200 is on the disk.
  database.pragma('journal_mode = wal')
  database.pragma('synchronous = full')
  // SQLite overwrites with zeros what is erased, and doesn't only unlink it.
  database.pragma('secure_delete = on')
  migrate(database, report)
  return database
}
