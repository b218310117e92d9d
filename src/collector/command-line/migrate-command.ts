import type { CommandValues } from './command-values.ts'
import { migrateStore, planStoreMigration } from './open-store.ts'
import { storePlace } from './settings.ts'
import { UsageError } from './usage-error.ts'

/** Conversations between two lines of progress. */
const reportEvery = 10_000

/**
 * `migrate [--dry-run]`: brings the data to this version's form. Collectors may go on meanwhile. Ended in the middle,
 * it loses nothing, and the next start goes on.
 */
export async function runMigrateCommand([operand]: string[], values: CommandValues): Promise<void> {
  if (operand !== undefined) throw new UsageError(`migrate: unexpected ${JSON.stringify(operand)}`)
  const place = storePlace(values)
  const { version, newest, conversations } = await planStoreMigration(place)
  if (version > newest) {
    throw new Error(`the data is of version ${version}, this collector knows ${newest}: update chatlog`)
  }
  const isCurrent = version === newest && conversations === 0
  console.log(
    isCurrent
      ? `The data is of version ${version}: nothing to do.`
      : `From version ${version} to ${newest}: ${conversations} conversations to fill.`,
  )
  if (values['dry-run']) return
  let told = 0
  await migrateStore(place, (done) => {
    if (done - told < reportEvery) return
    told = done
    console.log(`${done} of ${conversations}`)
  })
  if (!isCurrent) console.log('Done.')
}
