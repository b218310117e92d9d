/**
 * OpenAI chat messages -> chatlog's.
 *
 * @module chatlog/adapters/openai
 */
import type { ContentPartInput, LinkInput, MessageInput, ToolCallInput } from '../script/chatlog.ts'
import { objectsOf } from './given.ts'

/** A message of the Chat Completions API, as far as it is read; an `id` of your own is kept. */
export interface OpenAIMessage {
  role: string
  content?: unknown
  id?: string
  name?: string
  refusal?: string | null
  tool_calls?: readonly { id: string; type: string; function?: { name: string; arguments: unknown } }[] | undefined
  tool_call_id?: string
  annotations?: readonly { type: string; url_citation?: { url: string; title?: string } }[] | null
}

/**
 * The transcript for `trackMessages`. `developer` becomes `system`; `bot`, `ai` and `apiMessage` become `assistant`; what
 * tools answered goes into `properties.toolResults` of the message that called them, by the call's id.
 *
 * @example
 * ```ts
 * import { init } from 'chatlog'
 * import { fromOpenAI } from 'chatlog/adapters/openai'
 *
 * const log = init({ apiKey: 'WEB_KEY' })
 * log.trackMessages(fromOpenAI([{ role: 'user', content: 'How do I install it?' }]))
 * ```
 */
export function fromOpenAI(messages: readonly OpenAIMessage[]): MessageInput[] {
  const all = objectsOf(messages, 'messages')
  const results = new Map<string, unknown>()
  for (const { role, tool_call_id: id, content } of all) if (role === 'tool' && id) results.set(id, content)
  return all.flatMap((message) => {
    const role = roles[message.role]
    return role ? [toInput(message, role, results)] : []
  })
}

const roles: Record<string, MessageInput['role']> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  bot: 'assistant',
  ai: 'assistant',
  apiMessage: 'assistant',
}

function toInput(
  message: OpenAIMessage,
  role: MessageInput['role'],
  results: ReadonlyMap<string, unknown>,
): MessageInput {
  const toolCalls = objectsOf(message.tool_calls, 'tool_calls').flatMap((call): ToolCallInput[] =>
    call.function ? [{ id: call.id, type: 'function', function: call.function }] : [],
  )
  const answered = toolCalls.filter((call) => results.has(call.id)).map((call) => [call.id, results.get(call.id)])
  const links = objectsOf(message.annotations, 'annotations').flatMap(({ url_citation: cited }): LinkInput[] =>
    cited ? [{ url: cited.url, title: cited.title ?? null }] : [],
  )
  return {
    ...(message.id !== undefined && { id: message.id }),
    role,
    content: contentOf(message),
    ...(message.name && { name: message.name }),
    ...(links.length && { links }),
    ...(toolCalls.length && { toolCalls }),
    ...(answered.length && { properties: { toolResults: Object.fromEntries(answered) } }),
  }
}

function contentOf({ content, refusal }: OpenAIMessage): MessageInput['content'] {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : (refusal ?? '')
  // Parts of any shape: what they say is kept where the message is recorded.
  return content as ContentPartInput[]
}
