import { codeOf } from '../error-code.ts'
import { StoreUnavailableError } from '../store/store.ts'

/** How often one transaction is tried that another one is in the way of. */
const maxTries = 5

// https://www.postgresql.org/docs/current/errcodes-appendix.html: classes 08 (connection), 53 (no room, too many
// connections), 57P (shut down, starting), 58 (disk); a server that only reads (a standby after a failover); a
// statement or a transaction over its time (57014, 25P03, and 25P02 of what follows it). CONNECTION_CLOSED is what
// `sql.ts` says, the others are the network's.
const awayCodes =
  /^(08\w{3}|25P0[1-4]|53\w{3}|57P0[1-5]|58\w{3}|25006|57014|55P03|CONNECTION_CLOSED|E(CONN|HOST|NET|PIPE|TIMEDOUT|AI_)\w*|ENOTFOUND|ENOENT)$/
// A deadlock, a serialization failure: PostgreSQL has undone the transaction and asks to run it again. 0A000: a migration has
// changed the type of a column under a planned statement.
const againCodes = /^(0A000|40(001|P01))$/

/** Somebody has erased the row that a transaction had found: the transaction has to run again. */
export class GoneUnderneathError extends Error {
  override name = 'GoneUnderneathError'
}

/** Runs a transaction, again when another one was in its way; it must be harmless to run it twice. */
export async function again<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction()
    } catch (error) {
      const isInTheWay = error instanceof GoneUnderneathError || againCodes.test(codeOf(error))
      if (!isInTheWay || tries === maxTries) throw error
    }
  }
}

/** The error; where it says that the database can't be used now, a StoreUnavailableError in its place. */
export function withoutConnection(error: unknown): unknown {
  return awayCodes.test(codeOf(error)) ? new StoreUnavailableError({ cause: error }) : error
}
