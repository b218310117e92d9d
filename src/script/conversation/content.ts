import type { ContentPart } from '../../contract/conversation.ts'
import { toJson } from '../json.ts'

type Fields = Record<string, unknown>

/** Whether a value can have fields: an object or a list, but not `null`. */
export const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** Not by `instanceof`: the page may have a variable of that name. */
const isUrl = (value: unknown): value is URL => Object.prototype.toString.call(value) === '[object URL]'

/** Text, or a value with an obvious text: a number, a URL object. */
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' || isUrl(value) ? String(value) : undefined

/** A content, and of how many of its parts only a placeholder is kept. */
export interface ParsedContent {
  content: string | ContentPart[]
  placeholders: number
}

/** The text of a part, from wherever a chat format keeps it; `undefined` where the part has none. */
const textOfPart = (part: unknown, depth = 0): string | undefined => {
  if (!isObject(part) || isUrl(part)) return asText(part)
  for (const key of ['text', 'value', 'content', 'refusal', 'transcript']) {
    const text = depth < 3 ? textOfPart(part[key], depth + 1) : undefined
    if (text !== undefined) return text
  }
  return
}

/** The image of a part, from wherever a chat format keeps its address; `undefined` where the part has none. */
function imageOf({ type, image_url: given, image, url }: Fields): ContentPart | undefined {
  const { url: address, detail } = isObject(given) && !isUrl(given) ? given : ({ url: given } as Fields)
  const shown = asText(address) ?? (/image/.test(`${type}`) ? (asText(image) ?? asText(url)) : undefined)
  if (shown === undefined) return
  const known = (['auto', 'low', 'high'] as const).find((one) => one === detail)
  return { type: 'image_url', image_url: { url: shown, ...(known && { detail: known }) } }
}

/** What stands for a part that can't be kept, for instance `[file: report.pdf, application/pdf]`. */
function placeholderOf(part: Fields): string {
  const { type, name, filename, title, mediaType, mimeType, mime_type, format } = {
    ...part,
    ...(part.file ?? {}),
  } as Fields
  const kind = asText(part.type ?? type) ?? 'content'
  const told = [
    name ?? filename ?? title,
    mediaType ?? mimeType ?? mime_type ?? format ?? (part[kind] as Fields)?.format,
  ]
  const details = told.map(asText).filter(Boolean).join(', ')
  return `[${kind}${details && ': '}${details}]`
}

/**
 * Keeps text as it is; of a list it keeps the texts and the images, and puts a readable placeholder for everything
 * else.
 *
 * @returns `undefined` where it is neither text nor a list
 */
export function parseContent(content: unknown): ParsedContent | undefined {
  const text = asText(content)
  if (text !== undefined) return { content: text, placeholders: 0 }
  if (!Array.isArray(content)) return
  let placeholders = 0
  const parts = content.flatMap((part): ContentPart[] => {
    const image = isObject(part) && imageOf(part)
    if (image) return [image]
    const said = textOfPart(part)
    if (said === undefined && (!isObject(part) || /text$/.test(`${part.type}`))) return []
    if (said === undefined) placeholders++
    return [{ type: 'text', text: said ?? placeholderOf(part) }]
  })
  return { content: parts, placeholders }
}

/**
 * What a message says, as one text that can be compared with another's. Where it has no content, its tool calls as
 * JSON.
 */
export function textOf({ content, toolCalls }: { content?: unknown; toolCalls?: unknown }): string {
  const parsed = parseContent(content)?.content ?? ''
  const text =
    typeof parsed === 'string' ? parsed : parsed.map((part) => ('text' in part ? part.text : toJson(part))).join('')
  return text || (Array.isArray(toolCalls) && toolCalls.length ? (toJson(toolCalls) as string) : '')
}
