import type Database from 'libsql'

/** Longest wait for another process that is writing (`keys add` beside a running collector), in milliseconds. */
export const busyTimeoutMs = 5_000

/**
 * Makes a function whose statements are one transaction, which holds the write lock from its beginning.
 *
 * In place of the driver's own (libsql 0.5.29): SQLite itself rolls back where the disk is full, and the driver's
 * rollback after that fails with "cannot rollback", which hides why.
 */
export function writeTransaction<Given extends unknown[], Result>(
  database: Database.Database,
  work: (...given: Given) => Result,
): (...given: Given) => Result {
  return (...given) => {
    database.exec('begin immediate')
    try {
      const result = work(...given)
      database.exec('commit')
      return result
    } catch (error) {
      rollBack(database)
      throw error
    }
  }
}

function rollBack(database: Database.Database): void {
  try {
    if (database.inTransaction) database.exec('rollback')
  } catch {
    // SQLite has ended the transaction by itself. The caller throws the error that made it do so.
  }
}
