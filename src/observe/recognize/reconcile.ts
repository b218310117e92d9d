import { findLast, findLastIndex, lastOf, withPlaces } from '../../script/lists.ts'
import { alignByText } from '../../script/reconcile/align-by-text.ts'
import { hasLostEdge } from '../read/labels.ts'
import type { RenderedMessage } from '../read/message-reader.ts'
import { differInLabel, hasLostLabel, textChange, wordsOf } from '../read/text-change.ts'
import type { KnownMessage, SeenMessage } from './known-messages.ts'

/** What the visitor did since their last message: typing is the surest sign that a message is new. */
export type Interaction = 'typed' | 'clicked' | null

/** Which recorded message each rendered one is, or whether it is new. */
export interface Reconciled {
  /** For each rendered message, the index of the recorded one; -1 for a new one. */
  pairs: number[]
  /** For each rendered message, the index of the recorded one that it replaces; -1 for none. */
  replaces: number[]
  /** None of the rendered messages was known. */
  strange: boolean
}

/**
 * Finds which recorded message each message of a widget is. Changes neither.
 *
 * @param isEditing the visitor has asked to edit a question, and has typed since
 */
export function reconcile(
  rendered: readonly RenderedMessage[],
  known: readonly KnownMessage[],
  { interaction, isEditing, storedForm }: Omit<Circumstances, 'fresh'> & { isEditing: boolean },
): Reconciled {
  const byElement = new Map(known.map(({ seen }, index) => [seen?.element, index]))
  const isEdit = (message: RenderedMessage) =>
    isEdited(known[byElement.get(message.element) ?? -1]?.seen, message, isEditing)
  const anchors = rendered.map((message) => {
    const index = byElement.get(message.element) ?? -1
    const at = known[index]
    // The visitor looks at another version, in the element of the one that they saw before.
    if (at && message.isBranch && at.seen?.comparable !== message.comparable && isKnownText(message, known)) return -1
    if (isEdit(message)) return -1
    return at && goesOn(at, message, true) ? index : -1
  })
  const asked = freshMessage(rendered, anchors, interaction, isEdit)
  const fresh = asked && isPaintedAgain(asked, rendered, known, storedForm) ? undefined : asked
  const pairs = align(rendered, known, anchors, { fresh, interaction, storedForm })
  const strange = rendered.length > 0 && pairs.every((pair) => pair === -1)
  const replaces = pairs.map(() => -1)
  forEachGap(pairs, known.length, (unpaired, between) => {
    let left = between
    for (const index of unpaired) {
      const message = rendered[index] as RenderedMessage
      const rest = left.filter((other) => !pairs.includes(other) && known[other]?.entry.row.role === message.role)
      const open = rest.filter((other) => !known[other]?.closed)
      const isHeld = pairs.slice(index + 1).some((pair) => pair !== -1)
      const isAlone = unpaired.filter((other) => rendered[other]?.role === 'user').length === 1
      const relabelled =
        open.length === 1 && !isEdit(message) && ((isAlone && (isHeld || !interaction)) || message !== fresh)
          ? open.find((other) => isRelabelled(known[other] as KnownMessage, message, isAlone))
          : undefined
      const same = relabelled ?? open.find((other) => goesOn(known[other] as KnownMessage, message, false))
      const follows = message.role === 'assistant' && (pairs[index - 1] ?? -1) !== -1
      if (message === fresh && relabelled === undefined) {
        replaces[index] = editedOf(rest, known, pairs, index, message, isEditing)
        left = []
      } else if (same !== undefined) pairs[index] = same
      else replaces[index] = findLast(open, (other) => isLeft(known, other, pairs, follows)) ?? -1
      // What follows a new question can't be an answer to an earlier one, so earlier ones are left out from here on.
      if (message.role === 'user' && pairs[index] === -1) left = []
    }
  })
  return { pairs, replaces, strange }
}

interface Circumstances {
  fresh: RenderedMessage | undefined
  interaction: Interaction
  storedForm: (message: RenderedMessage) => string
}

