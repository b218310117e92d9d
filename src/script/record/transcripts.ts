import type { MessageInput } from '../chatlog.ts'
import { textOf } from '../conversation/content.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { derivedIdOf, findMessage, type MessageEntry } from '../conversation/transcript.ts'
import type { ShownMessage } from '../reconcile/messages.ts'
import { type Reconciled, reconcile } from '../reconcile/reconcile.ts'
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

/** A message of the list that was given last. */
interface Seen {
  /** As it was then. */
  input: MessageInput
  /** What it is recorded as. For an answer that has no word yet, the one that it will replace. */
  entry: MessageEntry | null
}

/** A message of the list that is given now. */
interface Shown extends ShownMessage {
  input: MessageInput
  callerId: string | null
  /** The recorded one with that id. */
  entry: MessageEntry | undefined
}

/**
 * Messages are told apart by the reconciler; known ones are updated, new ones recorded, and those that are shown no more
 * are kept.
 *
 * @param onInvalid told of each message that can't be recorded, with its id; the others are
 */
export function createTranscripts(
  recorder: Recorder,
  current: CurrentConversation,
  store: ConversationStore,
  onInvalid: (cause: unknown, id: string | null) => void,
): Transcripts {
  const waiting = new Map<Conversation, (() => void)[]>()
  /** The conversation before, where the transcript went on after that one was over: its messages are recorded there. */
  const earlier = new WeakMap<Conversation, Conversation>()
  /** What was given last, so that an unchanged message costs a few comparisons. */
  const lists = new WeakMap<Conversation, Seen[]>()
  /** Each message's text as it was given last: `beforeStore` may have stored another. */
  const texts = new WeakMap<MessageEntry, string>()

  const track: Transcripts['track'] = (messages, where) => {
    if (typeof messages !== 'object') throw new TypeError('trackMessages takes a list of messages')
    const inputs = [...messages]
    const conversationId = where?.conversationId
    const named = conversationId ? current.byId(conversationId) : current.last()
    if (!named && !inputs.length) return
    const conversation = named ?? current.forRecording()
    const work = () => take(conversation, inputs, conversationId !== undefined)
    if (conversation.log.loaded) return work()
    const earlierCalls = waiting.get(conversation)
    if (earlierCalls) return void earlierCalls.push(work)
    waiting.set(conversation, [work])
    store.whenLoaded(conversation, () => settle(conversation))
  }

  const settle = (conversation: Conversation) => {
    const calls = waiting.get(conversation) ?? []
    waiting.delete(conversation)
    for (const call of calls) call()
  }

  const take = (conversation: Conversation, inputs: readonly MessageInput[], isNamed: boolean) => {
    const { purged } = conversation.log
    if (inputs.length && (purged || (!isNamed && current.isOver(conversation.activeAt)))) {
      // A transcript that is shown again after hours is still the one that was recorded.
      const isNew = areNew(conversation, inputs)
      if (purged && !isNew.includes(true)) return
      if (purged || !isNew.includes(false)) {
        const next = current.forRecording()
        earlier.set(next, conversation)
        return record(next, inputs)
      }
    }
    record(conversation, inputs)
  }

  /** Where the list differs from the one before, reconciled with what is recorded behind the last that doesn't. */
  const compare = (conversation: Conversation, inputs: readonly MessageInput[]) => {
    const last = lists.get(conversation) ?? []
    let same = 0
    while (same < inputs.length && isUnchanged(last[same]?.input, inputs[same] as MessageInput)) same++
    const list = last.slice(0, same)
    const rest = inputs.slice(same).map((input) => read(conversation, input))
    if (!rest.length) return { last, list, rest, known: [], places: [] }
    const anchor = list.findLast(({ entry }) => entry)?.entry
    const { messages } = conversation
    const start = anchor ? messages.lastIndexOf(anchor) : 0
    // Branches: shown behind it, and recorded before.
    const isEarlier = ({ entry }: Shown) => entry && anchor && entry.row.order < anchor.row.order
    const known = messages.slice(rest.some(isEarlier) ? 0 : start)
    const indices = new Map<unknown, number>(known.map((entry, index) => [entry, index]))
    const given = new Map(last.map(({ entry, input }) => [entry, input]))
    const places = reconcile(
      known.map((entry) => ({
        role: entry.row.role,
        get text() {
          return texts.get(entry) ?? recorder.textOf(entry)
        },
        growing: isGrowing(entry, given.get(entry)),
        shown: given.has(entry),
      })),
      [{ id: anchor as unknown, role: '', texts: [''] as [string] }, ...rest].slice(anchor ? 0 : 1),
      (id) => indices.get(id) ?? -1,
    )
    return { last, list, rest, known, places: anchor ? places.slice(1) : places }
  }

  const read = (conversation: Conversation, input: MessageInput): Shown => {
    try {
      const callerId = `${input.id ?? ''}` || null
      const entry = callerId === null ? undefined : findMessage(conversation, callerId)
      const text = textOf(input)
      const stored = callerId === null ? recorder.storedTextOf(input) : text
      return { input, callerId, entry, id: entry ?? callerId, role: input.role, texts: [text, stored] }
    } catch {
      // No object, or none that can be read: refused by itself, not with its neighbours.
      return { input, callerId: null, entry: undefined, id: null, role: '', texts: [''] }
    }
  }

  const areNew = (conversation: Conversation, inputs: readonly MessageInput[]): boolean[] => {
    const { list, places } = compare(conversation, inputs)
    return [...list.map(({ entry }) => !entry), ...places.map(({ known }) => known === -1)]
  }

  const record = (conversation: Conversation, all: readonly MessageInput[]) => {
    const ended = earlier.get(conversation)
    const isNew = ended && areNew(ended, all)
    const inputs = isNew ? all.filter((_, index) => isNew[index]) : all
    const { last, list, rest, known, places } = compare(conversation, inputs)
    lists.set(conversation, list)
    const given = new Map(last.map(({ entry, input }) => [entry, input]))
    const unrecorded = last.flatMap(({ entry, input }) => (entry ? [] : [input]))
    for (const [index, shown] of rest.entries()) {
      const place = places[index] as Reconciled
      const {
        input,
        texts: [text],
      } = shown
      let entry = known[place.known] ?? null
      const replaced = known[place.replaces]
      const before = entry ? [given.get(entry)] : unrecorded
      try {
        if (isStillEmpty(input)) {
          entry ??= replaced ?? null
        } else if (!before.some((one) => isUnchanged(one, input))) {
          const next = known[place.before]
          const isBeside = (other: Reconciled) => other.known === -1 && other.before === place.before
          entry = recorder.record(
            conversation,
            { ...input, id: freeId(conversation, shown, entry) } as MessageInput,
            entry ?? undefined,
            replaced ? { replaces: replaced.row.id + conversation.suffix } : {},
            {
              next,
              count: next ? places.slice(index).filter(isBeside).length : 0,
              id: input.status === 'streaming' ? undefined : sharedIdOf(conversation, input.role + text),
            },
          )
          if (entry) texts.set(entry, text)
        }
      } catch (cause) {
        onInvalid(cause, shown.callerId)
      }
      list.push({ input: copyOf(input), entry })
    }
  }

  return {
    track,
    settle() {
      for (const conversation of waiting.keys()) settle(conversation)
    },
  }
}

