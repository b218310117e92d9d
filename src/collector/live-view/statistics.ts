import type { FacetKind } from '../store/conversation-facets.ts'
import type {
  AnswerTime,
  ConversationFilter,
  FacetCount,
  FoundFeedback,
  StepCount,
  StepFeedback,
  Store,
} from '../store/store.ts'
import type { Step } from '../store/tallies.ts'
import { dayIn, stepOf } from './zoned-days.ts'

/** Links and searches listed at most. */
const listLength = 12

/** Links whose clicks are added up at most. */
const maxLinks = 10_000

/** Days between the first and the last that are drawn without a gap. */
const maxDays = 4_000

/** Conversations whose answers are timed at most, the newest ones. */
const maxTimed = 5_000

/** Numbers of a selection. `answerMs`: half of the answers took no longer; `null` without answers. */
export type Figures = {
  conversations: number
  messages: number
  questions: number
  visitors: number
  clicks: number
  positive: number
  negative: number
  answerMs: number | null
}

/** A day, and what was said in the conversations that began on it. */
export type Day = {
  day: string
  conversations: number
  messages: number
  positive: number
  negative: number
  /** As in `Figures`. */
  answerMs: number | null
}

/** Answer of `/live-view/statistics`. What visitors searched for and wrote is in it: never log it. */
export type Statistics = {
  /** The zone that the days are of. */
  zone: string
  /** The numbers of the whole selection. */
  figures: Figures
  /** The same numbers of the time before, as long as the selection's; `null` where the selection has no beginning. */
  before: Figures | null
  /** Every day from the first to the last, oldest first: conversations that began on it, and all their messages. */
  days: Day[]
  /** Conversations by their number of questions, fewest first. */
  turns: { turns: number; conversations: number }[]
  /** Answers by how they ended (`complete`, `aborted`, `error`, …); `none`: last questions without an answer. */
  answers: { end: string; count: number }[]
  /** Clicks on links in all, and the links clicked most. */
  clicks: number
  clicked: FacetCount[]
  /** Whether any link was shown in the selection. */
  hasShown: boolean
  /** Links that were shown in the selection, and clicked in none of it. */
  neverClicked: FacetCount[]
  feedback: { positive: number; negative: number }
  /** The newest ones of the selection. */
  negativeFeedback: FoundFeedback[]
  /** The newest ones of the selection's time and visitor: searches belong to no conversation. */
  searches: { query: string; createdAt: string }[]
}

/** The part of the statistics that is counted; the rest is read. */
type Counts = Omit<Statistics, 'negativeFeedback' | 'searches'>

/** Counting that takes no longer than this is done anew each time, in milliseconds. */
const quickMs = 200

/** Counts are kept for ten times as long as they took, so that counting takes a tenth of the store's time at most. */
const keptFactor = 10

/**
 * Statistics of selections, for their plots. Counts that took long are kept for some
 * seconds and shared by all who ask meanwhile; what people wrote is read anew each time, so that what was erased is gone
 * at once.
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
    const entry = {
      counts: countSelection(store, projectId, { filter, zone, nowMs: now() }),
      untilMs: Number.POSITIVE_INFINITY,
    }
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
    const searches = await store.listSearches(projectId, listLength, filter)
    return {
      ...counts,
      negativeFeedback: await store.listFeedback(projectId, listLength, 'negative', filter),
      searches: searches.flatMap((event) =>
        event.entityType === 'search' ? [{ query: event.searchQuery, createdAt: event.createdAt }] : [],
      ),
    }
  }
}

type Selection = { filter: ConversationFilter; zone: string; nowMs: number }

async function countSelection(store: Store, projectId: string, { filter, zone, nowMs }: Selection): Promise<Counts> {
  const count = (kind: FacetKind, limit: number, without?: FacetKind) =>
    store.countFacet(projectId, { kind, filter, limit, without })
  // Counted one after the other, so that the embedded store answers other requests between two.
  const step = stepOf(zone)
  const read = await readCounts(store, projectId, { filter, step })
  const answers = await count('answer', 20)
  const neverClicked = await count('shown', listLength, 'clicked')
  const earlier = timeBefore(filter, nowMs)
  const figures = figuresOf(read)
  return {
    zone,
    figures,
    clicks: figures.clicks,
    feedback: { positive: figures.positive, negative: figures.negative },
    before: earlier && figuresOf(await readCounts(store, projectId, { filter: earlier, step })),
    days: daysOf(read, zone),
    turns: read.turns
      .map(({ value, conversations }) => ({ turns: Number(value), conversations }))
      .sort((one, other) => one.turns - other.turns),
    answers: answers.map(({ value, count }) => ({ end: value, count })),
    clicked: read.clicked.slice(0, listLength),
    hasShown: neverClicked.length > 0 || (await count('shown', 1)).length > 0,
    neverClicked,
  }
}

/** The same filter for the time before its own, as long as that; `null` where it has no beginning. */
function timeBefore(filter: ConversationFilter, nowMs: number): ConversationFilter | null {
  const { fromMs, toMs = nowMs } = filter
  if (fromMs === undefined || fromMs >= toMs) return null
  // A day that is not over yet is compared with as much of the time before.
  const lengthMs = Math.min(toMs, Math.max(nowMs, fromMs + 1)) - fromMs
  return { ...filter, fromMs: fromMs - lengthMs, toMs: fromMs }
}

