import type { LogRow, NewRow } from '../conversation/rows.ts'
import { createHappening, type Happening } from '../happening.ts'
import type { Platform } from '../platform.ts'
import { createJournal, deleteStored, type Journal } from './journal.ts'
import type { RowLog } from './row-log.ts'
import { type Batch, createUnsaved } from './unsaved.ts'

/** Longest time that the database may take to answer, in milliseconds; after it, the page goes on from memory. */
const answerMs = 5_000

/** Longest wait before a store that keeps failing is opened again, in milliseconds. */
const maxRetryMs = 300_000

/**
 * The row log, opened when first needed and again where it fails. A journal holds what isn't saved: while the log is
 * being opened, while it fails, and when the page goes.
 */
export interface DurableLog {
  /**
   * Saves rows, within the call where the log is open. `onSaved` gets their `seq` once they are saved, perhaps never.
   */
  append(rows: readonly NewRow[], supersededSeqs: readonly number[], onSaved: (seqs: number[]) => void): void
  /** Rows of a conversation after one that was read before, some at a time. @returns whether the log has answered */
  read(conversationId: string, afterSeq: number, onRows: (rows: LogRow[]) => void): Promise<boolean>
  /** Rows of a conversation that wait to be saved, earlier pages' too. Their `seq` is 0: they have no number yet. */
  waiting(conversationId: string): LogRow[]
  /** The last two rows of each stored conversation, newest first. */
  lastRows(): Promise<LogRow[][]>
  /** Removes a conversation's rows up to one that was read, and saves `left` in their place, `null` for nothing. */
  remove(conversationId: string, upTo: number, left: NewRow | null): Promise<void>
  /** Drops this conversation's rows that wait to be saved. */
  dropWaiting(conversationId: string): void
  /**
   * The server holds everything of a conversation: where the log has never opened, drops the rows that wait to be
   * saved, from the journal too. A later page could not know that they were delivered, and would send them again.
   */
  forgetUnsaved(conversationId: string): void
  /** The page goes: writes what isn't saved yet into the journal, and breaks off reading. */
  suspend(): void
  /** `false` while the browser denies, fills, loses or doesn't answer for the store. */
  isDurable(): boolean
  /** Deletes the store and every journal. */
  clear(): void
  close(): void
  /** The browser stores nothing for now. Told once. */
  onMemoryOnly(listener: (cause: unknown) => void): () => void
  /** The log was opened again: the browser may have deleted the rows, and numbers new ones from 1 then. */
  onReopened(listener: () => void): () => void
}

export interface DurableLogParts {
  platform: Platform
  storeName: string
  tabId: string
  /** Whether what it holds has been deleted since: nothing can be saved any more. */
  isErased(): boolean
  /** The conversation's id on the wire, which a conversation under a new id names as the one that it continues. */
  wireIdOf(conversationId: string): string
}

/** The store of one instance. */
export const openDurableLog = (parts: DurableLogParts): DurableLog => new ReopenedLog(parts)

class ReopenedLog implements DurableLog {
  readonly #platform: Platform
  readonly #storeName: string
  readonly #journal: Journal
  readonly #unsaved = createUnsaved()
  readonly #memoryOnly = createHappening<[cause: unknown]>()
  readonly #reopened = createHappening()
  readonly onMemoryOnly: Happening<[cause: unknown]>['on'] = this.#memoryOnly.on
  readonly onReopened: Happening<[]>['on'] = this.#reopened.on
  #log?: RowLog | undefined
  #opening?: Promise<RowLog | undefined> | undefined
  /** Set while the log has failed and is opened again later. */
  #cancelRetry?: (() => void) | undefined
  /** Set while an answer is awaited. */
  #cancelWatch?: (() => void) | undefined
  /** Failures since the log last saved everything. */
  #failures = 0
  #everOpened?: boolean
  #durable = true
  /** The log has not answered in time. */
  #silent?: boolean
  #toldMemoryOnly?: boolean
  /** The page has ended with it. */
  #closed?: boolean
  readonly #isErased: () => boolean
  #suspensions = 0

  constructor({ platform, storeName, tabId, isErased, wireIdOf }: DurableLogParts) {
    this.#isErased = isErased
    this.#platform = platform
    this.#storeName = storeName
    this.#journal = createJournal(platform, storeName, tabId, wireIdOf)
  }

  append(rows: readonly NewRow[], supersededSeqs: readonly number[], onSaved: (seqs: number[]) => void): void {
    if (this.#isErased()) return
    const batch = this.#unsaved.add(rows, supersededSeqs, onSaved)
    this.#putAll()
    if (batch.isPut && this.#durable) return
    this.#writeJournal()
    void this.#open()
  }

  async read(conversationId: string, afterSeq: number, onRows: (rows: LogRow[]) => void): Promise<boolean> {
    let late = false
    const answered = await this.#attempt(async (opened) => {
      await opened.read(conversationId, afterSeq, (rows) => late || onRows(rows))
      return true
    })
    late = true
    return !!answered
  }

  waiting(conversationId: string): LogRow[] {
    return this.#unsaved.rows().filter((row) => row.conversationId === conversationId)
  }

