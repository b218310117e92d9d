import type { Conversation, LogPosition } from '../conversation/conversation.ts'
import { createDelivery } from '../conversation/delivery.ts'
import type { ConversationHeader } from '../conversation/rows.ts'
import { createTranscript, type MessageEntry, noHeader } from '../conversation/transcript.ts'

/** What the store alone knows of a conversation's rows. This file alone changes it, by the named transitions below. */
export interface StorePosition extends LogPosition {
  /** How many saves have begun and aren't done. */
  readonly saving: number
  /** Number of the row that holds the newest header; `null` while that isn't saved. */
  readonly headerSeq: number | null
  /** The next save takes the header along. */
  readonly headerUnsaved: boolean
  /** The next save takes the suffix of the wire id along, so that later pages go on under it too. */
  readonly suffixUnsaved: boolean
  /** What was said on other devices: known here, and stored with the first new message. */
  readonly history: readonly MessageEntry[]
  /** Numbers of the rows of kind `delivered` that the next one supersedes. */
  readonly deliveredSeqs: readonly number[]
}

type OwnPosition = { -readonly [Field in keyof StorePosition]: StorePosition[Field] }

const own = (position: StorePosition): OwnPosition => position

/** The row of this number was read, and all before it. */
export function rowRead(position: StorePosition, seq: number): void {
  own(position).readUpTo = seq
}

/** The rows of earlier pages have been read. */
export function rowsLoaded(position: StorePosition): void {
  own(position).loaded = true
}

/** The content was deleted from the store: nothing can be added to it. */
export function rowsPurged(position: StorePosition): void {
  own(position).purged = true
}

/**
 * The browser has opened another database, which numbers its rows from 1: everything has to be saved and read again.
 */
export function positionLost(position: StorePosition): void {
  headerChanged(position)
  suffixChanged(position)
  Object.assign(own(position), { readUpTo: 0, deliveredSeq: 0, deliveredSeqs: [] })
}

/** A save has begun; `rowsSaved` follows once it is done. */
export function savingRows(position: StorePosition): void {
  own(position).saving++
}

/** A save is done: its rows got these numbers. A row right behind what was read needn't be read any more. */
export function rowsSaved(position: StorePosition, seqs: readonly number[]): void {
  own(position).saving--
  for (const seq of seqs) if (seq === position.readUpTo + 1) rowRead(position, seq)
}

/** The header changed: the next save takes it along. */
export function headerChanged(position: StorePosition): void {
  own(position).headerSeq = null
  own(position).headerUnsaved = true
}

/** That row holds the newest header. */
export function headerSaved(position: StorePosition, seq: number): void {
  own(position).headerSeq = seq
}

/** The wire id changed: the next save takes the suffix along. */
export function suffixChanged(position: StorePosition): void {
  own(position).suffixUnsaved = true
}

/** @returns whether the header and the suffix have to be saved; from now on they count as saved, so the caller must */
export function takeUnsaved(position: StorePosition): [header: boolean, suffix: boolean] {
  const { headerUnsaved, suffixUnsaved } = position
  own(position).headerUnsaved = own(position).suffixUnsaved = false
  return [headerUnsaved, suffixUnsaved]
}

/** These messages aren't to be sent by themselves: they go into the store, and to the server, with the next one. */
export function historyKnown(position: StorePosition, entries: readonly MessageEntry[]): void {
  own(position).history = [...new Set([...position.history, ...entries])]
}

/** @returns what has to be saved before the next message, once */
export function takeHistory(position: StorePosition): readonly MessageEntry[] {
  const { history } = position
  own(position).history = []
  return history
}

/** The log holds this row of kind `delivered`, which the next one supersedes. */
export function deliveredRowSeen(position: StorePosition, seq: number): void {
  own(position).deliveredSeqs = [...position.deliveredSeqs, seq]
}

/** @returns the rows of kind `delivered` that the caller's new row supersedes */
export function takeDeliveredSeqs(position: StorePosition): readonly number[] {
  const { deliveredSeqs } = position
  own(position).deliveredSeqs = []
  return deliveredSeqs
}

/** Another tab has said in that row that it has delivered. */
export function tabDelivered(position: StorePosition, seq: number): void {
  own(position).deliveredSeq = seq
}

/** That row holds the message's newest version; `null`: it isn't saved yet. */
export function messageSaved(entry: MessageEntry, seq: number | null): void {
  ;(entry as { seq: number | null }).seq = seq
}

/** This tab has saved a version of the message in that row, which the next version supersedes. */
export function ownRowSaved(entry: MessageEntry, seq: number): void {
  // A new list, since `push` makes room for sixteen more entries in each of thousands of messages.
  ;(entry as { ownSeqs: readonly number[] }).ownSeqs = [...entry.ownSeqs, seq]
}

/** @returns this tab's rows of the message that the caller's new row supersedes */
export function takeOwnSeqs(entry: MessageEntry): readonly number[] {
  const { ownSeqs } = entry
  ;(entry as { ownSeqs: readonly number[] }).ownSeqs = []
  return ownSeqs
}

/** A conversation as the store sees it. */
export interface StoredConversation extends Conversation {
  readonly logPosition: StorePosition
}

/**
 * A conversation of which nothing is read yet.
 *
 * @param header the header it begins with; `null`: the store should hold one
 * @param stored the store may hold earlier rows
 */
export const createConversation = (
  id: string,
  header: ConversationHeader | null,
  stored: boolean,
): StoredConversation => ({
  ...createTranscript(id, header ?? noHeader),
  delivery: createDelivery(),
  logPosition: {
    ...{ loaded: !stored, purged: false, readUpTo: 0, deliveredSeq: 0, saving: 0, headerSeq: null },
    ...{ headerUnsaved: !!header, suffixUnsaved: false, deliveredSeqs: [], history: [] },
  },
})
