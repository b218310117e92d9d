import type { ContentPart, Link, ToolCall } from '../../contract/conversation.ts'
import { maxBodyBytes, maxListEntries } from '../../contract/limits.ts'
import type { FeedbackInput, MessageInput } from '../chatlog.ts'
import { parseJson, toJson, utf8Bytes } from '../json.ts'
import { asText, isObject, parseContent } from './content.ts'
import type { LinkClick } from './rows.ts'

/** What chatlog adds to a message, under `properties.chatlog`. */
export interface MessageMarks {
  status?: 'complete' | 'aborted' | 'error' | 'interrupted'
  /** Wire id of the answer that this one replaces. */
  replaces?: string
  linkClicks?: LinkClick[]
  /** What the visitor thinks of it; the last word counts. `null`: taken back. */
  feedback?: {
    type: 'positive' | 'negative' | null
    reasons?: FeedbackInput['reasons']
    createdAt?: string | undefined
  }
  /** How many parts of the content can't be kept: a text in brackets stands for each. */
  placeholders?: number
  /** The message was larger than a body may be. */
  truncated?: { originalBytes: number; keptBytes: number }
}

/** A message as it goes over the wire, but for its id. */
export interface WireMessage {
  role: string
  content: string | ContentPart[]
  externalId?: string
  name?: string
  createdAt: string
  updatedAt: string
  links?: Link[]
  tool_calls?: ToolCall[]
  properties?: Record<string, unknown> & { chatlog?: MessageMarks }
}

type Fields = Record<string, unknown>

const objects = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : [])

/**
 * ISO 8601 in UTC, of a date, a number of milliseconds or a text; `undefined` where it is none, or not in years 0 to
 * 9999.
 */
export function toIsoTime(value: unknown): string | undefined {
  const date = new Date(value as string)
  const iso = value == null || Number.isNaN(+date) ? undefined : date.toISOString()
  // Before year 0 and from 10000 on, JavaScript writes a sign before the year, which the contract doesn't have.
  return iso && /^\d/.test(iso) ? iso : undefined
}

const parseLink = ({ url, label, title, description, type, breadcrumbs }: Fields): Fields => ({
  url: asText(url),
  label: asText(label),
  title: asText(title),
  description: asText(description),
  type: asText(type),
  breadcrumbs: Array.isArray(breadcrumbs) ? breadcrumbs.map(asText).filter((crumb) => crumb !== undefined) : undefined,
})

function parseToolCall({ id, function: called }: Fields): unknown[] {
  const { name, arguments: given } = isObject(called) ? called : {}
  const text = typeof given === 'string' ? given : toJson(given ?? {})
  return typeof id === 'string' && typeof name === 'string'
    ? [{ id, type: 'function', function: { name, arguments: text ?? '' } }]
    : []
}

/**
 * The message as it goes over the wire; members that are `undefined` never reach the JSON.
 *
 * @throws TypeError saying what is wrong with it: no object, an unknown role, no content
 */
export function toWireMessage(
  input: MessageInput,
  times: { createdAt: string; updatedAt: string },
  marks: MessageMarks,
): WireMessage {
  if (!isObject(input)) throw new TypeError('a message must be an object { role, content }')
  const { role, content, properties } = input as { [Key in keyof MessageInput]: unknown }
  if (!/^(system|user|assistant)$/.test(role as string)) {
    throw new TypeError(
      '`role` must be system, user or assistant; fold tool messages into the message that called them',
    )
  }
  const toolCalls = objects(input.toolCalls).flatMap(parseToolCall)
  const links = objects(input.links)
    .map(parseLink)
    .filter(({ url }) => url !== undefined)
  // Chat APIs give `null` for an answer that is nothing but tool calls; the contract wants text.
  const parsed = parseContent(content ?? (toolCalls.length ? '' : undefined))
  if (!parsed) throw new TypeError('`content` must be text or an array of parts')
  return {
    role,
    content: parsed.content,
    externalId: asText(input.id) || undefined,
    name: asText(input.name),
    createdAt: toIsoTime(input.createdAt) ?? times.createdAt,
    updatedAt: times.updatedAt,
    links: links.length ? links : undefined,
    tool_calls: toolCalls.length ? toolCalls : undefined,
    // They go through JSON, so that a getter which throws costs its own field and not the message.
    properties: {
      ...(Array.isArray(properties) ? {} : (parseJson(toJson(properties)) as object)),
      chatlog: { ...marks, placeholders: parsed.placeholders || undefined },
    },
  } as WireMessage
}

/** The stored form: JSON without its opening brace, so that the id can be put before it. */
export const toRowJson = (message: WireMessage): string => (toJson(message) as string).slice(1)

