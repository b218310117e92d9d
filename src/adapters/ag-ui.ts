/**
 * The events of an AG-UI agent, as CopilotKit and others receive them -> chatlog.
 *
 * @module chatlog/adapters/ag-ui
 */
import type { Chatlog, MessageInput } from '../script/chatlog.ts'
import { findLast } from '../script/lists.ts'
import { fieldsOf, objectsOf, textGiven } from './given.ts'
import { fromOpenAI } from './openai.ts'

/** An event, as far as it is read: its `type`, and the fields of that type. */
export interface AgUiEvent {
  type?: string
}

type Fields = Record<string, unknown>

/** What is said so far, as AG-UI's own messages. */
interface Transcript {
  messages: Fields[]
  /** What the newest chunks go on with, where they don't say it. */
  open: Fields | undefined
  call: Fields | undefined
}

/**
 * The transcript for `trackMessages`, of all events so far in their order. Answers that have begun and not ended are
 * `streaming`.
 *
 * @see docs/adapters.md for each event
 */
export function fromAgUiEvents(events: readonly AgUiEvent[]): MessageInput[] {
  const transcript: Transcript = { messages: [], open: undefined, call: undefined }
  for (const event of objectsOf(events, 'events')) take(event, transcript)
  return fromOpenAI(transcript.messages)
}

/**
 * What to tell each event, in the order in which they come: it records the transcript of the thread that they belong to.
 * Messages of the visitor are in the input of a run, or in a snapshot; else record them by `trackMessage`.
 *
 * @example
 * ```ts
 * import { init } from 'chatlog'
 * import { agUiEvents } from 'chatlog/adapters/ag-ui'
 *
 * const onEvent = agUiEvents(init({ apiKey: 'WEB_KEY' }))
 * onEvent({ type: 'RUN_STARTED' })
 * ```
 */
export function agUiEvents(log: Pick<Chatlog, 'trackMessages'>): (event: AgUiEvent) => void {
  const threads = new Map<string, Transcript>()
  let current = ''
  return (event) => {
    const [told] = objectsOf([event], 'event')
    if (!told) return
    current = textGiven(fieldsOf(told).threadId) ?? current
    const transcript = threads.get(current) ?? { messages: [], open: undefined, call: undefined }
    threads.set(current, transcript)
    if (!take(told, transcript)) return
    const messages = fromOpenAI(transcript.messages)
    if (messages.length) log.trackMessages(messages, current ? { conversationId: current } : {})
  }
}

/** Takes one event. @returns whether it may have changed what is said: one that can't be read changes nothing */
function take(event: AgUiEvent, transcript: Transcript): boolean {
  try {
    const { type, ...fields } = event as Fields
    const kind = `${type}`.replace(/^THINKING/, 'REASONING')
    if (!Object.keys(takers).includes(kind)) return false
    takers[kind]?.(fields, transcript)
    return true
  } catch {
    return false // a field that throws when it is read says nothing
  }
}

/** A message by its id; a new one behind the others where there is none. */
function messageOf({ messages }: Transcript, id: unknown, made: Fields): Fields {
  const known = textGiven(id) === undefined ? undefined : messages.find((one) => one.id === id)
  if (known) return known
  const message = { ...made, ...(textGiven(id) !== undefined && { id }) }
  messages.push(message)
  return message
}

const add = (message: Fields | undefined, delta: unknown): void => {
  if (message) message.content = `${message.content ?? ''}${textGiven(delta) ?? ''}`
}

function begin({ messageId, role }: Fields, transcript: Transcript): void {
  const made = { role: textGiven(role) ?? 'assistant', content: '', status: 'in_progress' }
  transcript.open = messageOf(transcript, messageId, made)
}

const goOn = ({ messageId, delta }: Fields, transcript: Transcript): void =>
  add(transcript.messages.find(({ id }) => id === messageId) ?? transcript.open, delta)

function end({ messageId }: Fields, transcript: Transcript): void {
  const ended = transcript.messages.find(({ id }) => id === messageId) ?? transcript.open
  if (ended) delete ended.status
}

