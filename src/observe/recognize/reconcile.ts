import type { RenderedMessage } from '../read/message-reader.ts'
import { differInLabel, textChange, wordsOf } from '../read/text-change.ts'
import { align } from './align.ts'
import type { KnownMessage } from './known-messages.ts'

/** What the visitor did since their last message: typing is the surest sign that a message is new. */
export type Interaction = 'typed' | 'clicked' | null

/** Which recorded message each rendered one is, or that it is new. */
export interface Reconciled {
  /** For each rendered message the index of the recorded one, or -1 for a new one. */
  pairs: number[]
  /** For each new one the index of the recorded one that it replaces, or -1. */
  replaces: number[]
  /** None of the rendered messages was known. */
  strange: boolean
}

/** What a widget shows, reconciled with what is recorded; changes neither. */
export function reconcile(
  rendered: readonly RenderedMessage[],
  known: readonly KnownMessage[],
  interaction: Interaction,
  storedForm: (message: RenderedMessage) => string,
): Reconciled {
  const byElement = new Map(known.map(({ seen }, index) => [seen?.element, index]))
  const anchors = rendered.map((message) => {
    const index = byElement.get(message.element) ?? -1
    const at = known[index]
    return at && goesOn(at, message, true) ? index : -1
  })
  const asked = freshMessage(rendered, anchors, interaction)
  const fresh = asked && isPaintedAgain(asked, rendered, known, storedForm) ? undefined : asked
  const newestQuestion = known.findLastIndex(({ entry }) => entry.row.role === 'user')
  const taken = new Set(anchors)

  const equals = (index: number, knownIndex: number) => {
    const message = rendered[index] as RenderedMessage
    const at = known[knownIndex] as KnownMessage
    if (at.closed || taken.has(knownIndex) || at.entry.row.role !== message.role) return false
    if (message === fresh && !isMoved(at, interaction, knownIndex === newestQuestion)) return false
    return at.seen ? at.seen.comparable === message.comparable : at.stored === storedForm(message)
  }

  const pairs = align(anchors, known.length, equals)
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
        open.length === 1 && isAlone && (isHeld || !interaction)
          ? open.find((other) => isRelabelled(known[other] as KnownMessage, message))
          : undefined
      const same = relabelled ?? open.find((other) => goesOn(known[other] as KnownMessage, message, false))
      const follows = message.role === 'assistant' && (pairs[index - 1] ?? -1) !== -1
      if (message === fresh && relabelled === undefined) left = []
      else if (same !== undefined) pairs[index] = same
      else replaces[index] = open.findLast((other) => isLeft(known, other, pairs, follows)) ?? -1
      // What follows a new question can't be an answer to an earlier one.
      if (message.role === 'user' && pairs[index] === -1) left = []
    }
  })
  return { pairs, replaces, strange }
}

/** A single message of the visitor's at the end, right after they did something: new, whatever was said before. */
function freshMessage(
  rendered: readonly RenderedMessage[],
  anchors: readonly number[],
  interaction: Interaction,
): RenderedMessage | undefined {
  if (!interaction) return
  const questions = rendered.filter(({ role }) => role === 'user')
  const unknown = rendered.filter(({ role }, index) => role === 'user' && anchors[index] === -1)
  return unknown.length === 1 && unknown[0] === questions.at(-1) ? unknown[0] : undefined
}

/** It comes with its answer, and an earlier page has recorded both so: history, whatever the visitor did meanwhile. */
function isPaintedAgain(
  question: RenderedMessage,
  rendered: readonly RenderedMessage[],
  known: readonly KnownMessage[],
  storedForm: (message: RenderedMessage) => string,
): boolean {
  const answer = rendered[rendered.indexOf(question) + 1]
  if (!answer) return false
  const form = storedForm(question)
  return known.some(({ entry, stored, seen, closed }, index) => {
    const next = known[index + 1]
    if (seen || closed || entry.row.role !== 'user' || stored !== form || !next || next.seen) return false
    return goesOn(next, answer, false)
  })
}

/** Shown a moment ago, and now in another element: a re-rendering, or a question that is asked again by a retry. */
const isMoved = ({ seen }: KnownMessage, interaction: Interaction, isNewest: boolean): boolean =>
  seen !== undefined && !seen.element.isConnected && (seen.visible || (interaction === 'clicked' && isNewest))

/**
 * A question in the place of the only one that was shown there a moment ago, with another time or state: what comes after
 * it still does, or the visitor has done nothing since.
 */
const isRelabelled = ({ seen }: KnownMessage, { role, comparable }: RenderedMessage): boolean =>
  role === 'user' && seen?.visible === true && differInLabel(seen.comparable, comparable)

/** Shown a moment ago or, where its question still is, some time ago; and gone from the end. */
function isLeft(known: readonly KnownMessage[], index: number, pairs: readonly number[], follows: boolean): boolean {
  const { seen } = known[index] as KnownMessage
  return seen !== undefined && (seen.visible || follows) && !pairs.some((pair) => pair > index)
}

/** Whether it is the same message with more, or other, text. */
function goesOn({ entry, stored, seen }: KnownMessage, message: RenderedMessage, sameElement: boolean): boolean {
  if (entry.row.role !== message.role) return false
  const before = seen?.comparable ?? stored
  if (before === message.comparable) return true
  const change =
    message.role === 'user'
      ? textChange(before, message.comparable)
      : textChange(wordsOf(before), wordsOf(message.comparable))
  if (change === 'same') return true
  // An earlier page's: painted again with more than was recorded, or rendered another way.
  if (!seen) return message.role === 'assistant' && change !== 'other'
  if (message.role === 'user') return sameElement && seen.visible && (change === 'grown' || change === 'similar')
  if (!seen.settled) return seen.visible || sameElement || change !== 'other'
  if (seen.asked === 'again' || (seen.asked && !seen.visible)) return false
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
        Array.from({ length: Math.max(0, to - from) }, (_, offset) => from + offset),
      )
    }
    unpaired = []
    from = to + 1
  }
  for (const [index, pair] of [...pairs].entries()) {
    if (pair === -1) unpaired.push(index)
    else end(pair)
  }
  end(knownCount)
}
