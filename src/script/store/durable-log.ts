import type { LogRow, NewRow } from '../conversation/rows.ts'
import { createHappening } from '../happening.ts'
import type { Platform } from '../platform.ts'
import { createJournal, deleteStored } from './journal.ts'
import type { RowLog } from './row-log.ts'

/** Longest time that the database may take to answer, in milliseconds; after it, the page goes on from memory. */
const answerMs = 5_000

/** Longest wait before a store that keeps failing is opened again, in milliseconds. */
const maxRetryMs = 300_000

/**
 * The row log, opened when first needed and again where it fails, with a journal for what isn't saved: while the log is
 * being opened, while it fails, and when the page goes.
 */
export interface DurableLog {
  /** Saves rows, at once where the log is open. `onSaved` gets their `seq`, once they have been saved. */
  append(rows: readonly NewRow[], supersededSeqs: readonly number[], onSaved: (seqs: number[]) => void): void
  /** Rows of a conversation after one that was read before, some at a time. @returns whether the log has answered */
  read(conversationId: string, afterSeq: number, onRows: (rows: LogRow[]) => void): Promise<boolean>
  /** Rows of a conversation that wait to be saved, earlier pages' too; as they have no number yet, with `seq` 0. */
  waiting(conversationId: string): LogRow[]
  /** The last two rows of each stored conversation, newest first. */
  lastRows(): Promise<LogRow[][]>
  /** Removes a conversation's rows up to one that was read, and puts what is left of it, if anything. */
  remove(conversationId: string, upTo: number, left: NewRow | null): Promise<void>
  /** Saves nothing of this conversation that waits to be saved. */
  dropWaiting(conversationId: string): void
  /**
   * The server holds everything of a conversation: where the log has never opened, forgets the rows that wait to be saved,
   * and so what the journal says. No later page could know whether they were delivered.
   */
  forget(conversationId: string): void
  /** The page goes: writes what isn't saved yet where a synchronous call can, and breaks off reading. */
  suspend(): void
  /** `false` while the browser denies, fills, loses or doesn't answer for the store. */
  isDurable(): boolean
  /** Deletes the store and every journal; nothing can be saved after it. */
  clear(): void
  close(): void
  /** It has turned out that nothing can be stored for now. Told once. */
  onMemoryOnly(listener: (cause: unknown) => void): () => void
  /** The log was opened again: what was stored may be gone, and numbers may begin anew. */
  onReopened(listener: () => void): () => void
}

/** Rows that are saved together. */
export interface Batch {
  rows: readonly NewRow[]
  supersededSeqs: readonly number[]
  onSaved: (seqs: number[]) => void
  /** The log has been given it, and hasn't said yet what became of it. */
  isPut: boolean
}

/**
 * The store of one instance.
 *
 * @param wireIdOf the id on the wire of a conversation, for what continues it
 */
