/**
 * Messages of the Vercel AI SDK -> chatlog's.
 *
 * @module chatlog/adapters/ai-sdk
 */
import type { MessageInput, MessageStatus } from '../script/chatlog.ts'
import { fieldsOf, objectsOf, readable, textGiven } from './given.ts'
import { createPieces, type Pieces } from './pieces.ts'

/** A `UIMessage`, as far as it is read. */
export interface UIMessageLike {
  id: string
  role: 'system' | 'user' | 'assistant'
  parts: readonly { type: string }[]
}

/** How the newest answer stands: what `useChat` calls its status, and what `onFinish` says. */
export interface AnswerState {
  status?: 'submitted' | 'streaming' | 'ready' | 'error'
  isAbort?: boolean
  isDisconnect?: boolean
  isError?: boolean
}

/** Fields of the parts that are read. */
interface Part {
  type: string
  text?: string
  state?: string
  url?: string
  title?: string
  filename?: string
  mediaType?: string
  data?: unknown
  toolName?: string
  toolCallId?: string
  input?: unknown
  rawInput?: unknown
  output?: unknown
  errorText?: string
  approval?: unknown
}

/**
 * The transcript for `trackMessages`: text parts as the content, pictures, sources as links, tools as calls with their
 * results in `properties.toolResults`, reasoning in `properties.reasoning`; a text in brackets stands for every other
 * file and part that a reader sees. An answer whose text never ended is `aborted`, or `error` where the state says so.
 *
 * @see docs/adapters.md for each part
 */
export function fromUIMessages(messages: readonly UIMessageLike[], state: AnswerState = {}): MessageInput[] {
  const all = objectsOf(messages, 'messages')
  return all.flatMap((message, index) => readable(() => [toInput(message, (index === all.length - 1 && state) || {})]))
}

function toInput(message: UIMessageLike, state: AnswerState): MessageInput {
  const { id, role } = message
  const parts = objectsOf(message.parts as readonly Part[], 'parts')
  const pieces = createPieces()
  // Version 4 has the text beside the parts, or no parts at all.
  if (!parts.length) pieces.text((message as { content?: unknown }).content)
  for (const part of parts) takePart(part, pieces)
  return {
    id,
    role,
    content: pieces.content(),
    ...(role === 'assistant' && { status: statusOf(parts, state) }),
    ...pieces.rest(),
  }
}

/** Adds one part. It leaves out steps, which say where a model was called again: no reader sees them. */
function takePart(part: Part, pieces: Pieces): void {
  const { text, url, title, filename, mediaType } = part
  const type = `${part.type}`
  if (type === 'text') pieces.text(text)
  else if (type === 'reasoning') pieces.reasoning(text)
  else if (type === 'source-url') pieces.link(url, title)
  else if (type === 'source-document') pieces.placeholder('source', title ?? filename, mediaType)
  else if (type === 'file' && url && textGiven(mediaType)?.startsWith('image/')) pieces.image(url)
  else if (type === 'file') pieces.placeholder('file', filename, mediaType)
  else if (/^(tool-|dynamic-tool$)/.test(type)) takeCall(part, type, pieces)
  else if (type !== 'step-start') pieces.placeholder(type)
}

/** Adds a tool's call, which is there from its first letter on, and has a result once it has ended. */
function takeCall({ toolName, toolCallId, state, approval, ...part }: Part, type: string, pieces: Pieces): void {
  const id = pieces.call(toolCallId, toolName ?? type.slice('tool-'.length), part.input ?? part.rawInput)
  const { reason } = fieldsOf(approval)
  if (state === 'output-denied') pieces.result(id, { denied: true, ...(reason !== undefined && { reason }) })
  else if (part.errorText !== undefined) pieces.result(id, { error: part.errorText })
  else if (part.output !== undefined) pieces.result(id, part.output)
}

function statusOf(parts: readonly Part[], { status, isAbort, isDisconnect, isError }: AnswerState): MessageStatus {
  if (status === 'submitted' || status === 'streaming') return 'streaming'
  if (isError || isDisconnect || status === 'error') return 'error'
  // A stopped answer's text part is never ended.
  return isAbort || parts.some((part) => part.state === 'streaming') ? 'aborted' : 'complete'
}
