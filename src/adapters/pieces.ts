import type { ContentPartInput, LinkInput, MessageInput, ToolCallInput } from '../script/chatlog.ts'
import { lastOf } from '../script/lists.ts'
import { fieldsOf, textGiven } from './given.ts'

/** Puts one message of another format together, piece by piece. */
export interface Pieces {
  text(text: unknown): void
  /** @param detail as OpenAI has it */
  image(url: unknown, detail?: unknown): void
  /**
   * Something that a reader sees and that can't be kept: a text in brackets stands for it, `[file: report.pdf]`, and
   * `properties.chatlog.placeholders` counts it.
   */
  placeholder(kind: string, name?: unknown, mediaType?: unknown): void
  link(url: unknown, title?: unknown): void
  reasoning(text: unknown): void
  /** @returns the call's id, unlike that of every other call of this message */
  call(id: unknown, name: unknown, given: unknown): string
  /** Adds the result of a call. */
  result(id: string, result: unknown): void
  /** A property of the message. */
  property(name: string, value: unknown): void
  /** Whether nothing was said in it, and nothing called. */
  isEmpty(): boolean
  /** @param separator between texts that follow each other */
  content(separator?: string): MessageInput['content']
  /** Links, calls and properties, those that there are. */
  rest(): Pick<MessageInput, 'links' | 'toolCalls' | 'properties'>
}

export function createPieces(): Pieces {
  const said: ({ text: string } | ContentPartInput)[] = []
  const links: LinkInput[] = []
  const calls: ToolCallInput[] = []
  const reasoning: string[] = []
  const results: Record<string, unknown> = {}
  const properties: Record<string, unknown> = {}
  const isText = (piece: object): piece is { text: string } => !('type' in piece)
  return {
    text(given) {
      const text = textGiven(given)
      if (text) said.push({ text })
    },
    image(url, detail) {
      const known = (['auto', 'low', 'high'] as const).find((one) => one === detail)
      const image = { url: url as string, ...(known && { detail: known }) }
      if (textGiven(url)) said.push({ type: 'image_url', image_url: image })
    },
    placeholder(type, name, mediaType) {
      const part = { type, name: textGiven(name), mediaType: textGiven(mediaType) }
      // `MessageInput` has no such part: recording makes a text in brackets of it.
      said.push(part as unknown as ContentPartInput)
    },
    link(url, title) {
      if (textGiven(url)) links.push({ url: url as string, title: textGiven(title) ?? null })
    },
    reasoning(given) {
      const text = textGiven(given)
      if (text) reasoning.push(text)
    },
    call(given, name, input) {
      const id = unlike(textGiven(given) ?? `call_${calls.length}`, calls)
      calls.push({ id, type: 'function', function: { name: textGiven(name) ?? 'tool', arguments: input ?? {} } })
      return id
    },
    result(id, result) {
      results[id] = result
    },
    property(name, value) {
      properties[name] = value
    },
    isEmpty: () => !said.length && !calls.length,
    content(separator = '\n\n') {
      if (said.every(isText)) return said.map(({ text }) => text).join(separator)
      return said.reduce<ContentPartInput[]>((parts, piece, index) => {
        const before = said[index - 1]
        const last = lastOf(parts)
        if (!isText(piece)) parts.push(piece)
        else if (before && isText(before) && last?.type === 'text') last.text += separator + piece.text
        else parts.push({ type: 'text', text: piece.text })
        return parts
      }, [])
    },
    rest: () => {
      const all = {
        ...properties,
        ...(reasoning.length && { reasoning: reasoning.join('\n\n') }),
        ...(Object.keys(results).length && { toolResults: results }),
      }
      return {
        ...(links.length && { links }),
        ...(calls.length && { toolCalls: calls }),
        ...(Object.keys(all).length && { properties: all }),
      }
    },
  }
}

/** A model may count its calls anew in each step: `call_0`, `call_0#2`. */
function unlike(id: string, calls: readonly ToolCallInput[]): string {
  for (let count = 1; ; count++) {
    const one = count > 1 ? `${id}#${count}` : id
    if (!calls.some((call) => call.id === one)) return one
  }
}

/** A picture's address: its own, or its bytes as one. `undefined` where there is neither. */
export function imageUrlOf(given: unknown): string | undefined {
  const { url, data, media_type: type, mimeType, mime_type: mime } = fieldsOf(given)
  if (textGiven(url)) return url as string
  const bytes = textGiven(data)
  if (!bytes) return
  return /^(data|https?|blob):/.test(bytes) ? bytes : `data:${type ?? mimeType ?? mime ?? 'image/png'};base64,${bytes}`
}
