import type { LogRow, NewRow } from '../conversation/rows.ts'

/** Rows that are saved together. */
export interface Batch {
  rows: readonly NewRow[]
  supersededSeqs: readonly number[]
  onSaved: (seqs: number[]) => void
  /** The log was given the batch, and hasn't said yet what became of it. */
  isPut: boolean
}

/** The batches of this page that the log hasn't saved, in the order of recording. */
export interface Unsaved {
  batches: ReadonlySet<Batch>
  add(rows: Batch['rows'], supersededSeqs: Batch['supersededSeqs'], onSaved: Batch['onSaved']): Batch
  /** The log has saved the batch. @returns whether that is news: a batch that was put twice is saved twice */
  saved(batch: Batch): boolean
  /**
   * The log is gone: all batches wait again, and supersede nothing, as another database's rows may have those numbers.
   */
  unput(): void
  /** The rows of all batches; their `seq` is 0, as they have no number yet. */
  rows(): LogRow[]
  /** Drops this conversation's rows, and tells `onSaved` of a batch of nothing else that it is done. */
  drop(conversationId: string): void
  /** Drops the batches of this conversation without calling `onSaved`. */
  dropUntold(conversationId: string): void
  clear(): void
}

export function createUnsaved(): Unsaved {
  const batches = new Set<Batch>()
  return {
    batches,
    add(rows, supersededSeqs, onSaved) {
      const batch: Batch = { rows, supersededSeqs, onSaved, isPut: false }
      for (const before of batches) {
        if (before.isPut || !isNewer(rows, before.rows)) continue
        batches.delete(before)
        replace(before, batch)
      }
      batches.add(batch)
      return batch
    },
    saved: (batch) => batches.delete(batch),
    unput() {
      for (const batch of batches) Object.assign(batch, { isPut: false, supersededSeqs: [] })
    },
    rows: () => [...batches].flatMap(({ rows }) => rows.map((row) => ({ ...row, seq: 0 }))),
    drop(conversationId) {
      for (const batch of [...batches]) {
        const { rows } = batch
        batch.rows = rows.filter((row) => row.conversationId !== conversationId)
        if (batch.rows.length || !rows.length) continue
        batches.delete(batch)
        batch.onSaved(rows.map(() => 0))
      }
    },
    dropUntold(conversationId) {
      for (const batch of batches) if (batch.rows[0]?.conversationId === conversationId) batches.delete(batch)
    },
    clear: () => batches.clear(),
  }
}

const isNewer = ([row]: readonly NewRow[], [before]: readonly NewRow[]): boolean =>
  row?.kind === 'message' && before?.kind === 'message' && row.id === before.id && row.tabId === before.tabId

/**
 * Puts the newer batch in the place of the older: of several versions of a message that wait, only the newest is
 * stored.
 */
function replace(before: Batch, batch: Batch): void {
  const { onSaved, rows } = batch
  const own = rows.length
  batch.rows = [...rows, ...before.rows.slice(1)]
  batch.supersededSeqs = [...batch.supersededSeqs, ...before.supersededSeqs]
  batch.onSaved = (seqs) => {
    before.onSaved([seqs[0] as number, ...seqs.slice(own)])
    onSaved(seqs.slice(0, own))
  }
}
