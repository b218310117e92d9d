import type { MessageInput } from '../chatlog.ts'
import { isObject, textOf as textIn } from '../conversation/content.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { findMessage, isDiscarded, type MessageEntry } from '../conversation/transcript.ts'
import { findLast } from '../lists.ts'
import type { ShownMessage } from '../reconcile/messages.ts'
import { type Reconciled, reconcile } from '../reconcile/reconcile.ts'
import type { Recorder } from './recorder.ts'

/** A message of the list that the page gave last. */
export interface Seen {
  /** A copy of what the page gave. */
  input: MessageInput
  /**
   * The recorded message that it is; `null`: not recorded. For an answer without a word yet, the one that it will
   * replace.
   */
  entry: MessageEntry | null
}

/** A message of the list that the page gives now. */
export interface Shown extends ShownMessage {
  input: MessageInput
  callerId: string | null
  /** The recorded message with that id. */
  entry: MessageEntry | undefined
}

/** A list, compared with the one that the page gave before and with what is recorded. */
export interface Comparison {
  /** The beginning of the list that is the same as before; the caller adds the rest. */
  list: Seen[]
  /** The messages from the first one that differs. */
  rest: Shown[]
  /** The recorded messages that `places` speaks of. */
  known: readonly MessageEntry[]
  /** For each message of `rest`, what it is. */
  places: readonly Reconciled[]
  /** Whether the page gave this very message before, as that recorded one or, with `null`, as none. */
  isAsBefore(entry: MessageEntry | null, input: MessageInput): boolean
}

/** Keeps, for each conversation, the list that the page gave last. */
export interface ShownLists {
  compare(conversation: Conversation, inputs: readonly MessageInput[]): Comparison
  /** For each message of a list, whether it is not recorded there. */
  areNew(conversation: Conversation, inputs: readonly MessageInput[]): boolean[]
  keep(conversation: Conversation, list: Seen[]): void
  /** What a recorded message says: as the page gave it, where it has. */
  textOf(entry: MessageEntry): string
  /** Keeps the text of a message as the page gives it: `beforeStore` may have stored another one. */
  noteText(entry: MessageEntry, shown: Shown): void
}

export function createShownLists(recorder: Pick<Recorder, 'textOf' | 'storedForm'>): ShownLists {
  const lists = new WeakMap<Conversation, Seen[]>()
  const texts = new WeakMap<MessageEntry, string>()

  const textOf: ShownLists['textOf'] = (entry) => texts.get(entry) ?? recorder.textOf(entry)

  const compare: ShownLists['compare'] = (conversation, inputs) => {
    const last = lists.get(conversation) ?? []
    const list = sameBeginning(last, inputs)
    const anchor = findLast(list, ({ entry }) => entry)?.entry
    const rest = inputs.slice(list.length).map((input) => besides(list, anchor, read(conversation, input)))
    if (!rest.length) return { list, rest, known: [], places: [], isAsBefore: () => true }
    const known = knownBehind(conversation, anchor, rest)
    const indices = new Map<unknown, number>(known.map((entry, index) => [entry, index]))
    const given = new Map(last.map(({ entry, input }) => [entry, input]))
    // Of messages that this page hasn't given itself, only the text that `beforeStore` made is known.
    const isStrange = known.some((entry) => !texts.has(entry))
    const places = reconcile(
      known.map((entry) => ({
        role: entry.row.role,
        get text() {
          return textOf(entry)
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
    textOf,
    areNew(conversation, inputs) {
      const { list, rest, places } = compare(conversation, inputs)
      if (isDiscarded(conversation)) {
        // The recorded messages are gone, so the list that was given last tells which ones are old.
        const gone = new Set((lists.get(conversation) ?? []).map(({ input }) => keyOf(read(conversation, input))))
        return [...list.map(() => false), ...rest.map((shown) => !gone.has(keyOf(shown)))]
      }
      return [...list.map(({ entry }) => !entry), ...places.map(({ known }) => known === -1)]
    },
    keep: (conversation, list) => void lists.set(conversation, list),
    noteText: (entry, { texts: [text] }) => void texts.set(entry, text as string),
  }
}

/** What tells a message from others: the caller's id, or else its role and text. */
const keyOf = ({ callerId, role, texts }: Shown): string => callerId ?? `${role} ${texts[0]}`

/** Of two that are shown under one id, the second has none: the first may stand in the part that is as before. */
const besides = (list: readonly Seen[], anchor: MessageEntry | null | undefined, shown: Shown): Shown =>
  shown.entry && anchor && shown.entry.row.order <= anchor.row.order && list.some(({ entry }) => entry === shown.entry)
    ? { ...shown, entry: undefined, id: null }
    : shown

function read(conversation: Conversation, given: MessageInput): Shown {
  try {
    const callerId = `${given.id ?? ''}` || null
    const entry = callerId === null ? undefined : findMessage(conversation, callerId)
    // A copy: what is remembered of it holds for what it says now.
    const input = callerId === null && isObject(given) ? { ...given } : given
    // Made text here, where a role that can't be is caught.
    return { input, callerId, entry, id: entry ?? callerId, role: `${input.role}`, texts: [textIn(input)] }
  } catch {
    // It is no object, or none that can be read: it is refused when it is recorded, and its neighbours are recorded.
    return { input: given, callerId: null, entry: undefined, id: null, role: '', texts: [''] }
  }
}

/** The message, with the text that `beforeStore` makes of it as another one that it may be recorded with. */
function withStoredForm(recorder: Pick<Recorder, 'storedForm'>, shown: Shown): Shown {
  try {
    return { ...shown, texts: [...shown.texts, textIn(recorder.storedForm(shown.input) ?? shown.input)] }
  } catch {
    return shown // `beforeStore` throws again when the message is recorded, and the ledger says so then
  }
}

/** The recorded messages from the anchor on; all of them where the page shows an older one behind the anchor. */
function knownBehind(
  { messages }: Conversation,
  anchor: MessageEntry | null | undefined,
  rest: readonly Shown[],
): readonly MessageEntry[] {
  const isEarlier = ({ entry }: Shown) => entry && anchor && entry.row.order < anchor.row.order
  return messages.slice(anchor && !rest.some(isEarlier) ? messages.lastIndexOf(anchor) : 0)
}

/**
 * Whether more of a message may come: it streams, its page ended before it did, or an answer was given without a
 * status.
 */
const isGrowing = ({ row }: MessageEntry, input: MessageInput | undefined): boolean =>
  row.streaming ||
  row.json.includes('"status":"interrupted"') ||
  (row.role === 'assistant' && !!input && (input.id ?? '') === '' && input.status === undefined)

const isSameAt = (before: object, input: object, key: string): boolean =>
  before[key as keyof object] === input[key as keyof object]

/**
 * The beginning of the list that is as before; where a window of the newest messages has slid, all that is left of it.
 */
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
    // Two loops and no lists of keys: a long transcript asks this a thousand times a call.
    for (const key in before) if (!isSameAt(before, input, key)) return false
    for (const key in input) if (!isSameAt(before, input, key)) return false
    return typeof input === 'object'
  } catch {
    return false // a getter throws: the message counts as changed
  }
}
