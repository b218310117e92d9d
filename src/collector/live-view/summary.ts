import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { maxBodyBytes } from '../../contract/limits.ts'
import { cleanText } from '../clean-json.ts'
import { chatlogProperties, facetsOf, linkClicksOf } from '../store/conversation-facets.ts'
import { foundIn, textOf } from '../store/search-text.ts'

/** Longest excerpt of a conversation in the list, in code points. */
const maxExcerptLength = 160

/** How much is shown before the words that were found, in UTF-16 units. */
const charactersBefore = 40

/** What the list shows of a conversation. Excerpt and visitor are what people typed or are: never log them. */
export type ConversationSummary = {
  id: string
  /** ISO 8601. */
  createdAt: string
  /** ISO 8601. */
  updatedAt: string
  /** What the visitor asked first, on one line; empty when nobody has said anything in words. */
  excerpt: string
  /** What was searched for, with the words around it, on one line; `null` where nothing was. */
  found: string | null
  /** The id in `userProperties`, as text. */
  visitor: string | null
  identificationType: string | null
  messages: number
  /** Links clicked, in messages and outside them. */
  linkClicks: number
  /** What a reader looks for first: how answers and questions went wrong, each once. */
  troubles: Trouble[]
  /** UTF-8 bytes of the conversation as JSON. */
  bytes: number
  /** The most bytes that one request may carry: the list shows `bytes` as a part of it. */
  maxBytes: number
  /** Counts from 1; `null` unless a conversation too large for one request was split. */
  part: number | null
}

/**
 * `failed`, `stopped`, `interrupted`: an answer ended so; `unanswered`: the last question has none; `disliked`:
 * negative feedback was noted on a message; `asked_again`: an answer was made anew, or a question said twice.
 */
export type Trouble = 'failed' | 'stopped' | 'interrupted' | 'unanswered' | 'disliked' | 'asked_again'

const troubleOfFacet: Record<string, Trouble> = {
  'answer error': 'failed',
  'answer aborted': 'stopped',
  'answer interrupted': 'interrupted',
  'answer none': 'unanswered',
  'feedback negative': 'disliked',
}

function troublesOf(conversation: StoredConversation): Trouble[] {
  const found = facetsOf(conversation).flatMap(({ kind, value }) => troubleOfFacet[`${kind} ${value}`] ?? [])
  return isAskedAgain(conversation.messages) ? [...found, 'asked_again'] : found
}

function isAskedAgain(messages: readonly StoredMessage[]): boolean {
  if (messages.some((message) => chatlogProperties(message).replaces != null)) return true
  const questions = messages.flatMap((message) =>
    message.role === 'user' ? [textOf(message).normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()] : [],
  )
  return new Set(questions).size < questions.length
}

/** @param text what was searched for, if anything was */
export function summarize(conversation: StoredConversation, text?: string): ConversationSummary {
  const { id, createdAt, updatedAt, userProperties, messages } = conversation
  const part = chatlogProperties(conversation).part
  return {
    id,
    createdAt,
    updatedAt,
    excerpt: excerptOf(messages),
    found: text === undefined ? null : wordsAround(messages, text),
    visitor: userProperties?.id == null ? null : String(userProperties.id),
    identificationType: userProperties?.identificationType ?? null,
    messages: messages.length,
    linkClicks: [conversation, ...messages].reduce((sum, holder) => sum + linkClicksOf(holder).length, 0),
    troubles: troublesOf(conversation),
    bytes: Buffer.byteLength(JSON.stringify(conversation)),
    maxBytes: maxBodyBytes,
    part: typeof part === 'number' ? part : null,
  }
}

function wordsAround(messages: StoredMessage[], text: string): string | null {
  for (const message of messages) {
    const said = textOf(message)
    const [first] = foundIn(said, text)
    if (!first) continue
    const from = Math.max(0, first.from - charactersBefore)
    const words = cleanText(said.slice(from, from + maxExcerptLength))
      .replace(/\s+/g, ' ')
      .trim()
    return `${from > 0 ? '…' : ''}${words}`
  }
  return null
}

function excerptOf(messages: StoredMessage[]): string {
  const first = messages.find(({ role }) => role === 'user') ?? messages[0]
  const codePoints = [
    ...beginningOf(first?.content ?? '')
      .replace(/\s+/g, ' ')
      .trim(),
  ]
  return codePoints.length > maxExcerptLength
    ? `${codePoints.slice(0, maxExcerptLength).join('')}…`
    : codePoints.join('')
}

function beginningOf(content: NonNullable<StoredMessage['content']>): string {
  if (typeof content === 'string') return content.slice(0, maxExcerptLength * 8)
  return content.map((part) => (part.type === 'text' ? part.text.slice(0, maxExcerptLength * 8) : '')).join(' ')
}
