/**
 * Messages as models' APIs and the libraries around them have them -> chatlog's: OpenAI's Chat Completions and
 * Responses, Anthropic's content blocks, LangChain and Flowise, CopilotKit and AG-UI.
 *
 * @module chatlog/adapters/openai
 */

import type { MessageInput, MessageStatus } from '../script/chatlog.ts'
import { findLast } from '../script/lists.ts'
import { fieldsOf, objectsOf, readable, textGiven } from './given.ts'
import { takeBlock } from './model-blocks.ts'
import { type Fields, type Folded, isFlat, isKnown, partyOf, unwrapped } from './model-messages.ts'
import { createPieces, type Pieces } from './pieces.ts'

/** A message of the Chat Completions API, as far as it is read; an `id` of your own is kept. */
export interface OpenAIMessage {
  role?: string
  content?: unknown
  id?: string
  name?: string
  refusal?: string | null
  tool_calls?: readonly { id: string; type: string; function?: { name: string; arguments: unknown } }[] | undefined
  tool_call_id?: string
  annotations?: readonly { type: string; url_citation?: { url: string; title?: string } }[] | null
}

/**
 * The transcript for `trackMessages`, of messages or items in any of these formats. Roles are told by their usual
 * names; one that nobody knows is refused where it is recorded, and counted as dropped. What tools answered goes into
 * `properties.toolResults` of the newest message before it that made the call, by the call's id.
 *
 * @example
 * ```ts
 * import { init } from 'chatlog'
 * import { fromOpenAI } from 'chatlog/adapters/openai'
 *
 * const log = init({ apiKey: 'WEB_KEY' })
 * log.trackMessages(fromOpenAI([{ role: 'user', content: 'How do I install it?' }]))
 * ```
 * @see docs/adapters.md for each format
 */
export function fromOpenAI(messages: readonly (OpenAIMessage | object)[]): MessageInput[] {
  const folded: Folded = { callers: new Map(), reasoning: [] }
  return objectsOf(messages, 'messages').flatMap((item) => readable(() => toInputs(unwrapped(item), folded)))
}

