import type { Store, StoredKey, Usage } from '../store/store.ts'

/** How often a collector says what was sent to it, and learns what was sent to others, in milliseconds. */
const shareEveryMs = 5_000

const dayMs = 86_400_000

const none: Usage = { requests: 0, bytes: 0, conversations: 0 }
const kinds = Object.keys(none) as (keyof Usage)[]

/** What is known of a key's day. */
type Known = {
  projectId: string
  day: number
  /** Not told yet. */
  own: Usage
  /** Told by this process. */
  told: Usage
  /** Told by others, and by this collector before its last start; `null` before the first answer. */
  others: Usage | null
}

type SharedUsage = {
  /** Notes what was sent with a key. */
  note(key: Pick<StoredKey, 'id' | 'projectId'>, sent: Partial<Usage>): void
  /** Tells the store at once, and plans nothing more: for the end, before the store is closed. Never rejects. */
  shareNow(): Promise<void>
}

/**
 * Shares through the store what keys send, so that a key's limits hold over all collectors together. A request never waits
 * for it: each collector counts by itself, tells the store every five seconds, and learns then what others had told. For
 * as long a key may send as much more as there are collectors, and a store that is away shares nothing until it is back.
 *
 * @param now milliseconds since 1970
 * @param reportError told of the first failure, and again only after the store has answered
 * @param onOthers told what others have taken since the last time
 */
export function createSharedUsage(
  { store, now, reportError }: { store: Store; now: () => number; reportError: (error: unknown) => void },
  onOthers: (keyId: string, taken: Usage) => void,
): SharedUsage {
  const keys = new Map<string, Known>()
  let planned: NodeJS.Timeout | undefined
  let isAway = false

  function knownOf({ id, projectId }: Pick<StoredKey, 'id' | 'projectId'>): Known {
    const day = Math.floor(now() / dayMs)
    const known = keys.get(id)
    if (known?.day === day) return known
    const fresh = { projectId, day, own: { ...none }, told: { ...none }, others: null }
    keys.set(id, fresh)
    return fresh
  }

  async function share(keyId: string, known: Known): Promise<void> {
    const { own, projectId, day } = known
    if (kinds.every((kind) => own[kind] === 0)) return
    known.own = { ...none }
    try {
      const sum = await store.addUsage(projectId, { keyId, day, ...own })
      known.told = combine(known.told, own, 1)
      const others = combine(sum, known.told, -1)
      // What was sent before this collector began counts for the day, and not for the minute.
      const since = known.others ?? { ...none, requests: others.requests }
      known.others = others
      isAway = false
      onOthers(keyId, combine(others, since, -1))
    } catch (error) {
      known.own = combine(known.own, own, 1)
      if (!isAway) reportError(error)
      isAway = true
    }
  }

  async function shareNow(): Promise<void> {
    clearTimeout(planned)
    planned = undefined
    for (const [keyId, known] of keys) await share(keyId, known)
  }

  return {
    note(key, sent) {
      const { own } = knownOf(key)
      for (const kind of kinds) own[kind] += sent[kind] ?? 0
      planned ??= setTimeout(shareNow, shareEveryMs).unref()
    },
    shareNow,
  }
}

function combine(one: Usage, other: Usage, sign: 1 | -1): Usage {
  const sum = { ...none }
  for (const kind of kinds) sum[kind] = one[kind] + sign * other[kind]
  return sum
}
