import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { vi } from 'vitest'
import type { LogRow, NewRow } from '../../src/script/conversation/rows.ts'
import { openRowLog, type RowLog } from '../../src/script/store/row-log.ts'

/** The smallest row. */
export const smallRow = (conversationId: string, tabId = 'tab'): NewRow => ({
  ...{ kind: 'ended', conversationId, tabId, suffix: '~1', continues: conversationId, endedAt: 1 },
})

/** @returns the numbers of the rows that were saved; `null` where they couldn't be */
export const appended = (log: RowLog, rows: NewRow[], superseded: number[] = []) =>
  new Promise<number[] | null>((resolve) => log.append(rows, superseded, resolve))

/** All rows of a conversation after one. */
export async function rowsOf(log: RowLog, conversationId: string, afterSeq = 0): Promise<LogRow[]> {
  const found: LogRow[] = []
  await log.read(conversationId, afterSeq, (rows) => void found.push(...rows))
  return found
}

/** An IndexedDB of its own, until `vi.unstubAllGlobals()`. */
export function newIndexedDb(): IDBFactory {
  vi.stubGlobal('IDBKeyRange', IDBKeyRange)
  return new IDBFactory()
}

/** A log in an IndexedDB of its own, and the transactions that it begins. */
export async function openLog() {
  const factory = newIndexedDb()
  const databases: IDBDatabase[] = []
  const transactions: IDBTransaction[] = []
  const watched = {
    open(name: string, version: number) {
      const request = factory.open(name, version)
      request.addEventListener('success', () => {
        const database = request.result
        const begin = database.transaction.bind(database)
        database.transaction = (...given) => {
          const transaction = begin(...given)
          transactions.push(transaction)
          return transaction
        }
        databases.push(database)
      })
      return request
    },
  }
  const log = await openRowLog(watched as IDBFactory, 'chatlog')
  return { factory, log, transactions, database: databases[0] as IDBDatabase }
}
