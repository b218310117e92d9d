import type { FacetKind } from '../store/conversation-facets.ts'
import type { ConversationFilter, FacetCount, FoundFeedback, QuarterCount, Store } from '../store/store.ts'
import { dayIn } from './zoned-days.ts'

/** Links and searches listed at most. */
const listLength = 12

/** Links whose clicks are added up at most. */
const maxLinks = 10_000

/** Days between the first and the last that are drawn without a gap. */
const maxDays = 4_000

/** Answer of `/live-view/statistics`. What visitors searched for and wrote is in it: never log it. */
export type Statistics = {
  /** The zone that the days are of. */
  zone: string
  /** Every day from the first to the last, oldest first: conversations that began on it, and all their messages. */
  days: { day: string; conversations: number; messages: number }[]
  /** Conversations by their number of questions, fewest first. */
  turns: { turns: number; conversations: number }[]
  /** Answers by how they ended (`complete`, `aborted`, `error`, …); `none`: last questions without an answer. */
  answers: { end: string; count: number }[]
  /** Clicks on links in all, and the links clicked most. */
  clicks: number
  clicked: FacetCount[]
  /** Links that were shown in the selection, and clicked in none of it. */
  neverClicked: FacetCount[]
  feedback: { positive: number; negative: number }
  /** The newest ones of the project, whatever the selection. */
  negativeFeedback: FoundFeedback[]
  /** The newest ones of the project, whatever the selection. */
  searches: { query: string; createdAt: string }[]
}

/** The part of the statistics that is counted; the rest is read. */
type Counts = Omit<Statistics, 'negativeFeedback' | 'searches'>

/** Counting that takes no longer than this is done anew each time, in milliseconds. */
const quickMs = 200

/** Counts are kept for ten times as long as they took, so that counting takes a tenth of the store's time at most. */
const keptFactor = 10

/**
 * Statistics of selections, for their plots. A filter's text isn't looked for. Counts that took long are kept for some
 * seconds and shared by all who ask meanwhile; what people wrote is read anew each time, so that what was erased is
 * gone at once.
 *
 * @param now milliseconds since 1970
 */
export function createStatistics(store: Store, now: () => number) {
  const kept = new Map<string, { counts: Promise<Counts>; untilMs: number }>()

  function countsOf(projectId: string, filter: ConversationFilter, zone: string): Promise<Counts> {
    for (const [name, { untilMs }] of kept) if (untilMs <= now()) kept.delete(name)
    const name = JSON.stringify([projectId, filter, zone])
    const known = kept.get(name)
    if (known) return known.counts
    const startedMs = now()
    const entry = { counts: countSelection(store, projectId, { filter, zone }), untilMs: Number.POSITIVE_INFINITY }
    kept.set(name, entry)
    const end = () => {
      const tookMs = now() - startedMs
      entry.untilMs = tookMs > quickMs ? now() + keptFactor * tookMs : 0
    }
    entry.counts.then(end, () => kept.delete(name))
    return entry.counts
  }

  return async function statisticsOf(projectId: string, filter: ConversationFilter, zone = 'UTC'): Promise<Statistics> {
    const counts = await countsOf(projectId, filter, zone)
    const searches = await store.listSearches(projectId, listLength)
    return {
      ...counts,
      negativeFeedback: await store.listFeedback(projectId, listLength, 'negative'),
      searches: searches.flatMap((event) =>
        event.entityType === 'search' ? [{ query: event.searchQuery, createdAt: event.createdAt }] : [],
      ),
    }
  }
}

type Selection = { filter: ConversationFilter; zone: string }

async function countSelection(store: Store, projectId: string, { filter, zone }: Selection): Promise<Counts> {
  const count = (kind: FacetKind, limit: number, without?: FacetKind) =>
    store.countFacet(projectId, { kind, filter, limit, without })
  // Counted one after the other, so that the embedded store answers other requests between two.
  const quarters = await store.countByQuarter(projectId, filter)
  const turns = await count('turns', 1_000)
  const answers = await count('answer', 20)
  const clicked = await count('clicked', maxLinks)
  const neverClicked = await count('shown', listLength, 'clicked')
  const feedback = new Map((await count('feedback', 2)).map(({ value, count }) => [value, count]))
  return {
    zone,
    days: daysOf(quarters, zone),
    turns: turns
      .map(({ value, conversations }) => ({ turns: Number(value), conversations }))
      .sort((one, other) => one.turns - other.turns),
    answers: answers.map(({ value, count }) => ({ end: value, count })),
    clicks: clicked.reduce((sum, link) => sum + link.count, 0),
    clicked: clicked.slice(0, listLength),
    neverClicked,
    feedback: { positive: feedback.get('positive') ?? 0, negative: feedback.get('negative') ?? 0 },
  }
}

function daysOf(quarters: QuarterCount[], zone: string): Statistics['days'] {
  const dayOf = dayIn(zone)
  const counts = new Map<string, { conversations: number; messages: number }>()
  for (const { startMs, conversations, messages } of quarters) {
    const day = dayOf(startMs)
    const known = counts.get(day) ?? { conversations: 0, messages: 0 }
    counts.set(day, { conversations: known.conversations + conversations, messages: known.messages + messages })
  }
  return everyDay([...counts.keys()].sort()).map((day) => ({
    day,
    ...(counts.get(day) ?? { conversations: 0, messages: 0 }),
  }))
}

/** The given days and all between; only the given ones where a wrong clock puts more than `maxDays` between them. */
function everyDay(days: string[]): string[] {
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return []
  const length = Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1
  if (length > maxDays) return days
  return Array.from({ length }, (_, index) =>
    new Date(Date.parse(first) + index * 86_400_000).toISOString().slice(0, 10),
  )
}
