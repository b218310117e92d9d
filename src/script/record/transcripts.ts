import type { MessageInput } from '../chatlog.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { fromRowJson } from '../conversation/message.ts'
import { findMessage, type MessageEntry } from '../conversation/transcript.ts'
import { toJson } from '../json.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { CurrentConversation } from '../who/current-conversation.ts'
import type { Recorder } from './recorder.ts'

/** Reconciles a widget's whole transcript with what is recorded. */
export interface Transcripts {
  /** Takes the transcript as the widget shows it now. Cheap for what hasn't changed. */
  track(messages: readonly MessageInput[], where?: { conversationId?: string }): void
  /** The page goes: what still waits for earlier rows is recorded without them; its ids make them one. */
  settle(): void
}

/**
 * By id: known messages are updated, new ones recorded, and those that left the transcript are kept. A message that came
 * where another left is the same one under its server's id if it begins with the other's text, else it replaces it.
 *
 * @param onInvalid told of each message that can't be recorded; the others are
 */
export function createTranscripts(
  recorder: Recorder,
  current: CurrentConversation,
  store: ConversationStore,
  onInvalid: (cause: unknown) => void,
): Transcripts {
  const waiting = new Map<Conversation, () => void>()
  /** The conversation before, where the transcript went on after that one was over: its messages are recorded there. */
  const earlier = new WeakMap<Conversation, Conversation>()

  const track: Transcripts['track'] = (messages, { conversationId } = {}) => {
    const inputs = [...messages]
    if (!inputs.length) return
    const conversation = conversationId ? current.byId(conversationId) : (current.last() ?? current.forRecording())
    const work = () => {
      waiting.delete(conversation)
      // A transcript that is shown again after hours is still the one that was recorded.
      const isKnown = inputs.some((input, index) => findMessage(conversation, idOf(input, index)))
      const goesOn = conversationId || isKnown || !current.isOver(conversation.activeAt)
      if (goesOn && !conversation.log.purged) return reconcile(conversation, inputs)
      if (inputs.every((input, index) => findMessage(conversation, idOf(input, index)))) return
      const next = current.forRecording()
      earlier.set(next, conversation)
      reconcile(next, inputs)
    }
    if (conversation.log.loaded) return work()
    if (!waiting.has(conversation)) store.whenLoaded(conversation, () => waiting.get(conversation)?.())
    waiting.set(conversation, work)
  }

  /** What was seen last, so that an unchanged message costs a few comparisons. */
  const seen = new WeakMap<Conversation, Map<string, MessageInput>>()

  const idOf = (input: MessageInput, index: number) => {
    try {
      return `${input.id ?? `#${index}`}`
    } catch {
      return `#${index}` // no object, or none that can be read: refused by itself, not with its neighbours
    }
  }

  const reconcile = (conversation: Conversation, messages: readonly MessageInput[]) => {
    const last = seen.get(conversation) ?? new Map<string, MessageInput>()
    seen.set(conversation, last)
    const ids = new Set(messages.map(idOf))
    const before = earlier.get(conversation)
    let previous: MessageEntry | undefined
    messages.forEach((input, index) => {
      const id = idOf(input, index)
      if (before && findMessage(before, id)) return
      const known = findMessage(conversation, id)
      const isNew = !last.has(id)
      try {
        const unchanged = known && isUnchanged(last.get(id), input)
        if (!unchanged && !isStillEmpty(input)) {
          last.set(id, { ...input })
          const identified = { ...input, id }
          if (known) recorder.record(conversation, identified, known)
          else recordNew(conversation, identified, (other) => last.has(other) && !ids.has(other), previous)
        }
      } catch (cause) {
        if (isNew) onInvalid(cause)
        last.set(id, input)
      }
      previous = findMessage(conversation, id) ?? previous
    })
  }

  const recordNew = (
    conversation: Conversation,
    input: MessageInput,
    hasLeft: (id: string) => boolean,
    previous: MessageEntry | undefined,
  ) => {
    const { messages } = conversation
    const after = previous ? messages.indexOf(previous) : -1
    const left = messages.findLast(
      ({ row }, index) => index > after && row.role === input.role && hasLeft(row.externalId as string),
    )
    if (!left) return recorder.record(conversation, input)
    if (textOf(input.content).startsWith(textOf(fromRowJson(left.row.json)?.content))) {
      return recorder.record(conversation, input, left)
    }
    return recorder.record(conversation, input, undefined, { replaces: left.row.id + conversation.suffix })
  }

  return {
    track,
    settle() {
      for (const work of waiting.values()) work()
    },
  }
}

const textOf = (content: unknown): string => (typeof content === 'string' ? content : (toJson(content) ?? ''))

/** An answer that has no word yet: widgets show it as a typing indicator. */
const isStillEmpty = (input: MessageInput): boolean =>
  input?.role === 'assistant' &&
  !input.content?.length &&
  !input.toolCalls?.length &&
  input.status !== 'aborted' &&
  input.status !== 'error'

function isUnchanged(before: MessageInput | undefined, input: MessageInput): boolean {
  if (!before) return false
  const keys = Object.keys({ ...before, ...input }) as (keyof MessageInput)[]
  return keys.every((key) => before[key] === input[key])
}
