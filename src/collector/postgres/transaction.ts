import type { ISql, Sql } from 'postgres'
import { codeOf } from '../error-code.ts'

// Codes that say that the server ends, or that the connection is gone: the driver has closed it, or is about to.
const lostCodes = /^(08\w{3}|25P03|57P0[1-5]|CONNECT(ION)?_\w+|E(CONN|HOST|NET|PIPE|TIMEDOUT)\w*)$/

/** Whether an error says that a connection to the database has gone, and nothing else. */
export const isConnectionLost = (error: unknown): boolean => lostCodes.test(codeOf(error))

/**
 * Runs statements as one transaction: committed when `work` resolves, rolled back when it rejects.
 *
 * In place of the driver's own `sql.begin` (postgres 3.4.9), which sends a rollback down a connection that has just
 * closed, and so ends the whole process with an exception that nobody can catch whenever the database restarts.
 *
 * @param mode what follows `begin`, as `isolation level repeatable read read only`
 */
export async function transact<Result>(
  sql: Sql,
  work: (transaction: ISql) => Promise<Result>,
  mode = '',
): Promise<Result> {
  const connection = await sql.reserve()
  try {
    // `begin` isn't awaited by itself: it travels with the first statements, which fail when it does.
    const begun = connection.unsafe(`begin ${mode}`).execute()
    begun.catch(() => {})
    const result = await work(connection)
    await begun
    await connection`commit`
    connection.release()
    return result
  } catch (error) {
    // The driver reopens a lost connection by itself. Released, it would go to the next caller as if it were open.
    if (!isConnectionLost(error)) await connection`rollback`.then(connection.release, () => {})
    throw error
  }
}
