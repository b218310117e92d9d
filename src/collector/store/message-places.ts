import type { StoredMessage } from '../../contract/answer.ts'

/**
 * Distance between the positions of two messages that arrive one after the other. A message that belongs between two
 * others gets a position between theirs, so that it is written and they aren't.
 */
export const positionStep = 65_536

/** Largest position, in both directions: both databases keep them as whole numbers of four bytes. */
const maxPosition = 2_147_483_647

/** New messages in a row, and the positions of the known ones around them; `null`: there is none on that side. */
export type Gap = { low: number | null; high: number | null; messages: StoredMessage[] }

/**
 * Groups the new messages of an upsert by the gap between known ones that they stand in.
 *
 * @param messages known and new ones, in the order in which they belong
 * @param positions of the known ones
 * @returns `null` where the known ones stand in another order than they are stored in
 */
export function gapsOf(messages: readonly StoredMessage[], positions: ReadonlyMap<string, number>): Gap[] | null {
  const gaps: Gap[] = []
  let low: number | null = null
  let waiting: StoredMessage[] = []
  for (const message of messages) {
    const position = positions.get(message.id)
    if (position === undefined) {
      waiting.push(message)
      continue
    }
    if (low !== null && position <= low) return null
    if (waiting.length > 0) gaps.push({ low, high: position, messages: waiting })
    waiting = []
    low = position
  }
  if (waiting.length > 0) gaps.push({ low, high: null, messages: waiting })
  return gaps
}

/** Positions between which new messages go in, in their order; `null`: there is nothing on that side. */
export type Place = { after: number | null; before: number | null; messages: StoredMessage[] }

/**
 * Puts the messages of one gap together that stand before the same stored message.
 *
 * @param boundaries for each message the position of the first stored one in the gap that is later than it; `null`: the
 *   gap's end. A message never goes before one that its sender has put ahead of it, even where clocks disagree.
 */
export function placesIn({ high, messages }: Gap, boundaries: readonly (number | null)[]): Omit<Place, 'after'>[] {
  const places: Omit<Place, 'after'>[] = []
  let least = Number.NEGATIVE_INFINITY
  messages.forEach((message, index) => {
    least = Math.max(least, boundaries[index] ?? high ?? Number.POSITIVE_INFINITY)
    const before = least === Number.POSITIVE_INFINITY ? null : least
    const last = places.at(-1)
    if (last && last.before === before) last.messages.push(message)
    else places.push({ before, messages: [message] })
  })
  return places
}

/** Positions for the messages of a place, by their ids; `null` where there is no room between its neighbours. */
export function positionsAt({ after, before, messages }: Place): [id: string, position: number][] | null {
  const step = stepBetween(after, before, messages.length)
  const first = after === null ? (before === null ? 0 : before - step * messages.length) : after + step
  const positions = messages.map(({ id }, index): [string, number] => [id, first + index * step])
  const isFit = step > 0 && positions.every(([, position]) => Math.abs(position) <= maxPosition)
  return isFit ? positions : null
}

function stepBetween(after: number | null, before: number | null, count: number): number {
  if (after === null || before === null) return positionStep
  return Math.min(positionStep, Math.floor((before - after) / (count + 1)))
}
