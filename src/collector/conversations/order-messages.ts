/** What `orderMessages` needs to know of a message. */
export type Placed = { id: string; createdAt: string }

/**
 * The order of stored ids and of those that came. Stored messages keep their order; a new message stands after
 * all messages before it that both sides know, even where two tabs sent them in different orders. Where a stored and a
 * new message follow the same known one, the earlier `createdAt` stands first, and at the same time the stored one. New
 * messages of one body keep the body's order, even if the sender's clock ran back.
 */
export function orderMessages(stored: readonly Placed[], came: readonly Placed[]): string[] {
  const newOnesAfter = groupByPlace(stored, came)
  const cameIds = new Set(came.map(({ id }) => id))
  const ordered: string[] = []
  let waiting = newOnesAfter.get(null) ?? []

  for (const message of stored) {
    const isKnownToBoth = cameIds.has(message.id)
    const stopsAt = isKnownToBoth ? -1 : waiting.findIndex(({ createdAt }) => !isEarlier(createdAt, message.createdAt))
    const goFirst = stopsAt < 0 ? waiting.length : stopsAt
    ordered.push(...waiting.slice(0, goFirst).map(({ id }) => id), message.id)
    waiting = isKnownToBoth ? (newOnesAfter.get(message.id) ?? []) : waiting.slice(goFirst)
  }
  return [...ordered, ...waiting.map(({ id }) => id)]
}

/**
 * New messages, grouped by the stored one that they follow: of those before them, the last in the store; `null` for
 * none.
 */
function groupByPlace(stored: readonly Placed[], came: readonly Placed[]): Map<string | null, Placed[]> {
  const storedAt = new Map(stored.map(({ id }, index) => [id, index]))
  const groups = new Map<string | null, Placed[]>()
  let last = -1
  for (const message of came) {
    const index = storedAt.get(message.id)
    if (index !== undefined) {
      last = Math.max(last, index)
      continue
    }
    const place = stored[last]?.id ?? null
    const group = groups.get(place)
    if (group) group.push(message)
    else groups.set(place, [message])
  }
  return groups
}

function isEarlier(createdAt: string, than: string): boolean {
  return Date.parse(createdAt) < Date.parse(than)
}
