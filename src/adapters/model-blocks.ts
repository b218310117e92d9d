import { fieldsOf, objectsOf, textGiven } from './given.ts'
import { imageUrlOf, type Pieces } from './pieces.ts'

/** Where the blocks of one message go. */
export interface Taking {
  pieces: Pieces
  /** @returns the call's id in this message */
  call(id: unknown, name: unknown, given: unknown): string
  /** Adds the result of a call, of this message or of one before. */
  answer(id: string, result: unknown): void
}

type Fields = Record<string, unknown>

/** One block of a message's content: OpenAI's parts, Anthropic's blocks, LangChain's standard ones. */
export function takeBlock(block: unknown, taking: Taking): void {
  const { pieces } = taking
  const part = typeof block === 'string' ? { type: 'text', text: block } : fieldsOf(block)
  const type = `${part.type ?? ''}`
  if (/(^|_)text$|^summary_text$/.test(type) && textGiven(part.text) !== undefined) takeText(part, pieces)
  else if (type === 'refusal') pieces.text(part.refusal)
  else if (/thinking$|^reasoning/.test(type)) pieces.reasoning(part.thinking ?? part.reasoning ?? part.text)
  else if (/tool_use$|^tool_call$|^tool-call$/.test(type)) {
    taking.call(part.id ?? part.toolCallId, part.name ?? part.toolName, part.input ?? part.args)
  } else if (/tool_result$|^tool-result$/.test(type)) takeResult(part, taking)
  else if (/image/.test(type)) takeImage(part, pieces)
  else if (Object.keys(part).length) takeOther(part, type, pieces)
}

function takeText({ text, annotations, citations }: Fields, pieces: Pieces): void {
  pieces.text(text)
  for (const list of [annotations, citations]) {
    for (const { url_citation: nested, ...flat } of objectsOf(list as Fields[] | undefined, 'annotations')) {
      const { url, title } = nested ? fieldsOf(nested) : flat
      pieces.link(url, title)
    }
  }
}

function takeResult({ tool_use_id, toolCallId, content, result, is_error: isError }: Fields, { answer }: Taking): void {
  const id = tool_use_id ?? toolCallId
  const given = content ?? result
  if (typeof id === 'string') answer(id, isError ? { error: given } : given)
}

function takeImage(part: Fields, pieces: Pieces): void {
  const { image_url: given, image, source } = part
  const { url = given, detail } = fieldsOf(given)
  const address = textGiven(url) ?? textGiven(image) ?? imageUrlOf(source ?? part)
  if (!address) pieces.placeholder('image', part.name ?? part.filename ?? part.file_id)
  else pieces.image(address, detail)
}

/** Adds a file, a sound, or a block that this version doesn't know: its words where it has any, else what it is. */
function takeOther(part: Fields, type: string, pieces: Pieces): void {
  const { name, filename, title, mimeType, mime_type: mime } = { ...part, ...fieldsOf(part.file) } as Fields
  const source = fieldsOf(part.source)
  const { transcript, format } = fieldsOf(part[type])
  const words = textGiven(part.transcript ?? transcript ?? part.text)
  const kind = type.replace(/^input_/, '') || 'content'
  if (words !== undefined) pieces.text(words)
  else pieces.placeholder(kind, filename ?? name ?? title, source.media_type ?? mimeType ?? mime ?? format)
}