/** The message that `toRowJson` wrote; `undefined` where the stored row is corrupt. */
export function fromRowJson(json: string): WireMessage | undefined {
  const message = parseJson(`{${json}`)
  return isObject(message) ? (message as unknown as WireMessage) : undefined
}

/** The message with more marks on it. */
export const withMarks = (message: WireMessage, marks: MessageMarks): WireMessage => ({
  ...message,
  properties: { ...message.properties, chatlog: { ...message.properties?.chatlog, ...marks } },
})

/** The message as it stands in a body. */
export const messageJson = (id: string, json: string): string => `{"id":${toJson(id)},${json}`

/**
 * Least bytes that an entry of a list counts for, so that a body within the bound of bytes is within that of entries.
 */
const entryBytes = maxBodyBytes / maxListEntries

const entriesIn = (value: unknown): number =>
  isObject(value)
    ? Object.values(value).reduce<number>(
        (sum, member) => sum + entriesIn(member),
        Array.isArray(value) ? value.length : 0,
      )
    : 0

/** How much of a part's bytes this JSON uses up: its UTF-8 bytes, or more where its lists have many small entries. */
export const shareOf = (json: string): number =>
  Math.max(utf8Bytes(json), /":\[/.test(json) ? (entriesIn(parseJson(json)) + 1) * entryBytes : 0)

/** The value with at most `most.left` entries in all its lists together: the first ones stay. */
function withEntries(value: unknown, most: { left: number }): unknown {
  if (!isObject(value)) return value
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withEntries(member, most)]))
  const kept = value.slice(0, most.left)
  most.left -= kept.length
  return kept.map((entry) => withEntries(entry, most))
}

/** What is cut from a message that is too large, in this order: data URLs, tool arguments, text. */
const cuts: ((key: string, text: string) => boolean)[] = [
  (_key, text) => text.startsWith('data:'),
  (key) => key === 'arguments',
  (key) => key === 'content' || key === 'text',
]

/**
 * The message cut until it takes at most `maxBytes` of a part: entries of its lists where those are too many; then data
 * URLs, then tool arguments, then text, at last its links and the site's properties.
 */
export function fitMessage(message: WireMessage, maxBytes: number): WireMessage {
  // 100 bytes are for the mark `truncated` itself.
  const excessOf = (fitted: WireMessage) => utf8Bytes(toRowJson(fitted)) - maxBytes + 100
  const originalBytes = utf8Bytes(toRowJson(message))
  let fitted = withEntries(message, { left: Math.floor(maxBytes / entryBytes) - 1 }) as WireMessage
  for (const isCut of cuts) {
    let excess = excessOf(fitted)
    const cutStrings = (value: unknown, key: string): unknown => {
      if (typeof value === 'string') {
        const cut = excess > 0 && isCut(key, value) ? shorten(value, excess) : value
        excess -= value === cut ? 0 : jsonBytes(value) - jsonBytes(cut)
        return cut
      }
      if (Array.isArray(value)) return value.map((item) => cutStrings(item, key))
      if (!isObject(value)) return value
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutStrings(member, name)]))
    }
    if (excess > 0) fitted = cutStrings(fitted, '') as WireMessage
    // Links and properties that alone are too large go before the text does: cutting all the text wouldn't make room.
    if (excess > 0 && isCut('arguments', '')) fitted = withoutExtrasOver(fitted, maxBytes)
  }
  if (excessOf(fitted) > 0) fitted = withoutExtrasOver(fitted, 0)
  return withMarks(fitted, { truncated: { originalBytes, keptBytes: utf8Bytes(toRowJson(fitted)) } })
}

/** The message without its links and the site's properties, where those alone have more than `maxBytes`. */
function withoutExtrasOver(message: WireMessage, maxBytes: number): WireMessage {
  const { links, properties, ...rest } = message
  const bytes = utf8Bytes(toJson([links, properties]) as string)
  return bytes > maxBytes ? { ...rest, properties: { chatlog: properties?.chatlog ?? {} } } : message
}

const jsonBytes = (text: string): number => utf8Bytes(toJson(text) as string)

/**
 * Cuts at least `excess` bytes of the text's JSON form from its end, at a code point; of a data URL it leaves nothing.
 */
function shorten(text: string, excess: number): string {
  if (text.startsWith('data:')) return 'data:,'
  const wanted = jsonBytes(text) - excess
  let cut = text
  // It cuts in proportion and not by halving: each count of a text of 3 MB costs the page milliseconds.
  for (let bytes = wanted + excess; cut && bytes > wanted; bytes = jsonBytes(cut)) {
    cut = cut.slice(0, Math.max(0, Math.floor((cut.length * wanted) / bytes) - 1))
  }
  return cut.replace(/[\ud800-\udbff]$/, '')
}
