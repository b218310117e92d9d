import { ProblemError } from '../problem-error.ts'

/** What somebody may send in a day, UTC. */
export type DailyBudget = {
  /** Bytes of bodies, inflated. */
  bytes: number
  /** Conversations that are new. */
  conversations: number
  /** Bodies that are refused: not JSON, against the contract. */
  refused: number
}

/** What one key, and one address with any key, may send in a day. */
export type DailyBudgets = { key: Omit<DailyBudget, 'refused'>; address: DailyBudget }

/**
 * Some tens of times what a company with five million messages a month sends; for an address, what its busiest office
 * does.
 */
export const defaultBudgets: DailyBudgets = {
  key: { bytes: 100_000_000_000, conversations: 5_000_000 },
  address: { bytes: 5_000_000_000, conversations: 100_000, refused: 50_000 },
}

/** A sender: the public half of its key, and its address where that is known for sure. */
export type Sender = { keyId: string; address: string | undefined }

/** What all senders together have spent since the start, and how many requests were over a budget. */
export type BudgetCounts = DailyBudget & { over: number }

/** Most senders that are counted: beyond it, those that came first on the day are forgotten. */
const maxCounted = 100_000

const dayMs = 86_400_000

/**
 * Counts what each key and each address sends in a day: addresses in this process only, and from nothing again after a
 * restart; keys together with what `spendElsewhere` is told.
 *
 * A refused body is counted to its address alone: a WEB key is public, and a stranger's bad bodies must not take a
 * visitor's turn.
 *
 * @param now milliseconds since 1970
 */
export function createBudgets({ key, address }: DailyBudgets, now: () => number) {
  let day = Math.floor(now() / dayMs)
  const spent = new Map<string, DailyBudget>()
  const counts: BudgetCounts = { bytes: 0, conversations: 0, refused: 0, over: 0 }

  function spentBy(holder: string): DailyBudget {
    const today = Math.floor(now() / dayMs)
    if (today !== day) spent.clear()
    day = today
    const known = spent.get(holder)
    if (known) return known
    if (spent.size >= maxCounted) spent.delete(spent.keys().next().value ?? '')
    const none = { bytes: 0, conversations: 0, refused: 0 }
    spent.set(holder, none)
    return none
  }

  function refuseOver(holder: string, budget: Partial<DailyBudget>, who: string): void {
    const soFar = spentBy(holder)
    const over = (Object.keys(budget) as (keyof DailyBudget)[]).find((kind) => soFar[kind] >= (budget[kind] ?? 0))
    if (over === undefined) return
    counts.over++
    const waitSeconds = Math.ceil(((day + 1) * dayMs - now()) / 1000)
    const what = { bytes: 'bytes', conversations: 'new conversations', refused: 'refused bodies' }[over]
    const detail = `${who} has used up its ${budget[over]} ${what} for today: try again in ${waitSeconds} s.`
    throw new ProblemError('too_many_requests', detail, waitSeconds)
  }

  function spend(sender: Sender, given: Partial<DailyBudget>): void {
    const holders = [...(given.refused ? [] : [`key ${sender.keyId}`]), ...addressOf(sender)]
    for (const kind of Object.keys(given) as (keyof DailyBudget)[]) {
      counts[kind] += given[kind] ?? 0
      for (const holder of holders) spentBy(holder)[kind] += given[kind] ?? 0
    }
  }

  const addressOf = ({ address }: Sender) => (address === undefined ? [] : [`address ${address}`])

  return {
    /** @throws ProblemError `too_many_requests` until midnight (UTC) when the key or the address has spent its day's */
    refuseOver(sender: Sender): void {
      refuseOver(`key ${sender.keyId}`, key, 'This key')
      for (const holder of addressOf(sender)) refuseOver(holder, address, 'This address')
    },
    spend,
    /** Counts what other collectors took of a key's day. */
    spendElsewhere(keyId: string, { bytes, conversations }: Pick<DailyBudget, 'bytes' | 'conversations'>): void {
      const spent = spentBy(`key ${keyId}`)
      spent.bytes += bytes
      spent.conversations += conversations
    },
    counts: (): BudgetCounts => ({ ...counts }),
  }
}
