/**
 * OpenAI chat messages -> chatlog's.
 *
 * @module chatlog/adapters/openai
 */
import type { ContentPartInput, LinkInput, MessageInput, ToolCallInput } from '../script/chatlog.ts'
import { createPlaceIds } from './place-ids.ts'

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
  const results = new Map<string, unknown>()
  for (const { role, tool_call_id: id, content } of messages) if (role === 'tool' && id) results.set(id, content)
  const placeId = createPlaceIds()
  return messages.flatMap((message) => {
    const role = roles[message.role]
    if (!role) return []
    const id = placeId(role, message.content)
    return [toInput(message, role, message.id ?? id, results)]
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
  id: string,
  results: ReadonlyMap<string, unknown>,
): MessageInput {
  const toolCalls = (message.tool_calls ?? []).flatMap((call): ToolCallInput[] =>
    call.function ? [{ id: call.id, type: 'function', function: call.function }] : [],
  )
  const answered = toolCalls.filter((call) => results.has(call.id)).map((call) => [call.id, results.get(call.id)])
  const links = (message.annotations ?? []).flatMap(({ url_citation: cited }): LinkInput[] =>
    cited ? [{ url: cited.url, title: cited.title ?? null }] : [],
  )
  return {
    id,
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
  return content.flatMap((part): ContentPartInput[] => {
    if (part?.type === 'refusal') return [{ type: 'text', text: String(part.refusal) }]
    return part?.type === 'text' || part?.type === 'image_url' ? [part] : []
  })
}
