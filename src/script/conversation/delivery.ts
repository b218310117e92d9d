import type { BodyPiece } from '../platform.ts'
import type { ConversationHeader, MessageRow } from './rows.ts'
import { lastPartOf, type MessageEntry, type Transcript } from './transcript.ts'

/** Messages of a body, as they were last put into one. */
export interface FrozenPiece {
  rows: readonly MessageRow[]
  suffix: string
  text: BodyPiece
  /** UTF-8. */
  bytes: number
}

/** What one part of a conversation holds, or held, on the server beside its messages. */
interface SentHeader {
  /** `null`: another tab sent one, and which isn't known. */
  header: ConversationHeader | null
  /** The part says where it is continued. */
  continued: boolean
}

/** What of a conversation the server may not hold. This file alone changes it, by the named transitions below. */
export interface Delivery {
  /** The messages that the server may not hold in their newest version. */
  readonly dirty: ReadonlySet<MessageEntry>
  /** The messages of which the server is known to hold some version. */
  readonly held: Pick<WeakSet<MessageEntry>, 'has'>
  /** By part, from 1: what the server holds beside the messages. */
  readonly sentHeaders: ReadonlyMap<number, SentHeader>
  /** The server refused the conversation in this form: nothing of it is sent until it changes. */
  readonly refused: boolean
  /**
   * By tab: the row since which it may have a request under way, or one left with the browser. Such a request may
   * arrive after the tab's end; infinite while that row is being saved.
   */
  readonly underWay: ReadonlyMap<string, number>
  /**
   * Until this moment (`elapsedMs`) a request of which nothing more was heard may overtake a later one: everything is
   * sent once more after it. 0: there is none.
   */
  readonly unsettledUntil: number
  /** Of a request no answer was ever read: a service worker may have kept it, and send it again at any time. */
  readonly unanswered: boolean
  /** A request that was given up may stay open until this page is closed (measured: keepalive, Chromium 156). */
  readonly lingering: boolean
  /** Pieces of a long body that the browser has already, by their first message. */
  readonly frozen: Pick<WeakMap<MessageRow, FrozenPiece>, 'get'>
}

interface OwnDelivery extends Delivery {
  dirty: Set<MessageEntry>
  held: WeakSet<MessageEntry>
  sentHeaders: Map<number, SentHeader>
  refused: boolean
  underWay: Map<string, number>
  unsettledUntil: number
  unanswered: boolean
  lingering: boolean
  frozen: WeakMap<MessageRow, FrozenPiece>
}

/** What a request delivered. */
export interface SentBody {
  part: number
  rows: ReadonlyMap<MessageEntry, MessageRow>
  header: ConversationHeader
  continued: boolean
}

const own = (delivery: Delivery) => delivery as OwnDelivery

/** Nothing is recorded, nothing is sent. */
export const createDelivery = (): Delivery => ({
  ...{ dirty: new Set(), sentHeaders: new Map(), refused: false, underWay: new Map(), unsettledUntil: 0 },
  ...{ unanswered: false, lingering: false, frozen: new WeakMap(), held: new WeakSet() },
})

/** A message, or without one the header, has a version that the server doesn't hold. */
export function recorded(delivery: Delivery, entry?: MessageEntry): void {
  if (entry) own(delivery).dirty.add(entry)
  own(delivery).refused = false
}

/** The server holds what the body held, unless that has changed since. */
export function acknowledged(delivery: Delivery, { part, rows, header, continued }: SentBody): void {
  const { dirty, held, sentHeaders } = own(delivery)
  for (const [entry, row] of rows) {
    held.add(entry)
    if (entry.row === row && !row.streaming) dirty.delete(entry)
  }
  sentHeaders.set(part, { header, continued })
}

/**
 * Another tab, or an earlier page, has delivered.
 *
 * @param holds whether that delivery held the message's newest version
 * @param header what the server holds of the header, `null` where that isn't known
 */
export function deliveredElsewhere(
  delivery: Delivery,
  { messages }: Transcript,
  holds: (entry: MessageEntry) => boolean,
  header: ConversationHeader | null,
): void {
  const { dirty, held, sentHeaders } = own(delivery)
  for (const entry of dirty) {
    if (!holds(entry)) continue
    held.add(entry)
    if (!entry.row.streaming) dirty.delete(entry)
  }
  const parts = new Set(messages.filter((entry) => !dirty.has(entry)).map(({ row }) => row.part))
  const last = Math.max(...parts)
  for (const part of parts) sentHeaders.set(part, { header, continued: part < last })
}

/** A request went out of which nothing more will be heard; it may arrive until then (`elapsedMs`). */
export function lostSightOf(delivery: Delivery, until: number): void {
  own(delivery).unsettledUntil = until
  leftUnanswered(delivery)
}

/** An earlier page, or another tab, has read no answer to a request. */
export function leftUnanswered(delivery: Delivery): void {
  own(delivery).unanswered = true
}

/** The conversation is over: everything is sent once more, at that moment (`elapsedMs`), after whatever was kept. */
export function lastWordDue(delivery: Delivery, at: number): void {
  Object.assign(own(delivery), { unsettledUntil: at, unanswered: false })
}

/** A request was given up that may stay open as long as its page. */
export function leftOpen(delivery: Delivery): void {
  own(delivery).lingering = true
}

/** Everything was sent once more, after whatever was lost sight of. */
export function sentOnceMore(delivery: Delivery): void {
  own(delivery).unsettledUntil = 0
}

/** That tab may have a request under way, since the row of that number. */
export function tabSends(delivery: Delivery, tabId: string, seq: number): void {
  own(delivery).underWay.set(tabId, seq)
}

/** Of that tab nothing can arrive any more, or everything is sent after it. */
export function tabIsDone(delivery: Delivery, tabId: string): void {
  own(delivery).underWay.delete(tabId)
}

/** The server refused the conversation in this form. */
export function refusedByServer(delivery: Delivery): void {
  own(delivery).refused = true
}

/** The browser has this piece of a body from now on. */
export function pieceFrozen(delivery: Delivery, first: MessageRow, piece: FrozenPiece): void {
  own(delivery).frozen.set(first, piece)
}

/** Nothing of these messages is to be delivered. */
export function forgotten(delivery: Delivery, entries: readonly MessageEntry[]): void {
  for (const entry of entries) own(delivery).dirty.delete(entry)
}

/** What isn't delivered is dropped. */
export function givenUp(delivery: Delivery): void {
  own(delivery).dirty.clear()
}

/**
 * Parts of which the server may not hold everything, in order.
 *
 * @param ending of a page that goes: streaming messages count, and what was sent and not seen to arrive doesn't
 */
export function dirtyParts(conversation: Transcript & { delivery: Delivery }, ending = false): number[] {
  const { header, delivery } = conversation
  const { dirty, sentHeaders, unsettledUntil } = delivery
  const last = lastPartOf(conversation)
  const parts = new Set<number>()
  for (const { row } of dirty) if (ending || !row.streaming) parts.add(row.part)
  for (const [part, sent] of sentHeaders) {
    if ((unsettledUntil && !ending) || sent.header !== header || sent.continued !== part < last) parts.add(part)
  }
  return [...parts].sort((a, b) => a - b)
}

/** Whether a page that goes now has something to hand over. */
export const hasRest = (conversation: Transcript & { delivery: Delivery }): boolean =>
  conversation.delivery.dirty.size > 0 || dirtyParts(conversation, true).length > 0