/** A chunk begins a message where it names another one than the one that is open. */
function takeChunk(fields: Fields, transcript: Transcript): void {
  const { messageId } = fields
  if (!transcript.open || (textGiven(messageId) !== undefined && transcript.open.id !== messageId)) {
    end({}, transcript)
    begin(fields, transcript)
  }
  add(transcript.open, fields.delta)
}

function beginReasoning({ messageId }: Fields, transcript: Transcript): void {
  transcript.open = messageOf(transcript, messageId, { role: 'reasoning', content: '' })
}

function beginCall({ toolCallId, toolCallName, parentMessageId }: Fields, transcript: Transcript): void {
  const { messages } = transcript
  const parent = messageOf(transcript, parentMessageId ?? findLast(messages, ({ role }) => role === 'assistant')?.id, {
    role: 'assistant',
    content: '',
  })
  transcript.call = { id: toolCallId, type: 'function', function: { name: toolCallName, arguments: '' } }
  parent.toolCalls = [...((parent.toolCalls as Fields[] | undefined) ?? []), transcript.call]
}

function addToCall({ toolCallId, delta }: Fields, transcript: Transcript): void {
  const all = transcript.messages.flatMap(({ toolCalls }) => (toolCalls as Fields[] | undefined) ?? [])
  const called = fieldsOf((findLast(all, ({ id }) => id === toolCallId) ?? transcript.call)?.function)
  called.arguments = `${called.arguments ?? ''}${textGiven(delta) ?? ''}`
}

/** What a snapshot says is what was said; an answer that is still coming goes on. */
function takeSnapshot(given: unknown, transcript: Transcript): void {
  for (const message of objectsOf(given as Fields[] | undefined, 'messages')) {
    const { status: _status, ...known } = messageOf(transcript, message.id, message)
    const at = transcript.messages.findIndex(({ id }) => id !== undefined && id === message.id)
    if (at !== -1) transcript.messages[at] = { ...known, ...message }
  }
}

/** Every answer that had begun ends; what the error says is kept with the last of them, or is one by itself. */
function fail({ message }: Fields, transcript: Transcript): void {
  const cut = transcript.messages.filter(({ status }) => status === 'in_progress')
  for (const one of cut) one.status = 'failed'
  if (!cut.length) transcript.messages.push({ role: 'assistant', content: textGiven(message) ?? '', status: 'failed' })
}

const finish = ({ messages }: Transcript): void => {
  for (const one of messages) if (one.status === 'in_progress') delete one.status
}

/** What each kind of event does; those that aren't named here are nothing that a reader sees. */
const takers: Record<string, (fields: Fields, transcript: Transcript) => void> = {
  RUN_STARTED: ({ input }, transcript) => takeSnapshot(fieldsOf(input).messages, transcript),
  RUN_FINISHED: (_, transcript) => finish(transcript),
  RUN_ERROR: fail,
  TEXT_MESSAGE_START: begin,
  TEXT_MESSAGE_CONTENT: goOn,
  TEXT_MESSAGE_END: end,
  TEXT_MESSAGE_CHUNK: takeChunk,
  REASONING_MESSAGE_START: beginReasoning,
  REASONING_TEXT_MESSAGE_START: beginReasoning,
  REASONING_MESSAGE_CONTENT: goOn,
  REASONING_TEXT_MESSAGE_CONTENT: goOn,
  REASONING_MESSAGE_CHUNK(fields, transcript) {
    if (transcript.open?.role !== 'reasoning') beginReasoning(fields, transcript)
    add(transcript.open, fields.delta)
  },
  TOOL_CALL_START: beginCall,
  TOOL_CALL_ARGS: addToCall,
  TOOL_CALL_CHUNK(fields, transcript) {
    if (textGiven(fields.toolCallName)) beginCall(fields, transcript)
    addToCall(fields, transcript)
  },
  TOOL_CALL_RESULT: ({ messageId, toolCallId, content }, transcript) =>
    void messageOf(transcript, messageId, { role: 'tool', toolCallId, content }),
  MESSAGES_SNAPSHOT: ({ messages }, transcript) => takeSnapshot(messages, transcript),
  ACTIVITY_SNAPSHOT: ({ messageId, activityType }, transcript) =>
    void messageOf(transcript, messageId, { role: 'activity', activityType }),
}
