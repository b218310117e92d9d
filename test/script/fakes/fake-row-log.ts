import type { LogRow, NewRow } from '../../../src/script/conversation/rows.ts'
import type { RowLog } from '../../../src/script/store/row-log.ts'
import type { FakeClock } from './fake-clock.ts'
import type { FakeDocument } from './fake-document.ts'

/** What a browser may do to its IndexedDB. */
export interface StorageFaults {
  /** `denied`: it doesn't open; `full`: it opens, and no write succeeds; `broken`: no read does either. */
  state: 'ok' | 'denied' | 'full' | 'broken'
  /** So many writes fail next, as where the disk is full for a moment. */
  failingWrites: number
  /** Another page holds a transaction, or the browser hangs: it opens, and answers only once this is `false` again. */
  silent: boolean
  /** Milliseconds that opening takes. */
  openMs: number
  /** Milliseconds from a put to `oncomplete`. */
  commitMs: number
}

/** One origin's IndexedDB: shared by its tabs, outlives them all. */
export interface FakeDatabase {
  faults: StorageFaults
  /** All that is stored, oldest first. */
  rows(): LogRow[]
  /** Writes that pages asked for since the beginning. */
  writes(): number
  /** Puts a row that no page wrote. */
  plant(row: NewRow): void
  /** The visitor deletes the site's data. */
  wipe(): void
  /** The browser closes every connection: `transaction()` throws from then on (iOS, after a while in the background). */
  loseConnections(): void
  /** `Clear-Site-Data`: what is stored is gone, connections are closed, and rows are numbered from 1 again. */
  clearSiteData(): void
  open(document: FakeDocument, onClosed?: () => void): Promise<RowLog>
  /** A page deletes it: what is stored when it comes to that is gone. */
  delete(): void
  /** The browser is killed: what isn't committed yet never will be. */
  kill(): void
}

/**
 * Transactions run one after another in the order in which they were begun, as those on one object store do. A write is
 * committed in the call (`tx.commit()`), so it survives its page's end, and only a killed browser loses it. A read needs
 * its page: under way in one that lies in the back/forward cache, it lets no later transaction begin (as in WebKitGTK).
 */
export function createFakeDatabase(clock: FakeClock): FakeDatabase {
  const faults: StorageFaults = { state: 'ok', failingWrites: 0, silent: false, openMs: 5, commitMs: 2 }
  const connections = new Set<{ lose(): void; tell(): void }>()
  const stored = new Map<number, LogRow>()
  let lastSeq = 0
  let busyUntil = 0
  let writes = 0
  let running = new Set<() => void>()

  // As IndexedDB: a row that brings its key takes the place of what stands there.
  const put = (row: NewRow & { seq?: number }): number => {
    const seq = row.seq ?? lastSeq + 1
    lastSeq = Math.max(lastSeq, seq)
    stored.set(seq, { ...row, seq })
    return seq
  }

  const begin = (transaction: () => void): (() => void) => {
    busyUntil = Math.max(busyUntil, clock.elapsedMs()) + faults.commitMs
    let cancel: () => void
    const run = () => {
      running.delete(stop)
      if (faults.silent) {
        cancel = clock.after(100, run)
        running.add(stop)
      } else {
        transaction()
      }
    }
    const stop = () => cancel()
    cancel = clock.after(busyUntil - clock.elapsedMs(), run)
    running.add(stop)
    return stop
  }

  /** By conversation, then age: the order of the index. */
  const sorted = () =>
    [...stored.values()].sort((a, b) => compare(a.conversationId, b.conversationId) || compare(a.seq, b.seq))

  const lastRows = () => {
    const found: LogRow[][] = []
    for (const row of sorted().reverse()) {
      const last = found.at(-1)
      if (last?.[0]?.conversationId !== row.conversationId) found.push([row])
      else if (last.length < 2) last.push(row)
    }
    return found
  }

  const connection = (document: FakeDocument, onClosed: () => void): RowLog => {
    let closed = false
    const self = {
      lose() {
        closed = true
      },
      tell: () => document.run(onClosed),
    }
    connections.add(self)
    const underWay = new Set<() => void>()
    const request = <Result>(work: () => Result) =>
      document.promise<Result>((resolve, reject) => {
        const failure = closed || faults.state === 'broken' ? new Error('the database failed') : null
        const abort = () => {
          cancel()
          underWay.delete(abort)
          // Told in a task of its own: a page that goes doesn't come to it.
          clock.after(0, () => reject(new DOMException('The transaction was aborted.', 'AbortError')))
        }
        const cancel = begin(() => {
          underWay.delete(abort)
          if (document.isFrozen()) busyUntil = Number.POSITIVE_INFINITY
          else if (failure) reject(failure)
          else resolve(structuredClone(work()))
        })
        underWay.add(abort)
      })
    const rowsOf = (conversationId: string) => sorted().filter((row) => row.conversationId === conversationId)

    return {
      append(rows, supersededSeqs, onSaved) {
        if (document.isGone()) return
        writes++
        const copies = structuredClone(rows) as NewRow[]
        if (closed) return onSaved(null)
        const fails = faults.state !== 'ok' || faults.failingWrites > 0
        if (faults.failingWrites) faults.failingWrites--
        begin(() => {
          const seqs = fails ? null : copies.map(put)
          if (!fails) for (const seq of supersededSeqs) stored.delete(seq)
          document.run(() => onSaved(seqs))
        })
      },
      read: async (conversationId, afterSeq, onRows) =>
        onRows(await request(() => rowsOf(conversationId).filter(({ seq }) => seq > afterSeq))),
      lastRows: () => request(lastRows),
      // It reads before it deletes, so that it can't be committed in the call: a page that ends takes it back.
      remove: (conversationId, upTo, left) =>
        request(() => {
          if (document.isGone()) return
          for (const { seq } of rowsOf(conversationId)) if (seq > 0 && seq <= upTo) stored.delete(seq)
          if (left) put(left)
        }),
      suspend() {
        for (const abort of underWay) abort()
      },
      close() {
        closed = true
        connections.delete(self)
      },
    }
  }

  return {
    faults,
    wipe: () => stored.clear(),
    rows: () => [...stored.values()],
    writes: () => writes,
    delete: () => begin(() => stored.clear()),
    plant: put,
    loseConnections() {
      for (const one of connections) one.lose()
      connections.clear()
    },
    clearSiteData() {
      stored.clear()
      lastSeq = 0
      const closed = [...connections]
      for (const one of closed) one.lose()
      connections.clear()
      for (const one of closed) one.tell()
    },
    open: (document, onClosed = () => {}) =>
      document.promise<RowLog>((resolve, reject) => {
        clock.after(faults.openMs, () => {
          if (faults.state === 'denied') reject(new Error('IndexedDB is denied'))
          else resolve(connection(document, onClosed))
        })
      }),
    kill() {
      for (const cancel of running) cancel()
      running = new Set()
    },
  }
}

const compare = <Value extends string | number>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0)