/** Pairs messages by their text, around those that are still in the element that they had. */
function align(
  rendered: readonly RenderedMessage[],
  known: readonly KnownMessage[],
  anchors: readonly number[],
  { fresh, interaction, storedForm }: Circumstances,
): number[] {
  const newestQuestion = findLastIndex(known, ({ entry }) => entry.row.role === 'user')
  const taken = new Set(anchors)
  for (const [index, { closed }] of withPlaces(known)) if (closed) taken.add(index)
  const unseen = new Set(known.flatMap(({ seen, closed, entry }) => (seen || closed ? [] : entry.row.role)))
  const pairs = increasing(anchors)
  alignByText({
    // A known message has one text: as this page has seen it, as it was seen a moment ago in another place, or as
    // stored.
    known: known.map((one, index) => ({
      role: one.entry.row.role,
      text: !one.seen
        ? `stored ${one.stored}`
        : `${isMoved(one, interaction, index === newestQuestion) ? 'moved' : 'seen'} ${one.seen.comparable}`,
    })),
    shown: rendered.map((message, index) => {
      const moved = `moved ${message.comparable}`
      if (message === fresh) return { role: message.role, texts: [moved] }
      const stored = unseen.has(message.role) && pairs[index] === -1 ? [`stored ${storedForm(message)}`] : []
      return { role: message.role, texts: [`seen ${message.comparable}`, moved, ...stored] }
    }),
    named: rendered.map(() => false),
    pairs,
    taken,
  })
  return pairs
}

/** The anchors without those out of order: such a row shows another message now. */
function increasing(anchors: readonly number[]): number[] {
  let last = -1
  return anchors.map((anchor) => {
    if (anchor <= last) return -1
    last = anchor
    return anchor
  })
}

/**
 * A single message of the visitor's at the end, or one that they have edited, right after they did something: new,
 * whatever was said before.
 */
function freshMessage(
  rendered: readonly RenderedMessage[],
  anchors: readonly number[],
  interaction: Interaction,
  isEdit: (message: RenderedMessage) => boolean,
): RenderedMessage | undefined {
  if (!interaction) return
  const questions = rendered.filter(({ role }) => role === 'user')
  const unknown = rendered.filter(({ role }, index) => role === 'user' && anchors[index] === -1)
  const [only] = unknown
  return only && unknown.length === 1 && (only === lastOf(questions) || isEdit(only)) ? only : undefined
}

/** Whether the visitor has edited the message since it was seen: they asked to, and its text is another one. */
const isEdited = (
  seen: SeenMessage | undefined,
  { role, edits, comparable }: RenderedMessage,
  isEditing: boolean,
): boolean =>
  seen !== undefined && role === 'user' && (isEditing || edits > seen.shown.edits) && comparable !== seen.comparable

const isKnownText = (message: RenderedMessage, known: readonly KnownMessage[]): boolean =>
  known.some(({ seen, entry }) => entry.row.role === message.role && seen?.comparable === message.comparable)

/**
 * The index of the question that a new one is an edit of; -1 for none. It is an edit where the visitor has edited that
 * question's element, where it says itself that it is one of several versions, or where the message before it is still
 * shown and the question that stood behind that a moment ago isn't.
 */
function editedOf(
  rest: readonly number[],
  known: readonly KnownMessage[],
  pairs: readonly number[],
  index: number,
  { isBranch, edits, element }: RenderedMessage,
  isEditing: boolean,
): number {
  const inPlace = edits || isEditing ? findLast(rest, (other) => known[other]?.seen?.element === element) : undefined
  if (inPlace !== undefined) return inPlace
  const before = index ? (pairs[index - 1] as number) : -1
  const gone = rest.filter((other) => {
    const { seen, closed } = known[other] as KnownMessage
    return !closed && other > before && seen && !seen.element.isConnected
  })
  const wasThere = gone.find((other) => known[other]?.seen?.visible)
  if (isBranch) return wasThere ?? gone[0] ?? -1
  return before !== -1 && known[before]?.seen?.element.isConnected ? (wasThere ?? -1) : -1
}

/**
 * Whether a question that seems new is a recorded one that the widget paints again, whatever the visitor did meanwhile:
 * it comes with its answer, and both are recorded so, as of an earlier page or of another version that the visitor
 * looks at. A question that says itself that it is one of several versions needs no answer for it.
 */
