import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { maxBodyBytes } from '../../contract/limits.ts'
import { cleanText } from '../clean-json.ts'
import { isAskedAgain } from '../store/asked.ts'
import { chatlogProperties, facetsOf, linkClicksOf } from '../store/conversation-facets.ts'
import { saysNotFound } from '../store/not-found.ts'
import { foundIn, holdsText, textOf } from '../store/search-text.ts'

/** Longest excerpt of a conversation in the list, in code points. */
const maxExcerptLength = 160

/** How much is shown before the words that were found, in UTF-16 units. */
const charactersBefore = 40

/** A line of a message in which words were found. */
export type Found = { line: string; marks: { from: number; to: number }[] }

/** What the list shows of a conversation. Excerpt and visitor are what people typed or are: never log them. */
export type ConversationSummary = {
  id: string
  /** ISO 8601. */
  createdAt: string
  /** ISO 8601. */
  updatedAt: string
  /** What the visitor asked first, on one line; empty when nobody has said anything in words. */
  excerpt: string
  /**
   * What was searched for, with the words around it, on one line, and where in that the words stand, in UTF-16 units; `null`
   * where nothing was.
   */
  found: Found | null
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
 * `failed`, `stopped`, `interrupted`: an answer ended so; `unanswered`: the last question has none; `disliked`: negative
 * feedback was noted on a message; `asked_again`: an answer was made anew, or a question said twice; `not_found`: an answer
 * says one of the site's phrases for that.
 */
export type Trouble = 'failed' | 'stopped' | 'interrupted' | 'unanswered' | 'disliked' | 'asked_again' | 'not_found'

const troubleOfFacet: Record<string, Trouble> = {
  'answer error': 'failed',
  'answer aborted': 'stopped',
  'answer interrupted': 'interrupted',
  'answer none': 'unanswered',
  'feedback negative': 'disliked',
}

function troublesOf(conversation: StoredConversation, phrases: readonly string[]): Trouble[] {
  const { messages } = conversation
  const found = facetsOf(conversation).flatMap(({ kind, value }) => troubleOfFacet[`${kind} ${value}`] ?? [])
  if (isAskedAgain(messages)) found.push('asked_again')
  if (messages.some((message) => saysNotFound(message, phrases))) found.push('not_found')
  return found
}

/**
 * @param text what was searched for, if anything was
 * @param phrases in which the site's answers say that they could not find something
 */
export function summarize(
  conversation: StoredConversation,
  text?: string,
  phrases: readonly string[] = [],
): ConversationSummary {
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
    troubles: troublesOf(conversation, phrases),
    bytes: Buffer.byteLength(JSON.stringify(conversation)),
    maxBytes: maxBodyBytes,
    part: typeof part === 'number' ? part : null,
  }
}

function wordsAround(messages: StoredMessage[], text: string): Found | null {
  // The words may be said apart too, in messages before the one that says them all.
  const message = messages.find((one) => holdsText({ messages: [one] }, text))
  const said = message ? textOf(message) : ''
  const [first] = foundIn(said, text)
  if (!first) return null
  const from = lineStart(said, first.from)
  const line = cleanText(said.slice(from, from + maxExcerptLength))
    .replace(/\s+/g, ' ')
    .trim()
  const whole = `${from > 0 ? '…' : ''}${line}${from + maxExcerptLength < said.length ? '…' : ''}`
  return { line: whole, marks: foundIn(whole, text).map(({ from, to }) => ({ from, to })) }
}

/** Where a line begins that shows what stands at a place: after the first space of what is shown before it. */
function lineStart(said: string, place: number): number {
  if (place <= charactersBefore) return 0
  const before = said.slice(place - charactersBefore, place)
  return place - charactersBefore + before.search(/\s|$/)
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
