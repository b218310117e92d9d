import { alignByText } from './align-by-text.ts'
import type { KnownMessage, ShownMessage } from './messages.ts'

/** What a shown message is. */
export interface Reconciled {
  /** Index of the recorded message that it is; -1 for a new one. */
  known: number
  /** Index of the recorded message that a new one is another version of; -1 for none. */
  replaces: number
  /** Index of the recorded message that a new one stands before: their number for the end. */
  before: number
}

/**
 * What of a conversation is shown, reconciled with what is recorded of it; changes neither. An id is a message's
 * identity. What has no id is found by role, text and neighbours. What comes under a new id at the very place of one that
 * left is the same message if it says the same, or goes on from what was still growing; else it replaces that one. A
 * recorded message that isn't shown stays.
 *
 * @param known in the order of the conversation
 * @param shown in the order of the page
 * @param find index of the recorded message with that id, or -1
 * @returns for each shown message what it is
 */
export function reconcile(
  known: readonly KnownMessage[],
  shown: readonly ShownMessage[],
  find: (id: unknown) => number,
): Reconciled[] {
  const taken = new Set<number>()
  const ids = new Set<unknown>()
  // Of two that are shown under one id, the second is found as if it had none.
  const named = shown.map(({ id }) => id !== null && ids.size < ids.add(id).size)
  const pairs = shown.map(({ id }, index) => {
    const found = named[index] ? find(id) : -1
    taken.add(found)
    return found
  })
  if (!named.every(Boolean)) alignByText({ known, shown, named, pairs, taken })
  const replaces = findPlaces(known, shown, pairs, taken)
  let next = known.length
  return pairs
    .map((pair, index) => ({ known: pair, replaces: replaces[index] as number, previous: pairs[index - 1] ?? -1 }))
    .reverse()
    .map(({ previous, ...place }) => {
      // Shown in another order than recorded: behind the one before.
      const before = next > previous ? next : previous + 1
      if (place.known !== -1) next = place.known
      return { ...place, before }
    })
    .reverse()
}

/** Pairs, or tells apart, what stands at the very place of a message that left. @returns which each one replaces, or -1 */
function findPlaces(
  known: readonly KnownMessage[],
  shown: readonly ShownMessage[],
  pairs: number[],
  taken: Set<number>,
): number[] {
  const nextShown = (from: number) => known.findIndex((message, index) => index > from && message.shown)
  const isFirst = nextShown(-1) === -1
  return shown.map(({ role, texts }, index) => {
    const previous = index ? (pairs[index - 1] as number) : -1
    // Behind a new message there is no place that another one had.
    if (pairs[index] !== -1 || (index && previous === -1)) return -1
    const left = index === 0 || known[previous]?.shown ? nextShown(previous) : -1
    // A page that is loaded anew has shown nothing yet: what was growing then may go on behind what it shows.
    const at = left === -1 && isFirst ? previous + 1 : left
    const message = known[at]
    if (!message || taken.has(at) || message.role !== role) return -1
    const following = nextShown(at)
    const nextPair = pairs[index + 1] ?? -1
    if (nextPair !== (taken.has(following) ? following : -1)) return -1
    const isSame = texts.some((text) =>
      text === message.text ? left === at || message.growing : continues(message, text as string),
    )
    if (isSame) {
      pairs[index] = at
      taken.add(at)
      return -1
    }
    // At the beginning of a list of which nothing is known, this is an edited question, with its answer at most.
    return left === at && (index || nextPair !== -1 || shown.length < 3) ? at : -1
  })
}

const continues = ({ growing, text: before }: KnownMessage, text: string | undefined): boolean =>
  growing && before !== '' && text?.startsWith(before) === true
