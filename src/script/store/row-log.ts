import type { LogRow, NewRow } from '../conversation/rows.ts'
import { lastOf } from '../lists.ts'

/** Version of the stored format. A database of a newer one is left alone. */
const formatVersion = 1

/** Longest time that opening may take, in milliseconds; a blocked or broken database counts as denied. */
const openTimeoutMs = 3_000

/** Rows that are read at a time. */
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
   * Rows of a conversation after one that was read before, oldest first, of one moment. Rejects where the database fails.
   *
   * @param onRows gets some at a time, each in a task of its own: unpacked at once, a megabyte would be a long one
   */
  read(conversationId: string, afterSeq: number, onRows: (rows: LogRow[]) => void): Promise<void>
  /** The last two rows of each conversation, newest first. Rejects where the database fails. */
  lastRows(): Promise<LogRow[][]>
  /**
   * Removes a conversation's rows up to one that was read: what another tab wrote meanwhile stays.
   *
   * @param left what remains of it, in the same transaction: a page that ends meanwhile has done both or neither
   */
  remove(conversationId: string, upTo: number, left: NewRow | null): Promise<void>
  /**
   * The page goes: breaks off reading and removing, which reject. In WebKit they would stay under way while the page
   * lies in the back/forward cache, and no later page could write (measured, WebKitGTK 2.50).
   */
  suspend(): void
  close(): void
}

const rows = 'rows'
const byConversation = 'conversation'

/**
 * Opens the log.
 *
 * @param onClosed the browser has closed it by itself
 * @throws where IndexedDB is missing, denied, of a newer format, or doesn’t open in 3 seconds
 */
export function openRowLog(factory: IDBFactory, name: string, onClosed?: () => void): Promise<RowLog> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, formatVersion)
    // Before anything that a page can make throw: a database that came to be without its rows would stay so for good.
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
      // Another tab deletes or upgrades the database: in its way, this one would block it for ever.
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

  /** Transactions that need the page to go on; what is appended is committed in the call. */
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
        // Without it a crash in the same task loses the row (measured, Chromium 156), and the call takes twice as long.
        transaction.commit?.()
      } catch {
        onSaved(null) // closed under us, or a disk that fails: the caller keeps it in memory and says so
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
        } catch {} // done, and its event on its way
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