export function openDurableLog(
  platform: Platform,
  name: string,
  tabId: string,
  wireIdOf: (conversationId: string) => string,
): DurableLog {
  const journal = createJournal(platform, name, tabId, wireIdOf)
  const memoryOnly = createHappening<[cause: unknown]>()
  const reopened = createHappening()
  const unsaved = new Set<Batch>()
  let log: RowLog | null = null
  let opening: Promise<RowLog | null> | null = null
  let cancelRetry: (() => void) | null = null
  let cancelWatch: (() => void) | null = null
  let failures = 0
  let everOpened = false
  let durable = true
  let silent = false
  let told = false
  let ended = false
  let suspensions = 0

  const loseTrust = (cause: unknown) => {
    durable = false
    if (!told) memoryOnly.tell(cause)
    told = true
    journal.write(unsaved)
  }

  const fallSilent = () => {
    cancelWatch = null
    silent = true
    loseTrust(new Error('IndexedDB does not answer'))
  }

  const putAll = () => {
    if (log && !cancelRetry && !silent) for (const batch of unsaved) if (!batch.isPut) put(batch, log)
  }

  /** The log has answered. */
  const trust = () => {
    cancelWatch?.()
    cancelWatch = null
    if (silent) {
      silent = false
      putAll()
    }
    if (unsaved.size) {
      if (log && !cancelRetry) watch()
    } else if (!ended) {
      durable = true
      failures = 0
      journal.remove()
    }
  }

  const watch = () => {
    cancelWatch ??= platform.setTimer(fallSilent, answerMs)
  }

  const put = (batch: Batch, opened: RowLog) => {
    batch.isPut = true
    watch()
    opened.append(batch.rows, batch.supersededSeqs, (seqs) => {
      if (!seqs) return fail(opened, 'a write failed')
      // Put once more meanwhile, after a failure: it is saved twice, and told once.
      const isNews = unsaved.delete(batch)
      trust()
      if (isNews) batch.onSaved(seqs)
    })
  }

  const reopen = () => {
    cancelRetry = opening = null
    log?.close()
    log = null
    if (!ended) void open()
  }

  /** A browser closes connections by itself: the log is opened again at once, and then ever more rarely. */
  const fail = (failed: RowLog | null, cause: unknown) => {
    if (ended || failed !== log || cancelRetry) return
    cancelWatch?.()
    cancelWatch = null
    silent = false
    // Numbers of another database may come: none of its rows may be taken for one of these.
    for (const batch of unsaved) Object.assign(batch, { isPut: false, supersededSeqs: [] })
    durable = false
    if (failures++) {
      loseTrust(cause)
      cancelRetry = platform.setTimer(reopen, Math.min(500 * 2 ** failures, maxRetryMs))
    } else {
      journal.write(unsaved)
      reopen()
    }
  }

  const adopt = () => journal.takeOver((rows, onSaved) => append(rows, [], onSaved), unsaved)

  const open = (): Promise<RowLog | null> => {
    opening ??= platform
      .openRowLog(name, () => fail(log, 'the browser closed it'))
      .then(
        (opened) => {
          adopt()
          log = opened
          everOpened = true
          putAll()
          if (failures) {
            if (!unsaved.size) trust()
            reopened.tell()
          }
          return opened
        },
        (cause) => {
          adopt()
          fail(null, cause)
          return null
        },
      )
    return opening
  }

  /** @returns `null` where the database fails or doesn't answer */
  const attempt = async <Result>(use: (opened: RowLog) => Promise<Result>, again = true): Promise<Result | null> => {
    const opened = await open()
    if (ended || silent) return null
    const before = suspensions
    try {
      if (opened) return await inTime(use(opened))
    } catch (cause) {
      // Broken off by the page's going, from which it has come back.
      if (suspensions > before) return attempt(use)
      if (silent) return null
      fail(opened, cause)
    }
    return again ? attempt(use, false) : null
  }

  const inTime = <Result>(work: Promise<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      const before = suspensions
      const cancel = platform.setTimer(() => {
        // A page that lay in the back/forward cache couldn't hear the answer.
        if (suspensions === before) fallSilent()
        reject(silent)
      }, answerMs)
      const answered = () => {
        cancel()
        if (silent) trust()
      }
      work.then(resolve, reject).then(answered)
    })

  const append: DurableLog['append'] = (rows, supersededSeqs, onSaved) => {
    if (ended) return
    const batch: Batch = { rows, supersededSeqs, onSaved, isPut: false }
    for (const before of unsaved) if (!before.isPut && isNewer(rows, before.rows)) replace(before, batch)
    unsaved.add(batch)
    putAll()
    if (batch.isPut && durable) return
    journal.write(unsaved)
    void open()
  }

  /** Only the newest of several versions that wait is stored. */
  const replace = (before: Batch, batch: Batch) => {
    const { onSaved, rows } = batch
    const own = rows.length
    unsaved.delete(before)
    batch.rows = [...rows, ...before.rows.slice(1)]
    batch.supersededSeqs = [...batch.supersededSeqs, ...before.supersededSeqs]
    batch.onSaved = (seqs) => {
      before.onSaved([seqs[0] as number, ...seqs.slice(own)])
      onSaved(seqs.slice(0, own))
    }
  }

  const waiting = (): LogRow[] => [...unsaved].flatMap(({ rows }) => rows.map((row) => ({ ...row, seq: 0 })))

  return {
    append,
    async read(conversationId, afterSeq, onRows) {
      let late = false
      const answered = await attempt(async (opened) => {
        await opened.read(conversationId, afterSeq, (rows) => late || onRows(rows))
        return true
      })
      late = true
      return !!answered
    },
    waiting: (id) => waiting().filter(({ conversationId }) => conversationId === id),
    async lastRows() {
      const found = await attempt((opened) => {
        // What a tab left since the store was opened: forgotten with the rest, it would come back and be new.
        adopt()
        return opened.lastRows()
      })
      const newer = new Map(waiting().map((row) => [row.conversationId, [row]]))
      return [...newer.values(), ...(found ?? []).filter(([last]) => !newer.has((last as LogRow).conversationId))]
    },
    dropWaiting(conversationId) {
      for (const batch of [...unsaved]) {
        const { rows } = batch
        batch.rows = rows.filter((row) => row.conversationId !== conversationId)
        if (batch.rows.length || !rows.length) continue
        unsaved.delete(batch)
        batch.onSaved(rows.map(() => 0))
      }
    },
    remove: async (conversationId, upTo, left) => {
      await attempt((opened) => opened.remove(conversationId, upTo, left))
    },
    forget(conversationId) {
      if (everOpened) return
      for (const batch of unsaved) if (batch.rows[0]?.conversationId === conversationId) unsaved.delete(batch)
      if (unsaved.size) journal.write(unsaved)
      else journal.remove()
    },
    suspend() {
      suspensions++
      cancelWatch?.()
      cancelWatch = null
      log?.suspend()
      journal.write(unsaved)
    },
    isDurable: () => durable,
    clear() {
      durable = false
      ended = true
      unsaved.clear()
      cancelRetry?.()
      cancelWatch?.()
      log?.close()
      deleteStored(platform, name)
    },
    close() {
      cancelRetry?.()
      cancelWatch?.()
      log?.close()
    },
    onMemoryOnly: memoryOnly.on,
    onReopened: reopened.on,
  }
}

const isNewer = ([row]: readonly NewRow[], [before]: readonly NewRow[]): boolean =>
  row?.kind === 'message' && before?.kind === 'message' && row.id === before.id && row.tabId === before.tabId
