import type { LogRow, NewRow } from '../conversation/rows.ts'
import { parseJson, toJson } from '../json.ts'
import type { Platform } from '../platform.ts'
import type { RowLog } from './row-log.ts'

/** Most characters that one tab's journal may have in the site's localStorage. */
export const maxJournalCharacters = 256_000

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
}

interface Batch {
  rows: readonly NewRow[]
  supersededSeqs: readonly number[]
  onSaved: (seqs: number[]) => void
}

/**
 * The store of one instance.
 *
 * @param onMemoryOnly called once, when it turns out that nothing can be stored
 */
export function openDurableLog(
  platform: Platform,
  name: string,
  tabId: string,
  onMemoryOnly: (cause: unknown) => void,
): DurableLog {
  const { localText } = platform
  const journalPrefix = `${name}:`
  const unsaved = new Set<Batch>()
  let log: RowLog | null = null
  let opening: Promise<RowLog | null> | null = null
  let durable = true
  let journaled = false
  let suspensions = 0

  const giveUp = (cause: unknown) => {
    if (durable) onMemoryOnly(cause)
    durable = false
    unsaved.clear()
  }

  const put = (batch: Batch, opened: RowLog) =>
    opened.append(batch.rows, batch.supersededSeqs, (seqs) => {
      unsaved.delete(batch)
      if (!seqs) return giveUp('a write failed')
      if (journaled && !unsaved.size) {
        localText.remove(journalPrefix + tabId)
        journaled = false
      }
      batch.onSaved(seqs)
    })

  const replayJournals = (opened: RowLog) => {
    for (const key of localText.keys()) {
      if (!key.startsWith(journalPrefix)) continue
      const rows = parseJson(localText.get(key))
      if (!Array.isArray(rows)) localText.remove(key)
      else opened.append(rows as NewRow[], [], (seqs) => seqs && localText.remove(key))
    }
  }

  const open = () => {
    opening ??= platform.openRowLog(name).then(
      (opened) => {
        replayJournals(opened)
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
        replayJournals(opened)
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
      const rows = [...unsaved].flatMap((batch) => batch.rows)
      const journal = rows.length ? (toJson(rows) as string) : ''
      if (!journal || journal.length > maxJournalCharacters) return
      journaled = true
      localText.set(journalPrefix + tabId, journal)
    },
    isDurable: () => durable,
    clear() {
      durable = false
      unsaved.clear()
      for (const key of localText.keys()) if (key.startsWith(journalPrefix)) localText.remove(key)
      log?.close()
      platform.deleteRowLog(name)
    },
    close() {
      log?.close()
    },
  }
}