/** The id that it is recorded under: its own, unless another message of the list has it. */
const freeId = (conversation: Conversation, { callerId }: Shown, entry: MessageEntry | null): string | undefined => {
  const holder = callerId === null ? null : findMessage(conversation, callerId)
  return callerId !== null && (holder ?? entry) === entry ? callerId : (entry?.row.externalId ?? undefined)
}

/** Without a caller's id, an id by what it says, so that two tabs agree on it: the how manieth that says so. */
const sharedIdOf = (conversation: Conversation, text: string): string => {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  for (let number = 1; ; number++) {
    const id = derivedIdOf(conversation, `${(hash >>> 0).toString(36)}~${number}`)
    if (!findMessage(conversation, id)) return id
  }
}

/** More of it may come: it was said so, its page was gone before it ended, or nobody said anything of it. */
const isGrowing = ({ row }: MessageEntry, input: MessageInput | undefined): boolean =>
  row.streaming ||
  row.json.includes('"status":"interrupted"') ||
  (row.role === 'assistant' && !!input && (input.id ?? '') === '' && input.status === undefined)

/** As it is now: the page may go on changing its own. */
const copyOf = (input: MessageInput): MessageInput => {
  try {
    return { ...input }
  } catch {
    return {} as MessageInput
  }
}

/** An answer that has no word yet: widgets show it as a typing indicator. */
const isStillEmpty = (input: MessageInput): boolean =>
  input?.role === 'assistant' &&
  !input.content?.length &&
  !input.toolCalls?.length &&
  input.status !== 'aborted' &&
  input.status !== 'error'

function isUnchanged(before: MessageInput | undefined, input: MessageInput): boolean {
  if (!before) return false
  try {
    const keys = Object.keys({ ...before, ...input }) as (keyof MessageInput)[]
    return keys.every((key) => before[key] === input[key])
  } catch {
    return false // a getter that throws: told apart like any other
  }
}
