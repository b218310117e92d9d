import { alignByText, isAlike } from './align-by-text.ts'
import type { KnownMessage, ShownMessage } from './messages.ts'

/** What a message that the page shows is: a recorded one, or a new one and its place. */
export interface Reconciled {
  /** Index of the recorded message that it is; -1 for a new one. */
  known: number
  /** Index of the recorded message that a new one replaces, as an answer that was asked for again; -1 for none. */
  replaces: number
  /** Index of the recorded message that a new one stands before; the number of recorded messages for the end. */
  before: number
}

/**
 * Finds which recorded message each shown message is, and changes neither list. An id is a message's identity. A
 * message without an id is found by role, text and neighbours,
 * among what was shown last before what had left. A message under a new id, at the very place of one that
 * left, is the same message if it says the same, or continues what was still growing; else it replaces that one. A
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
  // Where a page shows two messages under one id, the second is found as if it had none.
  const named = shown.map(({ id }) => id !== null && ids.size < ids.add(id).size)
  const pairs = shown.map(({ id }, index) => {
    const found = named[index] ? find(id) : -1
    taken.add(found)
    return found
  })
  if (!named.every(Boolean)) {
    // What is on the page is itself, before it is something in the same words that has left.
    const left = known.flatMap((message, index) => (message.shown ? [] : [index]))
    alignByText({ known, shown, named, pairs, taken: new Set([...taken, ...left]) })
    for (const pair of pairs) taken.add(pair)
    alignByText({ known, shown, named, pairs, taken })
  } else if (beginsWithAll(known, shown, pairs)) {
    for (const index of known.keys()) {
      pairs[index] = index
      taken.add(index)
    }
  }
  const replaces = findPlaces(known, shown, pairs, taken)
  let next = known.length
  return pairs
    .map((pair, index) => ({ known: pair, replaces: replaces[index] as number, previous: pairs[index - 1] ?? -1 }))
    .reverse()
    .map(({ previous, ...place }) => {
      // The page shows them in another order than they are recorded: a new one goes behind the one shown before it.
      const before = next > previous ? next : previous + 1
      if (place.known !== -1) next = place.known
      return { ...place, before }
    })
    .reverse()
}

/**
 * A page that has shown nothing yet shows everything that is recorded, in the same words, under ids of which none is
 * known: the server's, where the page before had the browser's.
 */
const beginsWithAll = (known: readonly KnownMessage[], shown: readonly ShownMessage[], pairs: readonly number[]) =>
  known.length > 1 &&
  known.length <= shown.length &&
  pairs.every((pair) => pair === -1) &&
  known.every((one, index) => !one.shown && isAlike(one, shown[index] as ShownMessage))

/**
 * Looks at new messages that stand at the very place of a recorded one that left: pairs the two where they are the
 * same.
 *
 * @returns for each shown message, the index of the recorded one that it replaces, or -1
 */
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
    // Behind a new message there is no place that a recorded one had.
    if (pairs[index] !== -1 || (index && previous === -1)) return -1
    const left = index === 0 || known[previous]?.shown ? nextShown(previous) : -1
    // A page that has just loaded has shown nothing before: an answer that was growing may go on right behind this
    // message.
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
    // At the beginning of a list of which nothing is recorded, only an edited question, alone or with its answer,
    // replaces.
    return left === at && (index || nextPair !== -1 || shown.length < 3) ? at : -1
  })
}

const continues = ({ growing, text: before }: KnownMessage, text: string | undefined): boolean =>
  growing && before !== '' && text?.startsWith(before) === true
