import { join } from 'node:path'
import Database from 'libsql'

/**
 * Takes a data directory for this process, for as long as it lives: the system frees it, however the process ends.
 * Commands beside a collector (`keys`, `forget`) don't take it.
 *
 * @returns a function that gives it up again
 * @throws Error when another collector has it: each of two would believe that nobody else writes
 */
export function takeDirectory(directory: string): () => void {
  if (directory === ':memory:') return () => {}
  const database = new Database(join(directory, 'chatlog.lock'), { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (cause) {
    database.close()
    throw new Error('another collector runs on this directory: end it first, or give this one its own', { cause })
  }
  return () => void database.close()
}