function toInputs(message: Fields, folded: Folded): MessageInput[] {
  const pieces = createPieces()
  const party = partyOf(message)
  if (party === 'reasoning') {
    folded.reasoning.push(message)
    return []
  }
  // Lists of tools, references and the like: no reader sees them.
  if (typeof message.role !== 'string' && message.content === undefined && !isKnown(party)) return []
  const made = { ids: [] as string[] }
  const isTool = party === 'tool'
  if (isTool) takeResult(message, folded)
  else takeMessage(message, pieces, folded, made)
  // In a turn that only hands over what tools answered, nobody says anything.
  if (isTool || (party === 'user' && Array.isArray(message.content) && pieces.isEmpty())) return []
  if (party === 'assistant') {
    for (const thought of folded.reasoning.splice(0)) takeReasoning(thought, pieces)
  }
  const status = party === 'assistant' ? statusOf(message, pieces) : undefined
  const id = message.id ?? message.messageId
  const { name, createdAt = message.created_at ?? message.createdDate ?? message.dateTime } = message
  const input: MessageInput = {
    ...(typeof id === 'string' && { id }),
    role: party as MessageInput['role'],
    content: isFlat(message) ? pieces.content('') : asParts(pieces.content('\n\n'), message.content),
    ...(textGiven(name) && !isCall(message) && { name: name as string }),
    ...(textGiven(createdAt) && { createdAt: createdAt as string }),
    ...(status && { status }),
    ...pieces.rest(),
  }
  for (const made_ of made.ids) folded.callers.set(made_.replace(/#\d+$/, ''), { input, id: made_ })
  return [input]
}

/** The content in the form in which it was given: a list of one text stays a list. */
const asParts = (content: MessageInput['content'], given: unknown): MessageInput['content'] =>
  typeof content === 'string' &&
  content &&
  Array.isArray(given) &&
  given.every((part) => fieldsOf(part).type === 'text')
    ? given.map((part) => ({ type: 'text', text: textGiven(fieldsOf(part).text) ?? '' }))
    : content

const isCall = ({ type }: Fields): boolean => /_call$/.test(`${type}`)

/** Adds what the message says, shows and calls. */
function takeMessage(message: Fields, pieces: Pieces, folded: Folded, made: { ids: string[] }): void {
  const { content, refusal, audio, type } = message
  const call = (id: unknown, name: unknown, given: unknown) => {
    const one = pieces.call(id, name, given)
    made.ids.push(one)
    return one
  }
  const answer = (id: string, result: unknown) => {
    const own = findLast(made.ids, (one) => one === id || one.replace(/#\d+$/, '') === id)
    if (own) pieces.result(own, result)
    else keepResult(folded, id, result)
  }
  if (isCall(message)) takeCallItem(message, call, pieces)
  else if (type === 'activity' || message.role === 'activity') pieces.placeholder('activity', message.activityType)
  else if (Array.isArray(content)) for (const block of content) takeBlock(block, { pieces, call, answer })
  else pieces.text(content)
  if (pieces.isEmpty()) pieces.text(refusal)
  if (pieces.isEmpty()) pieces.text(fieldsOf(audio).transcript)
  pieces.reasoning(message.reasoning_content ?? message.reasoning)
  for (const each of objectsOf((message.tool_calls ?? message.toolCalls) as Fields[] | undefined, 'tool_calls')) {
    const called = fieldsOf(each.function)
    if (each.function || each.name) call(each.id, called.name ?? each.name, called.arguments ?? each.args)
  }
  const legacy = fieldsOf(message.function_call)
  if (legacy.name) call(legacy.name, legacy.name, legacy.arguments)
  takeBeside(message, pieces, call, answer)
}

/** What stands beside the content: citations, and what Flowise adds. */
function takeBeside(
  message: Fields,
  pieces: Pieces,
  call: (id: unknown, name: unknown, given: unknown) => string,
  answer: (id: string, result: unknown) => void,
): void {
  for (const { url_citation: nested, ...flat } of objectsOf(
    message.annotations as Fields[] | undefined,
    'annotations',
  )) {
    const { url, title } = nested ? fieldsOf(nested) : flat
    pieces.link(url, title)
  }
  for (const { metadata } of objectsOf(message.sourceDocuments as Fields[] | undefined, 'sourceDocuments')) {
    const { source, url, title } = fieldsOf(metadata)
    pieces.link(url ?? source, title)
  }
  for (const { tool, toolInput, toolOutput } of objectsOf(message.usedTools as Fields[] | undefined, 'usedTools')) {
    answer(call(undefined, tool, toolInput), toolOutput)
  }
  for (const { name, mime, data } of objectsOf(message.fileUploads as Fields[] | undefined, 'fileUploads')) {
    if (`${mime}`.startsWith('image/') && data) pieces.image(data)
    else pieces.placeholder('file', name, mime)
  }
}

/** An item of the Responses API that is a call: some have what it came to in them. */
function takeCallItem(
  { type, id, call_id, name, ...item }: Fields,
  call: (id: unknown, name: unknown, given: unknown) => string,
  pieces: Pieces,
): void {
  const given = item.arguments ?? item.input ?? item.action ?? item.queries ?? item.code
  const one = call(call_id ?? id, name ?? `${type}`.slice(0, -'_call'.length), given)
  const result = item.error != null ? { error: item.error } : (item.output ?? item.outputs ?? item.results)
  if (result != null) pieces.result(one, result)
  if (type === 'image_generation_call' && textGiven(item.result)) {
    pieces.image(`data:image/png;base64,${item.result}`)
  }
}

/** A message of a tool, or an item that is a call's output. */
function takeResult(message: Fields, folded: Folded): void {
  const { tool_call_id, toolCallId, call_id, name, content, output, error, status } = message
  const id = tool_call_id ?? toolCallId ?? call_id ?? name
  const result = output ?? content
  if (typeof id === 'string') keepResult(folded, id, error || status === 'error' ? { error: error || result } : result)
}

/** Adds a result to the newest message that made the call: a model may count its calls anew in each turn. */
function keepResult({ callers }: Folded, id: string, result: unknown): void {
  const caller = callers.get(id)
  if (!caller) return
  const { toolResults, ...rest } = caller.input.properties ?? {}
  caller.input.properties = { ...rest, toolResults: { ...fieldsOf(toolResults), [caller.id]: result } }
}

function takeReasoning({ summary, content, text }: Fields, pieces: Pieces): void {
  for (const list of [summary, content]) {
    if (Array.isArray(list)) for (const part of list) pieces.reasoning(fieldsOf(part).text)
    else pieces.reasoning(list)
  }
  pieces.reasoning(text)
}

/** The status, where the format says one: most say nothing of an answer that ended as it should. */
function statusOf(message: Fields, pieces: Pieces): MessageStatus | undefined {
  const { status } = message
  const reason = message.finish_reason ?? message.stop_reason ?? fieldsOf(message.incomplete_details).reason
  if (
    /^(length|max_tokens|max_output_tokens|content_filter|refusal|model_context_window_exceeded)$/.test(`${reason}`)
  ) {
    pieces.property('finishReason', reason)
    return 'error'
  }
  if (status === 'in_progress' || status === 'queued') return 'streaming'
  if (status === 'cancelled') return 'aborted'
  return status === 'incomplete' || status === 'failed' ? 'error' : undefined
}
