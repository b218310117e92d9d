import type { MessageInput } from '../chatlog.ts'
import { textOf } from '../conversation/content.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { transcriptShown } from '../conversation/delivery.ts'
import {
  derivedIdOf,
  findMessage,
  hashOf,
  isDiscarded,
  isShared,
  type MessageEntry,
} from '../conversation/transcript.ts'
import { findLastIndex, withPlaces } from '../lists.ts'
import type { Reconciled } from '../reconcile/reconcile.ts'
import { type ConversationStore, debounceMs } from '../store/conversation-store.ts'
import type { CurrentConversation } from '../who/current-conversation.ts'
import type { Recorder } from './recorder.ts'
import { type Comparison, createShownLists, type Shown, type ShownLists } from './shown-lists.ts'

/** Reconciles a widget's whole transcript with what is recorded. */
export interface Transcripts {
  /** Takes the transcript as the widget shows it now. Cheap for what hasn't changed. */
  track(messages: readonly MessageInput[], where?: { conversationId?: string }): void
  /**
   * Records lists that still wait for earlier rows, as the page goes; messages that were stored already merge by id.
   */
  settle(): void
}

/**
 * The reconciler tells messages apart: known ones are updated, new ones recorded, and those that are shown no more
 * stay.
 *
 * @param onInvalid called for each message that can't be recorded, with its id; the others of the list are recorded
 */
export function createTranscripts(
  recorder: Recorder,
  current: CurrentConversation,
  store: ConversationStore,
  onInvalid: (cause: unknown, id: string | null) => void,
): Transcripts {
  const lists = createShownLists(recorder)
  const waiting = new Map<Conversation, (() => void)[]>()
  /** By conversation, the one before that is over: the same transcript still shows its messages, which stay there. */
  const earlier = new WeakMap<Conversation, Conversation>()
  const track: Transcripts['track'] = (messages, where) => {
    if (typeof messages !== 'object') throw new TypeError('trackMessages takes a list of messages')
    const inputs = [...messages]
    const conversationId = where?.conversationId
    const named = conversationId ? current.byId(conversationId) : current.last()
    if (!named && !inputs.length) return
    const conversation = named ?? current.forRecording()
    const work = () => take(conversation, inputs, conversationId !== undefined)
    if (conversation.logPosition.loaded) return work()
    const earlierCalls = waiting.get(conversation)
    if (earlierCalls) return void earlierCalls.push(work)
    waiting.set(conversation, [work])
    store.whenLoaded(conversation, () => settle(conversation))
  }

  const settle = (conversation: Conversation) => {
    const calls = waiting.get(conversation) ?? []
    waiting.delete(conversation)
    for (const call of calls) attemptTo(call, onInvalid)
  }

  const take = (conversation: Conversation, inputs: readonly MessageInput[], isNamed: boolean) => {
    const isFirst = isFirstOf(conversation, inputs)
    const purged = conversation.logPosition.purged || (!isNamed && isDiscarded(conversation))
    if (inputs.length && (purged || (!isNamed && current.isOver(current.activeAt(conversation))))) {
      // A transcript that a widget shows again after hours is still the recorded one, where any of its messages is.
      const isNew = lists.areNew(conversation, inputs)
      if (purged && !isNew.includes(true)) return
      if (purged || !isNew.includes(false)) {
        const next = current.forRecording()
        earlier.set(next, conversation)
        return record(next, inputs)
      }
    }
    record(conversation, inputs, isFirst)
    // What was held back until now goes with it.
    if (isFirst) store.announce(conversation, 'earlier_page', debounceMs)
  }

  const record = (conversation: Conversation, all: readonly MessageInput[], isFirst = false) => {
    const ended = earlier.get(conversation)
    const isNew = ended && lists.areNew(ended, all)
    const inputs = isNew ? all.filter((_, index) => isNew[index]) : all
    const comparison = lists.compare(conversation, inputs)
    const saidBefore = isFirst ? findLastIndex(comparison.rest, isAnswer) : -1
    for (const [index, shown] of withPlaces(comparison.rest)) {
      const place = comparison.places[index] as Reconciled
      const { known, list } = comparison
      const twin = known[place.known] ? undefined : twinOf(lists, conversation, shown)
      let entry = known[place.known] ?? twin ?? null
      try {
        if (isStillEmpty(shown.input)) entry ??= known[place.replaces] ?? null
        else if (!twin && !comparison.isAsBefore(entry, shown.input))
          entry = recordOne({ recorder, conversation, comparison, index, isHistory: index <= saidBefore })
      } catch (cause) {
        onInvalid(cause, shown.callerId)
      }
      if (entry && !isStillEmpty(shown.input)) lists.noteText(entry, shown)
      list.push({ input: copyOf(shown.input), entry })
    }
    lists.keep(conversation, comparison.list)
  }

  return {
    track,
    settle() {
      for (const conversation of waiting.keys()) settle(conversation)
    },
  }
}

