import type { ISql, Sql } from './sql.ts'

/**
 * Runs statements as one transaction: committed when `work` resolves, rolled back when it rejects.
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
    // Where no rollback is possible, the connection has gone, and the transaction with it.
    await connection`rollback`.catch(() => {})
    connection.release(error)
    throw error
  }
}
