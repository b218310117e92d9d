import type { MessageInput } from '../chatlog.ts'
import { isObject, textOf } from '../conversation/content.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { findMessage, isDiscarded, type MessageEntry } from '../conversation/transcript.ts'
import { findLast } from '../lists.ts'
import type { ShownMessage } from '../reconcile/messages.ts'
import { type Reconciled, reconcile } from '../reconcile/reconcile.ts'
import type { Recorder } from './recorder.ts'

/** A message of the list that was given last. */
export interface Seen {
  /** As it was then. */
  input: MessageInput
  /** What it is recorded as. For an answer that has no word yet, the one that it will replace. */
  entry: MessageEntry | null
}

/** A message of the list that is given now. */
export interface Shown extends ShownMessage {
  input: MessageInput
  callerId: string | null
  /** The recorded one with that id. */
  entry: MessageEntry | undefined
}

/** A list, compared with the one that was given before and with what is recorded. */
export interface Comparison {
  /** What is the same as before, from the beginning on; the caller adds the rest. */
  list: Seen[]
  /** From the first that differs. */
  rest: Shown[]
  /** The recorded messages that `places` speaks of. */
  known: readonly MessageEntry[]
  /** What each of `rest` is. */
  places: readonly Reconciled[]
  /** Whether it was given so before, as that message or as none. */
  isAsBefore(entry: MessageEntry | null, input: MessageInput): boolean
}

/** The lists that the page has given last, by conversation. */
export interface ShownLists {
  compare(conversation: Conversation, inputs: readonly MessageInput[]): Comparison
  /** Which of the messages aren't recorded there. */
  areNew(conversation: Conversation, inputs: readonly MessageInput[]): boolean[]
  keep(conversation: Conversation, list: Seen[]): void
  /** What a message says as the page gives it: `beforeStore` may have stored another text. */
  noteText(entry: MessageEntry, shown: Shown): void
}

export function createShownLists(recorder: Pick<Recorder, 'textOf' | 'storedForm'>): ShownLists {
  const lists = new WeakMap<Conversation, Seen[]>()
  const texts = new WeakMap<MessageEntry, string>()

  const compare: ShownLists['compare'] = (conversation, inputs) => {
    const last = lists.get(conversation) ?? []
    const list = sameBeginning(last, inputs)
    const rest = inputs.slice(list.length).map((input) => read(conversation, input))
    if (!rest.length) return { list, rest, known: [], places: [], isAsBefore: () => true }
    const anchor = findLast(list, ({ entry }) => entry)?.entry
    const known = knownBehind(conversation, anchor, rest)
    const indices = new Map<unknown, number>(known.map((entry, index) => [entry, index]))
    const given = new Map(last.map(({ entry, input }) => [entry, input]))
    // Of what this page hasn't given itself, only the stored form is known.
    const isStrange = known.some((entry) => !texts.has(entry))
    const places = reconcile(
      known.map((entry) => ({
        role: entry.row.role,
        get text() {
          return texts.get(entry) ?? recorder.textOf(entry)
        },
        growing: isGrowing(entry, given.get(entry)),
        shown: given.has(entry),
      })),
      [
        { id: anchor as unknown, role: '', texts: [''] },
        ...rest.map((shown) => (isStrange && shown.id === null ? withStoredForm(recorder, shown) : shown)),
      ].slice(anchor ? 0 : 1),
      (id) => indices.get(id) ?? -1,
    )
    const unrecorded = last.flatMap(({ entry, input }) => (entry ? [] : [input]))
    return {
      list,
      rest,
      known,
      places: anchor ? places.slice(1) : places,
      isAsBefore: (entry, input) =>
        (entry ? [given.get(entry)] : unrecorded).some((before) => isUnchanged(before, input)),
    }
  }

  return {
    compare,
    areNew(conversation, inputs) {
      const { list, rest, places } = compare(conversation, inputs)
      if (isDiscarded(conversation)) {
        // Its messages are gone: those that were shown last are still known by what they were.
        const gone = new Set((lists.get(conversation) ?? []).map(({ input }) => keyOf(read(conversation, input))))
        return [...list.map(() => false), ...rest.map((shown) => !gone.has(keyOf(shown)))]
      }
      return [...list.map(({ entry }) => !entry), ...places.map(({ known }) => known === -1)]
    },
    keep: (conversation, list) => void lists.set(conversation, list),
    noteText: (entry, { texts: [text] }) => void texts.set(entry, text as string),
  }
}

/** What a message is known by for certain, or else what it says. */
const keyOf = ({ callerId, role, texts }: Shown): string => callerId ?? `${role} ${texts[0]}`

function read(conversation: Conversation, given: MessageInput): Shown {
  try {
    const callerId = `${given.id ?? ''}` || null
    const entry = callerId === null ? undefined : findMessage(conversation, callerId)
    // A copy: what is remembered of it holds for what it says now.
    const input = callerId === null && isObject(given) ? { ...given } : given
    return { input, callerId, entry, id: entry ?? callerId, role: input.role, texts: [textOf(input)] }
  } catch {
    // No object, or none that can be read: refused by itself, not with its neighbours.
    return { input: given, callerId: null, entry: undefined, id: null, role: '', texts: [''] }
  }
}

/** `beforeStore` may have stored it with another text. */
function withStoredForm(recorder: Pick<Recorder, 'storedForm'>, shown: Shown): Shown {
  try {
    return { ...shown, texts: [...shown.texts, textOf(recorder.storedForm(shown.input) ?? shown.input)] }
  } catch {
    return shown // it throws again when the message is recorded, and the ledger says so then
  }
}

/** What is recorded from that message on; everything, where what is shown behind it was recorded before it. */
function knownBehind(
  { messages }: Conversation,
  anchor: MessageEntry | null | undefined,
  rest: readonly Shown[],
): readonly MessageEntry[] {
  const isEarlier = ({ entry }: Shown) => entry && anchor && entry.row.order < anchor.row.order
  return messages.slice(anchor && !rest.some(isEarlier) ? messages.lastIndexOf(anchor) : 0)
}

/** More of it may come: it was said so, its page was gone before it ended, or nobody said anything of it. */
const isGrowing = ({ row }: MessageEntry, input: MessageInput | undefined): boolean =>
  row.streaming ||
  row.json.includes('"status":"interrupted"') ||
  (row.role === 'assistant' && !!input && (input.id ?? '') === '' && input.status === undefined)

const isSameAt = (before: object, input: object, key: string): boolean =>
  before[key as keyof object] === input[key as keyof object]

/** What is given as before: from the beginning on; or all but what has left there, where a window has slid. */
function sameBeginning(last: readonly Seen[], inputs: readonly MessageInput[]): Seen[] {
  const [first] = inputs
  const countFrom = (start: number) => {
    let count = 0
    while (count < inputs.length && isUnchanged(last[start + count]?.input, inputs[count] as MessageInput)) count++
    return count
  }
  const same = countFrom(0)
  if (same || !first) return last.slice(0, same)
  const start = last.findIndex(({ input }) => isUnchanged(input, first))
  const hasSlid = start > 0 && start + countFrom(start) === last.length
  return hasSlid ? last.slice(start) : []
}

function isUnchanged(before: MessageInput | undefined, input: MessageInput): boolean {
  if (!before) return false
  try {
    // Both, and no list of their keys: it is asked a thousand times a call.
    for (const key in before) if (!isSameAt(before, input, key)) return false
    for (const key in input) if (!isSameAt(before, input, key)) return false
    return typeof input === 'object'
  } catch {
    return false // a getter that throws: told apart like any other
  }
}
