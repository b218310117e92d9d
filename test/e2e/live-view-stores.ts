import { hasPostgres, startPostgres } from '../collector/postgres-server.ts'

/** The stores that can be had here: `npm test` installs PostgreSQL where it can, and says so where it can't. */
export const storesHere: StoreHere[] = hasPostgres ? ['SQLite', 'PostgreSQL'] : ['SQLite']

export type StoreHere = 'SQLite' | 'PostgreSQL'

/** Gives an empty database of a server of its own for as long as it is used; `undefined` for the store in memory. */
export async function databaseUrlOf(store: StoreHere, use: (url: string | undefined) => Promise<void>): Promise<void> {
  if (store === 'SQLite') return use(undefined)
  const server = await startPostgres()
  try {
    await use(await server.createDatabase())
  } finally {
    await server.remove()
  }
}
