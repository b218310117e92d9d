import type { Conversation, LogPosition } from '../conversation/conversation.ts'
import { createDelivery } from '../conversation/delivery.ts'
import type { ConversationHeader } from '../conversation/rows.ts'
import { createTranscript, type MessageEntry, noHeader } from '../conversation/transcript.ts'

/** What the store alone knows of a conversation. This file alone changes it, by the named transitions below. */
export interface StorePosition extends LogPosition {
  /** Rows on their way into the store. */
  readonly saving: number
  /** Number of the row that holds the header as it is; `null` while this version isn't saved. */
  readonly headerSeq: number | null
  /** This version of the header goes into the store with the next message. */
  readonly headerUnsaved: boolean
  /** So does the suffix of the wire id: later pages must go on under it too. */
  readonly suffixUnsaved: boolean
  /** Rows of kind `delivered` that the next one supersedes. */
  readonly deliveredSeqs: readonly number[]
}

type OwnPosition = { -readonly [Field in keyof StorePosition]: StorePosition[Field] }

const own = (position: StorePosition): OwnPosition => position

/** A row was read. */
export function rowRead(position: StorePosition, seq: number): void {
  own(position).readUpTo = seq
}

/** Earlier pages' rows have been read. */
export function rowsLoaded(position: StorePosition): void {
  own(position).loaded = true
}

/** The content was deleted from the store. */
export function rowsPurged(position: StorePosition): void {
  own(position).purged = true
}

/** The database is another one, and numbers its rows anew. */
export function positionLost(position: StorePosition): void {
  headerChanged(position)
  suffixChanged(position)
  Object.assign(own(position), { readUpTo: 0, deliveredSeq: 0, deliveredSeqs: [] })
}

/** A save has begun; `rowsSaved` follows once it is done. */
export function savingRows(position: StorePosition): void {
  own(position).saving++
}

/** Rows got these numbers. Nothing stands between what was read and one that follows it: that needn't be read. */
export function rowsSaved(position: StorePosition, seqs: readonly number[]): void {
  own(position).saving--
  for (const seq of seqs) if (seq === position.readUpTo + 1) rowRead(position, seq)
}

/** The header changed; the next message takes it along into the store. */
export function headerChanged(position: StorePosition): void {
  own(position).headerSeq = null
  own(position).headerUnsaved = true
}

/** The header as it is stands in that row. */
export function headerSaved(position: StorePosition, seq: number): void {
  own(position).headerSeq = seq
}

/** The wire id changed; the next message takes the suffix along into the store. */
export function suffixChanged(position: StorePosition): void {
  own(position).suffixUnsaved = true
}

/** @returns whether the header and the suffix have to be saved; from now on they are on their way */
export function takeUnsaved(position: StorePosition): [header: boolean, suffix: boolean] {
  const { headerUnsaved, suffixUnsaved } = position
  own(position).headerUnsaved = own(position).suffixUnsaved = false
  return [headerUnsaved, suffixUnsaved]
}

/** A row of kind `delivered` is there, for the next one to supersede. */
export function deliveredRowSeen(position: StorePosition, seq: number): void {
  own(position).deliveredSeqs = [...position.deliveredSeqs, seq]
}

/** @returns the rows of kind `delivered` that are superseded now */
export function takeDeliveredSeqs(position: StorePosition): readonly number[] {
  const { deliveredSeqs } = position
  own(position).deliveredSeqs = []
  return deliveredSeqs
}

/** Another tab has delivered, in that row. */
export function tabDelivered(position: StorePosition, seq: number): void {
  own(position).deliveredSeq = seq
}

/** The row that holds the message's version in memory; `null` while it isn't saved. */
export function messageSaved(entry: MessageEntry, seq: number | null): void {
  ;(entry as { seq: number | null }).seq = seq
}

/** This tab saved the message in that row too, which its next version supersedes. */
export function ownRowSaved(entry: MessageEntry, seq: number): void {
  // Replaced: a push makes room for sixteen more.
  ;(entry as { ownSeqs: readonly number[] }).ownSeqs = [...entry.ownSeqs, seq]
}

/** @returns the rows of the message that are superseded now */
export function takeOwnSeqs(entry: MessageEntry): readonly number[] {
  const { ownSeqs } = entry
  ;(entry as { ownSeqs: readonly number[] }).ownSeqs = []
  return ownSeqs
}

/** A conversation as the store sees it. */
export interface StoredConversation extends Conversation {
  readonly log: StorePosition
}

/**
 * A conversation of which nothing is read yet.
 *
 * @param header `null`: there should be a stored one
 * @param stored there may be earlier rows
 */
export const createConversation = (
  id: string,
  header: ConversationHeader | null,
  stored: boolean,
): StoredConversation => ({
  ...createTranscript(id, header ?? noHeader),
  delivery: createDelivery(),
  log: {
    ...{ loaded: !stored, purged: false, readUpTo: 0, deliveredSeq: 0, saving: 0, headerSeq: null },
    ...{ headerUnsaved: !!header, suffixUnsaved: false, deliveredSeqs: [] },
  },
})
