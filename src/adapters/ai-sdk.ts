/**
 * Messages of the Vercel AI SDK -> chatlog's.
 *
 * @module chatlog/adapters/ai-sdk
 */
import type { ContentPartInput, LinkInput, MessageInput, MessageStatus, ToolCallInput } from '../script/chatlog.ts'
import { objectsOf, textGiven } from './given.ts'

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
  mediaType?: string
  toolName?: string
  toolCallId?: string
  input?: unknown
  output?: unknown
  errorText?: string
}

/**
 * The transcript for `trackMessages`: text parts as the content, sources as links, tools as calls with their results in
 * `properties.toolResults`. An answer whose text never ended is `aborted`, or `error` where the state says so.
 */
export function fromUIMessages(messages: readonly UIMessageLike[], state: AnswerState = {}): MessageInput[] {
  const all = objectsOf(messages, 'messages')
  return all.map((message, index) => {
    const parts = objectsOf(message.parts as readonly Part[], 'parts')
    const isLast = index === all.length - 1
    const toolCalls = parts.flatMap(toolCallOf)
    const results = parts.filter(
      ({ toolCallId, output, errorText }) => toolCallId && (output ?? errorText) !== undefined,
    )
    const links = parts.flatMap(({ type, url, title }): LinkInput[] =>
      type === 'source-url' && url ? [{ url, title: title ?? null }] : [],
    )
    return {
      id: message.id,
      role: message.role,
      content: contentOf(parts),
      ...(message.role === 'assistant' && { status: statusOf(parts, (isLast && state) || {}) }),
      ...(links.length && { links }),
      ...(toolCalls.length && { toolCalls }),
      ...(results.length && {
        properties: {
          toolResults: Object.fromEntries(
            results.map(({ toolCallId, output, errorText }) => [toolCallId, output ?? { error: errorText }]),
          ),
        },
      }),
    }
  })
}

function contentOf(parts: readonly Part[]): MessageInput['content'] {
  const text = parts.flatMap((part) => (part.type === 'text' ? [textGiven(part.text) ?? ''] : [])).join('\n\n')
  const images = parts.filter(
    ({ type, mediaType, url }) => type === 'file' && url && textGiven(mediaType)?.startsWith('image/'),
  )
  if (!images.length) return text
  const shown = images.map(({ url }): ContentPartInput => ({ type: 'image_url', image_url: { url: url as string } }))
  return [...(text ? [{ type: 'text', text } as const] : []), ...shown]
}

function toolCallOf({ type, toolName, toolCallId, input }: Part): ToolCallInput[] {
  if (!toolCallId || !/^(tool-|dynamic-tool$)/.test(`${type}`)) return []
  const name = toolName ?? type.slice('tool-'.length)
  return [{ id: toolCallId, type: 'function', function: { name, arguments: input ?? {} } }]
}

function statusOf(parts: readonly Part[], { status, isAbort, isDisconnect, isError }: AnswerState): MessageStatus {
  if (status === 'submitted' || status === 'streaming') return 'streaming'
  if (isError || isDisconnect || status === 'error') return 'error'
  // A stopped answer's text part is never ended.
  return isAbort || parts.some((part) => part.state === 'streaming') ? 'aborted' : 'complete'
}
