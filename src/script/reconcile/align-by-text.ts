import { lastOf } from '../lists.ts'
import type { KnownMessage, ShownMessage } from './messages.ts'

/** A shown message paired with a recorded one, and the pairs behind it. */
interface Chain {
  index: number
  known: number
  next: Chain | undefined
}

type Recorded = Pick<KnownMessage, 'role' | 'text'>
type Told = Pick<ShownMessage, 'role' | 'texts'>

interface Alignment {
  known: readonly Recorded[]
  shown: readonly Told[]
  /** For each shown message, whether it has an id of its own. */
  named: readonly boolean[]
  /** For each shown message, the index of its recorded one, or -1. `alignByText` fills it in. */
  pairs: number[]
  /** Indices of the recorded messages that are paired. `alignByText` adds to it. */
  taken: Set<number>
}

/**
 * Pairs messages without an id with recorded ones of the same role and text: the longest common subsequence, around the
 * pairs that there are. Of several such, it takes the newest recorded messages and the earliest shown ones, so that
 * what comes after is new. Costs n log n steps where few texts repeat (Hunt and Szymanski, 1977).
 */
export function alignByText({ known, shown, named, pairs, taken }: Alignment): void {
  const pair = (index: number, at: number) => {
    pairs[index] = at
    taken.add(at)
  }
  // Most often the page shows the end of the conversation, which this finds quickly.
  const ahead = known.length - shown.length
  const isFree = (index: number) => pairs[index] === -1 && !named[index] && !taken.has(index + ahead)
  if (shown.every((one, index) => isFree(index) && isAlike(known[index + ahead], one))) {
    for (const index of shown.keys()) pair(index, index + ahead)
    return
  }

  const places = new Map<string, number[]>()
  known.forEach(({ role, text }, index) => {
    if (taken.has(index)) return
    const same = places.get(role + text)
    if (same) same.push(index)
    else places.set(role + text, [index])
  })
  // chains[n]: of all chains of n + 1 pairs, the one that begins with the newest recorded message.
  const chains: Chain[] = []
  // Nothing goes across what is paired already.
  let after = -1
  const lowest = pairs.map((pair) => (after = Math.max(pair, after)))
  let before = known.length
  for (let index = shown.length - 1; index >= 0; index--) {
    const { role, texts } = shown[index] as Told
    const known = pairs[index] as number
    const isBetween = (at: number) => at > (lowest[index] as number) && at < before
    const found =
      known !== -1
        ? [known]
        : named[index]
          ? []
          : texts.flatMap((text) => places.get(role + text) ?? []).filter(isBetween)
    if (known !== -1) before = known
    // It goes from the oldest recorded one on, so that no chain gets two for the same shown message.
    for (const at of found.sort((a, b) => a - b)) {
      let low = 0
      for (let high = chains.length; low < high; ) {
        const middle = (low + high) >> 1
        if ((chains[middle] as Chain).known > at) low = middle + 1
        else high = middle
      }
      chains[low] = { index, known: at, next: chains[low - 1] }
    }
  }
  for (let chain = lastOf(chains); chain; chain = chain.next) {
    if (pairs[chain.index] === -1) pair(chain.index, chain.known)
  }
}

/** Whether they have one role and say the same. */
export const isAlike = (known: Recorded | undefined, { role, texts }: Told): boolean =>
  known !== undefined && known.role === role && texts.includes(known.text)
