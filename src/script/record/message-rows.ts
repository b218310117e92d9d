import { maxBodyBytes } from '../../contract/limits.ts'
import type { MessageInput } from '../chatlog.ts'
import { partBudgetBytes, partFor } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { withJson } from '../conversation/merge.ts'
import {
  fitMessage,
  fromRowJson,
  type MessageMarks,
  toRowJson,
  toWireMessage,
  type WireMessage,
} from '../conversation/message.ts'
import type { MessageRow } from '../conversation/rows.ts'
import { derivedIdOf, type MessageEntry } from '../conversation/transcript.ts'
import { toJson, utf8Bytes } from '../json.ts'
import type { Ledger } from '../ledger.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'

/** Where a new message stands. */
export interface Place {
  /** The recorded message that comes after it; `undefined` at the end. */
  next: MessageEntry | undefined
  /** How many new messages still come before that one, this one included: they share the room there. */
  count: number
  /** Its id on the wire where the caller gives none; `undefined` for a random one. */
  id: string | undefined
  /** It was said before, on another device, which knows more of it (clicks, say): on the wire it is the oldest version. */
  isHistory: boolean
}

/** What a row is made of. */
export interface NewVersion {
  conversation: Conversation
  input: MessageInput
  known: MessageEntry | undefined
  /** Added to those it has. */
  marks: MessageMarks
  place: Place | undefined
}

export interface RowsParts {
  platform: Platform
  store: ConversationStore
  ledger: Ledger
}

/** Makes messages into rows. */
export function createRows({ platform, store, ledger }: RowsParts) {
  const { now } = platform
  /** Messages of which this page gave no status: they count as complete until it says otherwise. */
  const supposed = new WeakSet<MessageEntry>()

  /** The row of a new version; the known one where nothing has changed. */
  const of = ({ conversation, input, known: entry, marks: added, place }: NewVersion): MessageRow => {
    const known = entry?.row
    const order = known?.order ?? orderAt(conversation, place)
    const updatedAt = known ? Math.max(now(), known.updatedAt + 1) : Math.max(now(), order)
    const before = known && fromRowJson(known.json)
    const { status: ended, placeholders: _before, ...kept } = before?.properties?.chatlog ?? {}
    const createdAt = before?.createdAt ?? new Date(order).toISOString()
    const wire = toWireMessage(input, { createdAt, updatedAt: before?.updatedAt ?? createdAt }, {})
    const isSame = before !== undefined && saysTheSame(before, wire)
    const isTold = entry !== undefined && !supposed.has(entry)
    const keepsEnd = isSame && !known?.streaming && ended && staysEnded(ended, isTold, input.status)
    const { status = 'complete' } = keepsEnd ? { status: ended } : input
    const streaming = status === 'streaming'
    wire.properties = {
      ...wire.properties,
      chatlog: { ...(status !== 'streaming' && { status }), ...kept, ...added, ...wire.properties?.chatlog },
    }
    if (entry && input.status && !streaming) supposed.delete(entry)
    if (known && !streaming && !known.streaming && toRowJson(wire) === known.json) return known
    wire.updatedAt = new Date(place?.isHistory && !known ? 0 : updatedAt).toISOString()
    const externalId = wire.externalId ?? null
    const id =
      known?.id ?? (externalId === null ? (place?.id ?? platform.createId()) : derivedIdOf(conversation, externalId))
    // One literal: the browser keeps an object that is spread together from two in more memory.
    const row: MessageRow = {
      kind: 'message',
      tabId: store.tabId,
      id,
      externalId,
      order,
      updatedAt,
      part: known?.part ?? 0,
      streaming,
      role: wire.role,
      json: '',
      bytes: 0,
    }
    return inItsPart(conversation, withJson(row, toRowJson(wire)))
  }

  /**
   * A place at the end, or one between its neighbours. Where no number is left between them, earlier messages move
   * back.
   */
  const orderAt = (conversation: Conversation, place: Place | undefined): number => {
    if (!place?.next) return Math.max(now(), conversation.activeAt + 1)
    const { messages } = conversation
    const at = messages.indexOf(place.next)
    const next = place.next.row.order
    const previous = messages[at - 1]?.row.order ?? next - place.count - 1
    const order = previous + (next - previous) / (place.count + 1)
    if (order > previous && order < next) return order
    for (const { row } of messages.slice(0, at)) {
      store.saveMessage(conversation, { ...row, tabId: store.tabId, order: row.order - place.count })
    }
    return orderAt(conversation, place)
  }

  /** Cuts a message that is larger than a part by itself, and puts it into its part once the earlier rows are read. */
  const inItsPart = (conversation: Conversation, row: MessageRow): MessageRow => {
    let fitted = row
    if (row.bytes > maxBodyBytes / 2 && row.bytes > partBudgetBytes(conversation)) {
      const message = fromRowJson(row.json)
      const room = partBudgetBytes(conversation) - utf8Bytes(toJson(row.id) as string) - 10
      if (message) fitted = withJson(row, toRowJson(fitMessage(message, room)))
      ledger.drop('too_large', row.id, `it has ${row.bytes} bytes, ${fitted.bytes} are kept`)
    }
    return conversation.logPosition.loaded && !row.part
      ? { ...fitted, part: partFor(conversation, fitted.bytes) }
      : fitted
  }

  return { of, supposed }
}

const saysTheSame = (before: WireMessage, after: WireMessage): boolean =>
  toJson([before.content, before.tool_calls]) === toJson([after.content, after.tool_calls])

/**
 * Whether an answer that still says the same keeps its recorded end. A page says less than is known where it gives no
 * status, or where it gives all answers the status of the newest one.
 *
 * @param isTold the page has said itself that the answer ended so
 * @param given the status that the page gives now
 */
const staysEnded = (ended: MessageMarks['status'], isTold: boolean, given: MessageInput['status']): boolean =>
  given === undefined || given === 'streaming' || (ended === 'complete' ? isTold : ended !== 'interrupted')