/** What is read of a selection for its numbers and days. */
type ReadCounts = {
  steps: StepCount[]
  turns: FacetCount[]
  clicked: FacetCount[]
  feedback: StepFeedback[]
  times: AnswerTime[]
  visitors: number
}

type Stepped = { filter: ConversationFilter; step: Step }

async function readCounts(store: Store, projectId: string, { filter, step }: Stepped): Promise<ReadCounts> {
  return {
    steps: await store.countBySteps(projectId, filter, step),
    turns: await store.countFacet(projectId, { kind: 'turns', filter, limit: 1_000 }),
    clicked: await store.countFacet(projectId, { kind: 'clicked', filter, limit: maxLinks }),
    feedback: await store.countFeedbackBySteps(projectId, filter, step),
    times: await store.listAnswerTimes(projectId, filter, maxTimed),
    visitors: await store.countVisitors(projectId, filter),
  }
}

function figuresOf({ steps, turns, clicked, feedback, times, visitors }: ReadCounts): Figures {
  return {
    conversations: sum(steps.map((one) => one.conversations)),
    messages: sum(steps.map((one) => one.messages)),
    questions: sum(turns.map(({ value, conversations }) => Number(value) * conversations)),
    visitors,
    clicks: sum(clicked.map(({ count }) => count)),
    positive: sum(feedback.map((one) => one.positive)),
    negative: sum(feedback.map((one) => one.negative)),
    answerMs: medianOf(times.map(({ waitMs }) => waitMs)),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/** The one in the middle, of two the lower one; `null` of none. */
function medianOf(numbers: readonly number[]): number | null {
  return numbers.toSorted((one, other) => one - other)[Math.floor((numbers.length - 1) / 2)] ?? null
}

function daysOf({ steps, feedback, times }: ReadCounts, zone: string): Day[] {
  const dayOf = dayIn(zone)
  const days = new Map<string, Omit<Day, 'day' | 'answerMs'> & { waits: number[] }>()
  const at = (startMs: number) => {
    const day = dayOf(startMs)
    const known = days.get(day) ?? { conversations: 0, messages: 0, positive: 0, negative: 0, waits: [] }
    days.set(day, known)
    return known
  }
  for (const { startMs, conversations, messages } of steps) {
    const day = at(startMs)
    day.conversations += conversations
    day.messages += messages
  }
  for (const { startMs, positive, negative } of feedback) {
    const day = at(startMs)
    day.positive += positive
    day.negative += negative
  }
  for (const { startMs, waitMs } of times) at(startMs).waits.push(waitMs)
  const none = { conversations: 0, messages: 0, positive: 0, negative: 0, waits: [] }
  return everyDay([...days.keys()].sort()).map((day) => {
    const { waits, ...counts } = days.get(day) ?? none
    return { day, ...counts, answerMs: medianOf(waits) }
  })
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
