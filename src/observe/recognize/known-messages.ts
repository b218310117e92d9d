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
  /** As it was read last. */
  shown: RenderedMessage
  /** All that could be read in its element then, without white space. */
  whole: string
  /** It had no text, but pictures or files. */
  isAttachment: boolean
  /** Nothing more is expected: what comes after may be another answer. */
  settled: boolean
  /** It is shown as an error. */
  failed: boolean
  /** When its text last changed, milliseconds since 1970. */
  changedAt: number
  /** When this page last recorded it, milliseconds since 1970. */
  recordedAt: number
  /** It was there when the widget was looked at last. */
  visible: boolean
  /** The visitor asked for another answer, or stopped this one. */
  asked: 'stop' | 'again' | null
  /** An element that shows less than was recorded: folded up, or beginning anew. */
  shrunkTo: string | null
}

/** A recorded message. */
export interface KnownMessage {
  conversation: Conversation
  entry: MessageEntry
  /** As stored, without white space. */
  stored: string
  seen: SeenMessage | undefined
  /** Its conversation is closed to what comes: it is recognised by its element alone. */
  closed: boolean
}

/** The conversations that the widget has shown in this page, and what of their messages this page has seen. */
export interface KnownMessages {
  /** Every recorded message of both sides, in order. */
  all(): KnownMessage[]
  add(conversation: Conversation): void
  see(entry: MessageEntry, seen: SeenMessage): void
  /** What comes belongs to none of them. */
  close(): void
  /** What comes belongs to this one, again. */
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
 * An id that two tabs agree on. A visitor's message: the how manieth of that text it is. An answer: the how manieth
 * after that message.
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