function isPaintedAgain(
  question: RenderedMessage,
  rendered: readonly RenderedMessage[],
  known: readonly KnownMessage[],
  storedForm: (message: RenderedMessage) => string,
): boolean {
  const answer = rendered[rendered.indexOf(question) + 1]
  if (!answer && !question.isBranch) return false
  const form = storedForm(question)
  return known.some(({ entry, stored, seen, closed }, index) => {
    const next = known[index + 1]
    if (closed || entry.row.role !== 'user') return false
    if (seen) {
      if (seen.element.isConnected || seen.visible || seen.comparable !== question.comparable) return false
      return question.isBranch || next?.seen?.comparable === answer?.comparable
    }
    if (stored !== form || !next || next.seen) return false
    return answer !== undefined && goesOn(next, answer, false)
  })
}

/** Whether a message was shown a moment ago and its element is gone: it is rendered anew, or asked again by a retry. */
const isMoved = ({ seen }: KnownMessage, interaction: Interaction, isNewest: boolean): boolean =>
  seen !== undefined && !seen.element.isConnected && (seen.visible || (interaction === 'clicked' && isNewest))

/**
 * Whether a question is the one that was shown in its place a moment ago, with another time or state beside it. The
 * caller has made sure that what came after it still does, or that the visitor has done nothing since.
 */
const isRelabelled = (
  { seen }: KnownMessage,
  { role, comparable, element }: RenderedMessage,
  isAlone: boolean,
): boolean => {
  if (role !== 'user' || !seen?.visible) return false
  if (isAlone) return differInLabel(seen.comparable, comparable)
  // Another question is new beside it: then the old one must be gone from its element, and differ at one end alone.
  if (seen.element.isConnected && seen.element !== element) return false
  return hasLostLabel(seen.comparable, comparable) || hasLostLabel(comparable, seen.comparable)
}

/**
 * Whether a message has left the end of the list: shown a moment ago or, where its question still is, some time ago.
 */
function isLeft(known: readonly KnownMessage[], index: number, pairs: readonly number[], follows: boolean): boolean {
  const { seen } = known[index] as KnownMessage
  return seen !== undefined && (seen.visible || follows) && !pairs.some((pair) => pair > index)
}

/** Whether it is the same message with more, or other, text. */
function goesOn({ entry, stored, seen }: KnownMessage, message: RenderedMessage, sameElement: boolean): boolean {
  if (entry.row.role !== message.role) return false
  const before = seen?.comparable ?? stored
  if (before === message.comparable) return true
  // Only what is known of the widget's labels has changed, or a message that was a picture alone has got text.
  if (sameElement && seen && (seen.whole === message.whole || seen.isAttachment)) return true
  const change =
    message.role === 'user'
      ? textChange(before, message.comparable)
      : textChange(wordsOf(before), wordsOf(message.comparable))
  if (change === 'same') return true
  // An earlier page recorded it: this page shows more of it than was recorded, or renders it another way; a question may
  // bear another label.
  if (!seen) {
    if (message.role === 'assistant') return change !== 'other'
    return hasLostLabel(message.comparable, before) || hasLostLabel(before, message.comparable)
  }
  if (message.role === 'user') {
    return (
      sameElement && seen.visible && (change === 'grown' || change === 'similar' || hasLostEdge(seen.shown, message))
    )
  }
  if (!seen.settled) return seen.visible || sameElement || change !== 'other'
  if (seen.asked === 'again' || (seen.asked && !seen.visible)) return false
  if (seen.visible && hasLostEdge(seen.shown, message)) return true
  if (change === 'shrunk') return sameElement && (seen.shrunkTo === null || seen.shrunkTo === message.comparable)
  if (seen.shrunkTo !== null) return false
  return change === 'grown' || (change === 'similar' && seen.visible)
}

/** Calls back for each run of unpaired rendered messages, with the recorded ones that stand between its neighbours. */
function forEachGap(
  pairs: readonly number[],
  knownCount: number,
  onGap: (unpaired: number[], left: number[]) => void,
): void {
  let unpaired: number[] = []
  let from = 0
  const end = (to: number) => {
    if (unpaired.length) {
      onGap(
        unpaired,
        [...Array(Math.max(0, to - from)).keys()].map((offset) => from + offset),
      )
    }
    unpaired = []
    from = to + 1
  }
  for (const [index, pair] of withPlaces(pairs)) {
    if (pair === -1) unpaired.push(index)
    else end(pair)
  }
  end(knownCount)
}
