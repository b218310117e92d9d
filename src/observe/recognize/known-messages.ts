import type { Conversation } from '../../script/conversation/conversation.ts'
import { fromRowJson } from '../../script/conversation/message.ts'
import type { MessageRow } from '../../script/conversation/rows.ts'
import type { MessageEntry } from '../../script/conversation/transcript.ts'
import { findLastIndex } from '../../script/lists.ts'
import type { RenderedMessage } from '../read/message-reader.ts'
import { comparable, hashOf } from '../read/text-change.ts'

/** What this page has seen of a message. */
export interface SeenMessage {
  element: Element
  /** Its text as it was read last, without white space. */
  comparable: string
  links: string
  /** The message as it was read last. */
  shown: RenderedMessage
  /** All that could be read in its element then, without white space. */
  whole: string
  /** The message had no text, but pictures or files. */
  isAttachment: boolean
  /** No more of it is expected: a text that comes in its element may be another answer. */
  settled: boolean
  /** The widget shows it as an error. */
  failed: boolean
  /** When its text last changed, milliseconds since 1970. */
  changedAt: number
  /** When this page last recorded it, milliseconds since 1970. */
  recordedAt: number
  /** The last look found it in the widget. */
  visible: boolean
  /** The visitor has stopped this answer, or asked for another one. */
  asked: 'stop' | 'again' | null
  /** What its element shows where that is less than was recorded: the widget has folded it up, or types it anew. */
  shrunkTo: string | null
}

/** A recorded message. */
export interface KnownMessage {
  conversation: Conversation
  entry: MessageEntry
  /** Its stored text without white space; `''` once this page has seen it. */
  stored: string
  /** `undefined` where this page hasn't seen it yet. */
  seen: SeenMessage | undefined
  /** Its conversation takes no new messages: it is recognised by its element alone. */
  closed: boolean
}

/** Keeps the conversations that the widget has shown on this page, and what this page has seen of their messages. */
export interface KnownMessages {
  /** Every recorded message of both sides, in order. */
  all(): KnownMessage[]
  add(conversation: Conversation): void
  see(entry: MessageEntry, seen: SeenMessage): void
  /** New messages belong to none of these conversations. */
  close(): void
  /** New messages belong to this conversation again. */
  reopen(conversation: Conversation): void
  isClosed(conversation: Conversation): boolean
}

const storedText = (row: MessageRow): string => {
  const content = fromRowJson(row.json)?.content ?? ''
  const text = typeof content === 'string' ? content : content.map((part) => ('text' in part ? part.text : '')).join('')
  return comparable(text)
}

export function createKnownMessages(): KnownMessages {
  const conversations = new Map<Conversation, { closed: boolean }>()
  const seen = new WeakMap<MessageEntry, SeenMessage>()
  const texts = new WeakMap<MessageRow, string>()

  const textOf = (row: MessageRow) => {
    const text = texts.get(row) ?? storedText(row)
    texts.set(row, text)
    return text
  }

  return {
    all: () =>
      [...conversations].flatMap(([conversation, { closed }]) =>
        conversation.messages
          .filter(({ row }) => row.role !== 'system')
          .map((entry) => {
            const known = seen.get(entry)
            return { conversation, entry, stored: known ? '' : textOf(entry.row), seen: known, closed }
          }),
      ),
    add: (conversation) => {
      if (!conversations.has(conversation)) conversations.set(conversation, { closed: false })
    },
    see: (entry, message) => void seen.set(entry, message),
    close() {
      for (const state of conversations.values()) state.closed = true
    },
    reopen: (conversation) => void conversations.set(conversation, { closed: false }),
    isClosed: (conversation) => conversations.get(conversation)?.closed === true,
  }
}

/**
 * An id that two tabs agree on. A visitor's message is named by its text and a number, counted among messages of the
 * same text; an answer by the question before it and its number behind that.
 */
export function derivedId(
  { role, comparable: text }: { role: string; comparable: string },
  before: readonly KnownMessage[],
): string {
  if (role === 'user') {
    const hash = hashOf(text)
    return `u${before.filter(({ entry }) => entry.row.externalId?.endsWith(`-${hash}`)).length + 1}-${hash}`
  }
  const question = findLastIndex(before, ({ entry }) => entry.row.role === 'user')
  const { externalId, id } = before[question]?.entry.row ?? { externalId: 'start', id: '' }
  return `${externalId ?? id}~${before.length - question}`
}
