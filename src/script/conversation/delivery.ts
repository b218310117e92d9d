import type { BodyPiece } from '../platform.ts'
import type { ConversationHeader, MessageRow } from './rows.ts'
import { lastPartOf, type MessageEntry, type Transcript } from './transcript.ts'

/** Some messages in a row, as they stand in a body. */
export interface FrozenPiece {
  rows: readonly MessageRow[]
  suffix: string
  text: BodyPiece
  /** UTF-8 bytes of the text. */
  bytes: number
}

/** What the server was last known to hold of one part beside its messages. */
interface SentHeader {
  /** `null`: another tab has sent a header, and this tab doesn't know which version. */
  header: ConversationHeader | null
  /** The part on the server says where it is continued. */
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
  /**
   * Nobody ever read the answer to some request: a service worker may have kept that one, and send it again at any
   * time.
   */
  readonly unanswered: boolean
  /** This page was given a transcript of it. Before that, a shared one may lack what other devices have said. */
  readonly shown: boolean
  /** A request that timed out may stay open until this page is closed (measured: keepalive, Chromium 156). */
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
  shown: boolean
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

/** The delivery of a conversation of which nothing is recorded and nothing sent. */
export const createDelivery = (): Delivery => ({
  ...{ dirty: new Set(), sentHeaders: new Map(), refused: false, underWay: new Map(), unsettledUntil: 0 },
  ...{ unanswered: false, shown: false, lingering: false, frozen: new WeakMap(), held: new WeakSet() },
})

/**
 * A new version of a message, or of the header where no message is given, was recorded or read: the server may lack it.
 */
export function versionRecorded(delivery: Delivery, entry?: MessageEntry): void {
  if (entry) own(delivery).dirty.add(entry)
  own(delivery).refused = false
}

/** The endpoint has taken a body: the server holds those versions. What has changed since stays dirty. */
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

/** This page, an earlier one or another tab has read no answer to a request. */
export function leftUnanswered(delivery: Delivery): void {
  own(delivery).unanswered = true
}

/**
 * The conversation is over, and a request of it was left unanswered: everything is sent once more at that moment
 * (`elapsedMs`), so that an old copy which a service worker has sent meanwhile doesn't stay.
 */
export function lastWordDue(delivery: Delivery, at: number): void {
  Object.assign(own(delivery), { unsettledUntil: at, unanswered: false })
}

/** The page has given its transcript. */
export function transcriptShown(delivery: Delivery): void {
  own(delivery).shown = true
}

/** A request has timed out: the browser may keep it open as long as this page. */
export function leftOpen(delivery: Delivery): void {
  own(delivery).lingering = true
}

/** Everything was sent once more, late enough that no request which was lost sight of can come after it. */
export function sentOnceMore(delivery: Delivery): void {
  own(delivery).unsettledUntil = 0
}

/** That tab may have a request under way, since the row of that number; infinite while that row is being saved. */
export function tabSends(delivery: Delivery, tabId: string, seq: number): void {
  own(delivery).underWay.set(tabId, seq)
}

/** No request of that tab can arrive any more, or this tab has taken over and sends everything after it. */
export function tabIsDone(delivery: Delivery, tabId: string): void {
  own(delivery).underWay.delete(tabId)
}

/** The server refused the conversation in this form: nothing of it is sent until it changes. */
export function refusedByServer(delivery: Delivery): void {
  own(delivery).refused = true
}

/** The browser keeps this piece of a body from now on. */
export function pieceFrozen(delivery: Delivery, first: MessageRow, piece: FrozenPiece): void {
  own(delivery).frozen.set(first, piece)
}

/** These messages were removed: they needn't be delivered. */
export function forgotten(delivery: Delivery, entries: readonly MessageEntry[]): void {
  for (const entry of entries) own(delivery).dirty.delete(entry)
}

/** What isn't delivered is too old or too much, and is dropped. */
export function givenUp(delivery: Delivery): void {
  own(delivery).dirty.clear()
}

/**
 * Parts of which the server may not hold everything, in order.
 *
 * @param ending for a page that goes: parts with streaming messages count, and parts that are only to be sent once more
 *   don't
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

/** Whether nothing may be sent yet: a server that replaces would forget what other devices have said. */
export const isHeldBack = ({ header, delivery }: Transcript & { delivery: Delivery }, server: string): boolean =>
  !!header.chatlog.shared && !header.chatlog.discardedAt && !delivery.shown && server !== 'chatlog'

/** Whether a page that goes now has something to hand over. */
export const hasRest = (conversation: Transcript & { delivery: Delivery }): boolean =>
  conversation.delivery.dirty.size > 0 || dirtyParts(conversation, true).length > 0
