import type { LogRow, NewRow } from '../conversation/rows.ts'
import { createHappening } from '../happening.ts'
import type { Platform } from '../platform.ts'
import { createJournal, deleteStored } from './journal.ts'
import type { RowLog } from './row-log.ts'

/** The row log, opened when first needed, with a journal for what isn't saved yet when the page hides. */
export interface DurableLog {
  /** Saves rows, at once where the log is open. `onSaved` gets their `seq`; it isn't called where they can't be saved. */
  append(rows: readonly NewRow[], supersededSeqs: readonly number[], onSaved: (seqs: number[]) => void): void
  /** Rows of a conversation after one that was read before, some at a time; none where there is no store. */
  read(conversationId: string, afterSeq: number, onRows: (rows: LogRow[]) => void): Promise<unknown>
  /** The last two rows of each stored conversation, newest first. */
  lastRows(): Promise<LogRow[][]>
  /** Removes a conversation's rows up to one that was read, and puts what is left of it, if anything. */
  remove(conversationId: string, upTo: number, left: NewRow | null): Promise<void>
  /** The page goes: writes what isn't saved yet where a synchronous call can, and breaks off reading. */
  suspend(): void
  /** `false` once the browser denied, filled or lost the store. */
  isDurable(): boolean
  /** Deletes the store and every journal; nothing can be saved after it. */
  clear(): void
  close(): void
  /** It has turned out that nothing can be stored. Told once. */
  onMemoryOnly(listener: (cause: unknown) => void): () => void
}

interface Batch {
  rows: readonly NewRow[]
  supersededSeqs: readonly number[]
  onSaved: (seqs: number[]) => void
}

/** The store of one instance. */
export function openDurableLog(platform: Platform, name: string, tabId: string): DurableLog {
  const journal = createJournal(platform, name, tabId)
  const memoryOnly = createHappening<[cause: unknown]>()
  const unsaved = new Set<Batch>()
  let log: RowLog | null = null
  let opening: Promise<RowLog | null> | null = null
  let durable = true
  let suspensions = 0

  const giveUp = (cause: unknown) => {
    if (durable) memoryOnly.tell(cause)
    durable = false
    unsaved.clear()
  }

  const put = (batch: Batch, opened: RowLog) =>
    opened.append(batch.rows, batch.supersededSeqs, (seqs) => {
      unsaved.delete(batch)
      if (!seqs) return giveUp('a write failed')
      if (!unsaved.size) journal.remove()
      batch.onSaved(seqs)
    })

  const open = () => {
    opening ??= platform.openRowLog(name).then(
      (opened) => {
        journal.replay(opened)
        log = opened
        for (const batch of unsaved) put(batch, opened)
        return opened
      },
      (cause) => {
        giveUp(cause)
        return null
      },
    )
    return opening
  }

  const orGiveUp = async <Result>(use: (opened: RowLog) => Promise<Result>): Promise<Result | null> => {
    const opened = await open()
    if (!opened || !durable) return null
    const before = suspensions
    try {
      return await use(opened)
    } catch (cause) {
      // Broken off by the page's going, from which it has come back.
      if (suspensions > before) return orGiveUp(use)
      giveUp(cause)
      return null
    }
  }

  return {
    append(rows, supersededSeqs, onSaved) {
      if (!durable) return
      const batch = { rows, supersededSeqs, onSaved }
      unsaved.add(batch)
      if (log) put(batch, log)
      else void open()
    },
    read: (...what) => orGiveUp((opened) => opened.read(...what)),
    async lastRows() {
      const found = await orGiveUp((opened) => {
        // What a tab left since the store was opened: forgotten with the rest, it would come back and be new.
        journal.replay(opened)
        return opened.lastRows()
      })
      return found ?? []
    },
    remove: async (conversationId, upTo, left) => {
      await orGiveUp((opened) => opened.remove(conversationId, upTo, left))
    },
    suspend() {
      suspensions++
      log?.suspend()
      journal.write([...unsaved].flatMap((batch) => batch.rows))
    },
    isDurable: () => durable,
    clear() {
      durable = false
      unsaved.clear()
      log?.close()
      deleteStored(platform, name)
    },
    close() {
      log?.close()
    },
    onMemoryOnly: memoryOnly.on,
  }
}
