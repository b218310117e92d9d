/**
 * Thread messages of assistant-ui -> chatlog's.
 *
 * @module chatlog/adapters/assistant-ui
 */
import type { ContentPartInput, LinkInput, MessageInput, MessageStatus, ToolCallInput } from '../script/chatlog.ts'
import { objectsOf, textGiven } from './given.ts'

/** A `ThreadMessage`, as far as it is read. */
export interface ThreadMessageLike {
  id: string
  createdAt: Date
  role: 'system' | 'user' | 'assistant'
  content: readonly { readonly type: string }[]
  status?: { readonly type: string; readonly reason?: string } | undefined
}

/** Fields of the parts that are read. */
interface Part {
  type: string
  text?: string
  image?: string
  url?: string
  title?: string
  toolCallId?: string
  toolName?: string
  args?: unknown
  argsText?: string
  result?: unknown
}

/** The transcript for `trackMessages`: `runtime.thread.getState().messages`, on each change. */
export function fromThreadMessages(messages: readonly ThreadMessageLike[]): MessageInput[] {
  return objectsOf(messages, 'messages').map(({ id, createdAt, role, content, status }) => {
    const text = textGiven(content)
    const parts: Part[] =
      text === undefined ? objectsOf(content as readonly Part[], 'content') : [{ type: 'text', text }]
    const toolCalls = parts.flatMap(({ type, toolCallId, toolName, args, argsText }): ToolCallInput[] =>
      type === 'tool-call' && toolCallId && toolName
        ? [{ id: toolCallId, type: 'function', function: { name: toolName, arguments: argsText ?? args ?? {} } }]
        : [],
    )
    const results = parts.filter(({ toolCallId, result }) => toolCallId && result !== undefined)
    const links = parts.flatMap(({ type, url, title }): LinkInput[] =>
      type === 'source' && url ? [{ url, title: title ?? null }] : [],
    )
    return {
      id,
      role,
      createdAt,
      content: contentOf(parts),
      ...(role === 'assistant' && { status: statusOf(status) }),
      ...(links.length && { links }),
      ...(toolCalls.length && { toolCalls }),
      ...(results.length && {
        properties: { toolResults: Object.fromEntries(results.map(({ toolCallId, result }) => [toolCallId, result])) },
      }),
    }
  })
}

function contentOf(parts: readonly Part[]): MessageInput['content'] {
  const text = parts.flatMap((part) => (part.type === 'text' ? [textGiven(part.text) ?? ''] : [])).join('\n\n')
  const images = parts.flatMap(({ type, image }): ContentPartInput[] =>
    type === 'image' && image ? [{ type: 'image_url', image_url: { url: image } }] : [],
  )
  return images.length ? [...(text ? [{ type: 'text', text } as const] : []), ...images] : text
}

function statusOf(status: ThreadMessageLike['status']): MessageStatus {
  if (status?.type === 'running' || status?.type === 'requires-action') return 'streaming'
  if (status?.type !== 'incomplete') return 'complete'
  return status.reason === 'cancelled' ? 'aborted' : status.reason === 'error' ? 'error' : 'complete'
}
