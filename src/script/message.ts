import type { ContentPart, Link, ToolCall } from '../contract/conversation.ts'
import type { MessageInput } from './chatlog.ts'
import { parseJson, toJson, utf8Bytes } from './json.ts'
import type { LinkClick } from './row-log.ts'

/** What chatlog adds to a message, under `properties.chatlog`. */
export interface MessageMarks {
  status?: 'complete' | 'aborted' | 'error' | 'interrupted'
  /** Wire id of the answer that this one replaces. */
  replaces?: string
  linkClicks?: LinkClick[]
  feedback?: Record<string, unknown>
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

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const objects = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Text, or a value with an obvious text: a number, a URL object. */
const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' || value instanceof URL ? String(value) : undefined

/** ISO 8601 in UTC of a date, a number of milliseconds or a text; `undefined` where it is no moment. */
export function toIsoTime(value: unknown): string | undefined {
  const date = new Date(value as string)
  return value == null || Number.isNaN(+date) ? undefined : date.toISOString()
}

function parseContent(content: unknown, hasToolCalls: boolean): string | ContentPart[] | undefined {
  if (Array.isArray(content)) return objects(content).flatMap(parsePart)
  // Chat APIs give `null` for an answer that is nothing but tool calls; the contract wants text.
  return content == null && hasToolCalls ? '' : asText(content)
}

function parsePart({ type, text, image_url: image }: Fields): ContentPart[] {
  if (type === 'text' && typeof text === 'string') return [{ type, text }]
  if (type !== 'image_url' || !isObject(image)) return []
  const url = asText(image.url)
  const detail = (['auto', 'low', 'high'] as const).find((known) => known === image.detail)
  return url === undefined ? [] : [{ type, image_url: { url, ...(detail && { detail }) } }]
}

function parseLink(link: Fields): Link[] {
  const url = asText(link.url)
  if (url === undefined) return []
  const parsed: Link = { url }
  for (const name of ['label', 'title', 'description', 'type'] as const) {
    const text = asText(link[name])
    if (text !== undefined) parsed[name] = text
  }
  if (Array.isArray(link.breadcrumbs)) parsed.breadcrumbs = link.breadcrumbs.map(String)
  return [parsed]
}

function parseToolCall({ id, function: called }: Fields): ToolCall[] {
  if (!isObject(called)) return []
  const { name, arguments: given } = called
  const text = typeof given === 'string' ? given : toJson(given ?? {})
  return typeof id === 'string' && typeof name === 'string' && text !== undefined
    ? [{ id, type: 'function', function: { name, arguments: text } }]
    : []
}

const nonEmpty = <Item>(items: Item[]): Item[] | undefined => (items.length ? items : undefined)

/**
 * The message as it goes over the wire.
 *
 * @throws TypeError saying what is wrong with it: no object, an unknown role, no content
 */
export function toWireMessage(
  input: MessageInput,
  times: { createdAt: string; updatedAt: string },
  marks: MessageMarks,
): WireMessage {
  if (!isObject(input)) throw new TypeError('a message must be an object { role, content }')
  const { role, properties } = input
  if (!['system', 'user', 'assistant'].includes(role)) {
    throw new TypeError(
      '`role` must be system, user or assistant; fold tool messages into the message that called them',
    )
  }
  const toolCalls = objects(input.toolCalls).flatMap(parseToolCall)
  const content = parseContent(input.content, toolCalls.length > 0)
  if (content === undefined) throw new TypeError('`content` must be text or an array of parts')
  return withoutEmpty({
    role,
    content,
    externalId: asText(input.id),
    name: asText(input.name),
    createdAt: toIsoTime(input.createdAt) ?? times.createdAt,
    updatedAt: times.updatedAt,
    links: nonEmpty(objects(input.links).flatMap(parseLink)),
    tool_calls: nonEmpty(toolCalls),
    properties: { ...(isObject(properties) && !Array.isArray(properties) ? properties : {}), chatlog: marks },
  })
}

const withoutEmpty = (message: { [Key in keyof WireMessage]: WireMessage[Key] | undefined }) => message as WireMessage // members that are `undefined` never reach the JSON

/** The stored form: JSON without its opening brace, so that the id can be put before it. */
export const toRowJson = (message: WireMessage): string => (toJson(message) as string).slice(1)

/** What `toRowJson` made of it; `undefined` where the stored row is corrupt. */
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
 * The message cut until it has at most `maxBytes` UTF-8 bytes: data URLs first, then tool arguments, then text, at last
 * its links and the site's properties.
 *
 * @returns the same message where it fits
 */
export function fitMessage(message: WireMessage, maxBytes: number): WireMessage {
  const originalBytes = utf8Bytes(toRowJson(message))
  if (originalBytes <= maxBytes) return message
  let fitted = message
  for (const cut of [cutDataUrls, cutToolArguments, cutText, cutRest]) {
    // The marker itself needs room.
    const excess = utf8Bytes(toRowJson(fitted)) - maxBytes + 100
    if (excess > 0) fitted = cut(fitted, excess)
  }
  return withMarks(fitted, { truncated: { originalBytes, keptBytes: utf8Bytes(toRowJson(fitted)) } })
}

const mapParts = (message: WireMessage, change: (part: ContentPart) => ContentPart): WireMessage =>
  typeof message.content === 'string' ? message : { ...message, content: message.content.map(change) }

const cutDataUrls = (message: WireMessage): WireMessage =>
  mapParts(message, (part) =>
    part.type === 'image_url' && part.image_url.url.startsWith('data:')
      ? { ...part, image_url: { ...part.image_url, url: 'data:,' } }
      : part,
  )

function cutToolArguments(message: WireMessage, excess: number): WireMessage {
  let left = excess
  const calls = message.tool_calls?.map((call) => {
    const cut = shorten(call.function.arguments, left)
    left -= jsonBytes(call.function.arguments) - jsonBytes(cut)
    return { ...call, function: { ...call.function, arguments: cut } }
  })
  return calls ? { ...message, tool_calls: calls } : message
}

function cutText(message: WireMessage, excess: number): WireMessage {
  if (typeof message.content === 'string') return { ...message, content: shorten(message.content, excess) }
  let left = excess
  const fromTheEnd = [...message.content].reverse().map((part) => {
    if (part.type !== 'text') return part
    const text = shorten(part.text, left)
    left -= jsonBytes(part.text) - jsonBytes(text)
    return { ...part, text }
  })
  return { ...message, content: fromTheEnd.reverse() }
}

const cutRest = ({ links: _links, properties, ...message }: WireMessage): WireMessage => ({
  ...message,
  content: typeof message.content === 'string' ? message.content : [],
  properties: { chatlog: properties?.chatlog ?? {} },
})

const jsonBytes = (text: string): number => utf8Bytes(toJson(text) as string)

/** The text with at least `excess` bytes of its JSON form cut from its end, at a code point. */
function shorten(text: string, excess: number): string {
  if (excess <= 0) return text
  const wanted = jsonBytes(text) - excess
  let cut = text
  // By proportion, not by halving: each look at a text of 3 MB costs milliseconds of the page's time.
  for (let bytes = wanted + excess; cut && bytes > wanted; bytes = jsonBytes(cut)) {
    cut = cut.slice(0, Math.max(0, Math.floor((cut.length * wanted) / bytes) - 1))
  }
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
}
