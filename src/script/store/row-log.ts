import type { LogRow, NewRow } from '../conversation/rows.ts'
import { lastOf } from '../lists.ts'

/** Version of the stored format. A script that finds a newer one leaves the database alone. */
const formatVersion = 1

/** Longest time that opening may take, in milliseconds; a blocked or broken database counts as denied. */
const openTimeoutMs = 3_000

/** How many rows are read at a time. */
const rowsAPage = 64

/**
 * The local conversation store: an append log, read by conversation. Rows are put and committed in the call, so that
 * they survive a crash of the page in the same task.
 */
export interface RowLog {
  /**
   * Adds rows and removes those they supersede, in one transaction.
   *
   * @param onSaved gets the new rows' `seq`, or `null` where they couldn't be saved
   */
  append(rows: readonly NewRow[], supersededSeqs: readonly number[], onSaved: (seqs: number[] | null) => void): void
  /**
   * Reads rows of a conversation after one that was read before, oldest first, in one transaction. Rejects where the
   * database fails.
   *
   * @param onRows gets 64 rows at a time, each time in a task of its own: a megabyte in one task would block the page
   */
  read(conversationId: string, afterSeq: number, onRows: (rows: LogRow[]) => void): Promise<void>
  /** The last two rows of each conversation, newest first. Rejects where the database fails. */
  lastRows(): Promise<LogRow[][]>
  /**
   * Removes a conversation's rows up to one that was read: rows that another tab has written since stay.
   *
   * @param left the row that remains of it, put in the same transaction: a page that ends meanwhile has done both or
   *   neither
   */
  remove(conversationId: string, upTo: number, left: NewRow | null): Promise<void>
  /**
   * The page goes: aborts reading and removing, which reject. In WebKit those transactions would stay open while the
   * page lies in the back/forward cache, and no later page could write (measured, WebKitGTK 2.50).
   */
  suspend(): void
  close(): void
}

const rows = 'rows'
const byConversation = 'conversation'

/**
 * Opens the log.
 *
 * @param onClosed called when the browser has closed the database by itself
 * @throws where IndexedDB is missing, denied, of a newer format, or doesn’t open in 3 seconds
 */
export function openRowLog(factory: IDBFactory, name: string, onClosed?: () => void): Promise<RowLog> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, formatVersion)
    // Set before anything that a page can make throw: a database made without its object store would stay without it.
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(rows, { keyPath: 'seq', autoIncrement: true })
      store.createIndex(byConversation, ['conversationId', 'seq'])
    }
    const timer = setTimeout(() => reject(new Error('IndexedDB did not open')), openTimeoutMs)
    request.onerror = () => {
      clearTimeout(timer)
      reject(request.error)
    }
    request.onsuccess = () => {
      clearTimeout(timer)
      const database = request.result
      // Another tab deletes or upgrades the database: while this connection is open, that tab waits for ever.
      database.onversionchange = () => database.close()
      database.onclose = () => onClosed?.()
      resolve(rowLogOf(database))
    }
  })
}

const result = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const rangeOf = (conversationId: string, afterSeq: number, upTo = Number.POSITIVE_INFINITY) =>
  IDBKeyRange.bound([conversationId, afterSeq], [conversationId, upTo], true)

function rowLogOf(database: IDBDatabase): RowLog {
  // Relaxed durability survives a crash of the renderer and a killed browser alike (measured, Chromium 156), and
  // doesn't wait for the disk.
  const write = () => database.transaction(rows, 'readwrite', { durability: 'relaxed' })

  /** Transactions that the page has to drive to their end; appending isn't among them, as it commits in the call. */
  const underWay = new Set<IDBTransaction>()
  const storeIn = (transaction: IDBTransaction) => {
    underWay.add(transaction)
    transaction.oncomplete = transaction.onabort = () => underWay.delete(transaction)
    return transaction.objectStore(rows)
  }
  const index = () => storeIn(database.transaction(rows)).index(byConversation)

  return {
    append(newRows, supersededSeqs, onSaved) {
      try {
        const transaction = write()
        const store = transaction.objectStore(rows)
        const puts = newRows.map((row) => store.put(row))
        for (const seq of supersededSeqs) store.delete(seq)
        transaction.oncomplete = () => onSaved(puts.map((put) => put.result as number))
        transaction.onabort = () => onSaved(null)
        // Without `commit` a crash in the same task loses the row (measured, Chromium 156), and the call takes twice as
        // long.
        transaction.commit?.()
      } catch {
        onSaved(null) // the browser closed the database, or the disk fails: the caller keeps the rows, and says so
      }
    },
    read: (conversationId, afterSeq, onRows) =>
      new Promise((resolve, reject) => {
        const source = index()
        const readAfter = (seq: number) => {
          const request = source.getAll(rangeOf(conversationId, seq), rowsAPage)
          request.onerror = () => reject(request.error)
          request.onsuccess = () => {
            const page = request.result as LogRow[]
            if (page.length === rowsAPage) readAfter((lastOf(page) as LogRow).seq)
            onRows(page)
            if (page.length < rowsAPage) resolve()
          }
        }
        readAfter(afterSeq)
      }),
    lastRows: async () => readLastRows(index()),
    async remove(conversationId, upTo, left) {
      const store = storeIn(write())
      const range = rangeOf(conversationId, 0, upTo)
      for (const key of await result(store.index(byConversation).getAllKeys(range))) store.delete(key)
      if (left) store.put(left)
    },
    suspend() {
      for (const transaction of underWay) {
        try {
          transaction.abort()
        } catch {} // the transaction is done, and only its event is still to come
      }
    },
    close: () => database.close(),
  }
}

/** Walks backwards and jumps from conversation to conversation, so that no more than two rows of each are read. */
function readLastRows(index: IDBIndex): Promise<LogRow[][]> {
  return new Promise((resolve, reject) => {
    const found: LogRow[][] = []
    const request = index.openCursor(null, 'prev')
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      const cursor = request.result
      if (!cursor) return resolve(found)
      const row = cursor.value as LogRow
      const last = lastOf(found)
      if (last?.[0]?.conversationId === row.conversationId) {
        last.push(row)
        cursor.continue([row.conversationId])
      } else {
        found.push([row])
        cursor.continue()
      }
    }
  })
}