/** A list that can't be read costs no other one. */
function attemptTo(take: () => void, onInvalid: (cause: unknown, id: null) => void): void {
  try {
    take()
  } catch (cause) {
    onInvalid(cause, null)
  }
}

/** Whether it is the first transcript of a shared conversation; from then on it was given. */
const isFirstOf = (conversation: Conversation, inputs: readonly MessageInput[]): boolean => {
  const { delivery, messages } = conversation
  // An empty list, where something is known of it, is one that hasn't come yet.
  const isFirst = isShared(conversation) && !delivery.shown && (inputs.length > 0 || !messages.length)
  if (isFirst) transcriptShown(delivery)
  return isFirst
}

/** Shown twice under one id, with the same words, as widgets do for a moment where a stream is resumed. */
const twinOf = (lists: ShownLists, conversation: Conversation, { callerId, role, texts: [text] }: Shown) => {
  const holder = callerId === null ? undefined : findMessage(conversation, callerId)
  return holder && holder.row.role === role && lists.textOf(holder) === text ? holder : undefined
}

interface NewVersion {
  recorder: Recorder
  conversation: Conversation
  comparison: Comparison
  /** Index in `comparison.rest`. */
  index: number
  /** It was said before, on another device. */
  isHistory: boolean
}

/** Records a message that is new or has changed, at the place that the comparison gives it. */
function recordOne({ recorder, conversation, comparison, index, isHistory }: NewVersion): MessageEntry | null {
  const { known, rest, places } = comparison
  const place = places[index] as Reconciled
  const shown = rest[index] as Shown
  const entry = known[place.known]
  const replaced = known[place.replaces]
  const next = known[place.before]
  const isBeside = (other: Reconciled) => other.known === -1 && other.before === place.before
  const id = freeId(conversation, shown, entry)
  const input = (id === (shown.callerId ?? undefined) ? shown.input : { ...shown.input, id }) as MessageInput
  return recorder.record(
    conversation,
    input,
    entry,
    replaced ? { replaces: replaced.row.id + conversation.suffix } : {},
    {
      next,
      count: next ? places.slice(index).filter(isBeside).length : 0,
      id: entry || id || input.status === 'streaming' ? undefined : sharedIdOf(recorder, conversation, shown),
      isHistory,
    },
  )
}

/**
 * The caller's id to record a message under: its own, unless another message has it; then the one it was recorded
 * under.
 */
const freeId = (
  conversation: Conversation,
  { callerId }: Shown,
  entry: MessageEntry | undefined,
): string | undefined => {
  const holder = callerId === null ? undefined : findMessage(conversation, callerId)
  return callerId !== null && (holder ?? entry) === entry ? callerId : (entry?.row.externalId ?? undefined)
}

/**
 * An id for a message without a caller's id, made of its text and a number for equal ones, so that two tabs agree on
 * it.
 */
const sharedIdOf = (recorder: Recorder, conversation: Conversation, { role, input }: Shown): string => {
  // The text as `beforeStore` makes it: from a hash of the text that it removed, that text could be guessed.
  const text = role + textOf(recorder.storedForm(input) ?? {})
  const hash = hashOf(text)
  for (let number = 1; ; number++) {
    const id = derivedIdOf(conversation, `${hash}~${number}`)
    if (!findMessage(conversation, id)) return id
  }
}

/** A copy, since the page may go on changing its own object. */
const copyOf = (input: MessageInput): MessageInput => {
  try {
    return { ...input }
  } catch {
    return {} as MessageInput
  }
}

/** Something that stands answered: what a transcript says behind it is said now. */
const isAnswer = ({ role, input }: Shown): boolean => {
  const said = copyOf(input)
  return role !== 'user' && said.status !== 'streaming' && !isStillEmpty(said)
}

/** Whether an answer has no word yet: widgets show such a one as a typing indicator. */
const isStillEmpty = (input: MessageInput): boolean =>
  input?.role === 'assistant' &&
  !input.content?.length &&
  !input.toolCalls?.length &&
  input.status !== 'aborted' &&
  input.status !== 'error'