  async lastRows(): Promise<LogRow[][]> {
    const found = await this.#attempt((opened) => {
      // A tab may have left a journal since the store was opened. Were it read only after its conversation is purged,
      // its rows would be taken for new ones.
      this.#adoptJournals()
      return opened.lastRows()
    })
    const newer = new Map(this.#unsaved.rows().map((row) => [row.conversationId, [row]]))
    return [...newer.values(), ...(found ?? []).filter(([last]) => !newer.has((last as LogRow).conversationId))]
  }

  async remove(conversationId: string, upTo: number, left: NewRow | null): Promise<void> {
    await this.#attempt((opened) => opened.remove(conversationId, upTo, left))
  }

  dropWaiting(conversationId: string): void {
    this.#unsaved.drop(conversationId)
  }

  forgetUnsaved(conversationId: string): void {
    if (this.#everOpened) return
    this.#unsaved.dropUntold(conversationId)
    if (this.#unsaved.batches.size) this.#writeJournal()
    else this.#journal.remove()
  }

  suspend(): void {
    this.#suspensions++
    this.#stopWatching()
    this.#log?.suspend()
    this.#writeJournal()
  }

  isDurable(): boolean {
    return this.#durable
  }

  clear(): void {
    this.#durable = false
    this.#unsaved.clear()
    this.close()
    deleteStored(this.#platform, this.#storeName)
  }

  close(): void {
    this.#closed = true
    this.#cancelRetry?.()
    this.#stopWatching()
    this.#log?.close()
  }

  #writeJournal(): void {
    if (!this.#isErased()) this.#journal.write(this.#unsaved.batches)
  }

  /** Makes the rows in journals of other tabs and earlier pages wait to be saved with this page's. */
  #adoptJournals(): void {
    this.#journal.takeOver((rows, onSaved) => this.append(rows, [], onSaved), this.#unsaved.batches)
  }

  #open(): Promise<RowLog | undefined> {
    this.#opening ??= this.#platform
      .openRowLog(this.#storeName, () => this.#fail(this.#log, 'the browser closed it'))
      .then(
        (opened) => this.#take(opened),
        (cause) => {
          this.#adoptJournals()
          this.#fail(undefined, cause)
          return undefined
        },
      )
    return this.#opening
  }

  #take(opened: RowLog): RowLog {
    this.#adoptJournals()
    this.#log = opened
    this.#everOpened = true
    this.#putAll()
    if (this.#closed) opened.close()
    if (this.#failures) {
      if (!this.#unsaved.batches.size) this.#trust()
      this.#reopened.tell()
    }
    return opened
  }

  #canPut(): boolean {
    return !!this.#log && !this.#cancelRetry && !this.#isErased()
  }

  #putAll(): void {
    if (!this.#canPut() || this.#silent) return
    for (const batch of this.#unsaved.batches) if (!batch.isPut) this.#put(batch, this.#log as RowLog)
  }

  #put(batch: Batch, opened: RowLog): void {
    batch.isPut = true
    this.#watch()
    opened.append(batch.rows, batch.supersededSeqs, (seqs) => {
      if (!seqs) return this.#fail(opened, 'a write failed')
      const isNews = this.#unsaved.saved(batch)
      this.#trust()
      if (isNews) batch.onSaved(seqs)
    })
  }

  #watch(): void {
    this.#cancelWatch ??= this.#platform.setTimer(() => this.#fallSilent(), answerMs)
  }

  #stopWatching(): void {
    this.#cancelWatch?.()
    this.#cancelWatch = undefined
  }

  #fallSilent(): void {
    this.#cancelWatch = undefined
    this.#silent = true
    this.#loseTrust(new Error('IndexedDB does not answer'))
  }

  /** The log has answered: it counts as durable once nothing waits any more. */
  #trust(): void {
    this.#stopWatching()
    if (this.#silent) {
      this.#silent = false
      this.#putAll()
    }
    if (this.#unsaved.batches.size) {
      if (this.#canPut()) this.#watch()
    } else if (!this.#isErased()) {
      this.#durable = true
      this.#failures = 0
      this.#journal.remove()
    }
  }

  #loseTrust(cause: unknown): void {
    this.#durable = false
    if (!this.#toldMemoryOnly) this.#memoryOnly.tell(cause)
    this.#toldMemoryOnly = true
    this.#writeJournal()
  }

  /** Browsers close connections by themselves: opens the log again at once, and after further failures ever later. */
  #fail(failed: RowLog | undefined, cause: unknown): void {
    if (this.#isErased() || failed !== this.#log || this.#cancelRetry) return
    this.#stopWatching()
    this.#silent = false
    this.#unsaved.unput()
    this.#durable = false
    // A log that was opened again would have what a refusal since has deleted written once more.
    if (this.#closed) return void this.#writeJournal()
    if (this.#failures++) {
      this.#loseTrust(cause)
      const delayMs = Math.min(500 * 2 ** this.#failures, maxRetryMs)
      this.#cancelRetry = this.#platform.setTimer(() => this.#reopen(), delayMs)
    } else {
      this.#writeJournal()
      this.#reopen()
    }
  }

  #reopen(): void {
    this.#cancelRetry = this.#opening = undefined
    this.#log?.close()
    this.#log = undefined
    if (!this.#isErased()) void this.#open()
  }

  /** @returns `null` where the database fails or doesn't answer */
  async #attempt<Result>(use: (opened: RowLog) => Promise<Result>, again = true): Promise<Result | null> {
    const opened = await this.#open()
    if (this.#isErased() || this.#silent) return null
    const before = this.#suspensions
    try {
      if (opened) return await this.#inTime(use(opened))
    } catch (cause) {
      // `suspend` broke it off as the page went, and the page has come back since.
      if (this.#suspensions > before) return this.#attempt(use)
      if (this.#silent) return null
      this.#fail(opened, cause)
    }
    return again ? this.#attempt(use, false) : null
  }

  #inTime<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const before = this.#suspensions
      const cancel = this.#platform.setTimer(() => {
        // A page that lay in the back/forward cache couldn't hear the answer.
        if (this.#suspensions === before) this.#fallSilent()
        reject(this.#silent)
      }, answerMs)
      const answered = () => {
        cancel()
        if (this.#silent) this.#trust()
      }
      work.then(resolve, reject).then(answered)
    })
  }
}
