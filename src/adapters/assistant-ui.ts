/**
 * Thread messages of assistant-ui -> chatlog's.
 *
 * @module chatlog/adapters/assistant-ui
 */
import type { MessageInput, MessageStatus } from '../script/chatlog.ts'
import { fieldsOf, objectsOf, readable, textGiven } from './given.ts'
import { createPieces, type Pieces } from './pieces.ts'

/** A `ThreadMessage`, as far as it is read. */
export interface ThreadMessageLike {
  id: string
  createdAt: Date
  role: 'system' | 'user' | 'assistant'
  content: readonly { readonly type: string }[]
  attachments?: readonly { readonly type: string; readonly name: string }[] | undefined
  status?: { readonly type: string; readonly reason?: string } | undefined
}

/** Fields of the parts that are read. */
interface Part {
  type: string
  text?: string
  image?: string
  url?: string
  title?: string
  name?: string
  filename?: string
  mimeType?: string
  contentType?: string
  toolCallId?: string
  toolName?: string
  args?: unknown
  argsText?: string
  result?: unknown
  isError?: boolean
  content?: readonly Part[]
}

/**
 * The transcript for `trackMessages`: `runtime.thread.getState().messages`, on each change. It holds the branch that is
 * shown; what other branches said stays recorded.
 *
 * @see docs/adapters.md for each part
 */
export function fromThreadMessages(messages: readonly ThreadMessageLike[]): MessageInput[] {
  return objectsOf(messages, 'messages').flatMap((message) => readable(() => [toInput(message)]))
}

function toInput({ id, createdAt, role, content, attachments, status }: ThreadMessageLike): MessageInput {
  const pieces = createPieces()
  const text = textGiven(content)
  if (text === undefined) for (const part of objectsOf(content as readonly Part[], 'content')) takePart(part, pieces)
  else pieces.text(text)
  for (const attached of objectsOf(attachments as readonly Part[] | undefined, 'attachments')) {
    takeAttachment(attached, pieces)
  }
  const reason = textGiven(fieldsOf(status).reason)
  const isCut = status?.type === 'incomplete' && reason !== undefined && !/^(cancelled|error)$/.test(reason)
  if (isCut) pieces.property('finishReason', reason)
  return {
    id,
    role,
    createdAt,
    content: pieces.content(),
    ...(role === 'assistant' && { status: statusOf(status) }),
    ...pieces.rest(),
  }
}

function takePart(part: Part, pieces: Pieces): void {
  const { type, text, image, url, title, name, filename, mimeType } = part
  if (type === 'text') pieces.text(text)
  else if (type === 'reasoning') pieces.reasoning(text)
  else if (type === 'image' && image) pieces.image(image)
  else if (type === 'source' && url) pieces.link(url, title)
  else if (type === 'tool-call') takeCall(part, pieces)
  else pieces.placeholder(`${type}`, filename ?? name ?? title, mimeType)
}

/**
 * Adds an attachment as the visitor sees it, a picture or a name; its content holds what was made of it for the model.
 */
function takeAttachment({ type, name, contentType, content }: Part, pieces: Pieces): void {
  const image = objectsOf(content, 'content').find((part) => part.type === 'image' && textGiven(part.image))
  if (image) pieces.image(image.image)
  else pieces.placeholder(textGiven(type) ?? 'file', name, contentType)
}

function takeCall({ toolCallId, toolName, args, argsText, result, isError }: Part, pieces: Pieces): void {
  const id = pieces.call(toolCallId, toolName, argsText ?? args)
  if (result !== undefined) pieces.result(id, isError ? { error: result } : result)
}

/**
 * The status of an answer. One that ran into the length limit or a filter counts as `error`; `finishReason` says which.
 */
function statusOf(status: ThreadMessageLike['status']): MessageStatus {
  if (status?.type === 'running' || status?.type === 'requires-action') return 'streaming'
  if (status?.type !== 'incomplete') return 'complete'
  return status.reason === 'cancelled' ? 'aborted' : 'error'
}
