import type { LogRow, NewRow } from '../conversation/rows.ts'

/** Rows that are saved together. */
export interface Batch {
  rows: readonly NewRow[]
  supersededSeqs: readonly number[]
  onSaved: (seqs: number[]) => void
  /** The log has been given it, and hasn't said yet what became of it. */
  isPut: boolean
}

/** The batches of this page that the log hasn't saved, in their order. */
export interface Unsaved {
  batches: ReadonlySet<Batch>
  add(rows: Batch['rows'], supersededSeqs: Batch['supersededSeqs'], onSaved: Batch['onSaved']): Batch
  /** It is saved. @returns whether that is news: a batch that was put twice is saved twice */
  saved(batch: Batch): boolean
  /** The log that they were put into is gone: numbers of another database may come, none of which may be taken for theirs. */
  unput(): void
  /** All of their rows, without numbers. */
  rows(): LogRow[]
  /** Leaves this conversation's rows out. */
  drop(conversationId: string): void
  /** Forgets the batches of this conversation, and tells nobody. */
  forget(conversationId: string): void
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
    forget(conversationId) {
      for (const batch of batches) if (batch.rows[0]?.conversationId === conversationId) batches.delete(batch)
    },
    clear: () => batches.clear(),
  }
}

const isNewer = ([row]: readonly NewRow[], [before]: readonly NewRow[]): boolean =>
  row?.kind === 'message' && before?.kind === 'message' && row.id === before.id && row.tabId === before.tabId

/** Only the newest of several versions that wait is stored. */
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
