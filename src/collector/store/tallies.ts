import { quarterMs, quarterSql } from './quarter.ts'
import { utcDaySql, utcHourSql } from './utc-day.ts'

const hourMs = 3_600_000
const dayHours = 24

/**
 * Whole days (UTC), hours or quarters of an hour, or all time, for which the stores keep counts. `from` and `to` count
 * units from 1970.
 */
export type TallySpan = { unit: number; from: number; to: number }

/** Units of spans, as both databases keep them. */
export const tallyUnits = { all: 0, day: 1, hour: 2, quarter: 3 }

/** How long a unit takes, in milliseconds. */
export const unitMs: Record<number, number> = {
  [tallyUnits.day]: dayHours * hourMs,
  [tallyUnits.hour]: hourMs,
  [tallyUnits.quarter]: quarterMs,
}

/** The kinds that are also counted by the quarter of an hour, of which every zone's days are made. */
export const quarterlyKinds = ['conversation', 'feedback']

/**
 * Who had a conversation: the id in the cookie, or else the site's. As there are about as many as conversations, they are
 * counted for all time and by the day alone.
 */
export const personKind = 'person'

/** Its `count` is how many values of `personKind` there are. */
export const peopleKind = 'people'

/** A time, `to` not included, in milliseconds since 1970. */
export type Moments = { fromMs: number; toMs: number }

/**
 * How a time is counted: by its spans, which together are `counted`, and by looking at the conversations of its edges.
 */
export type TalliedTime = { spans: TallySpan[]; counted: Moments; edges: Moments[] }

/** Beyond every time that JavaScript knows: a whole number of days. */
const farMs = 104_000_000 * dayHours * hourMs

/** Divides a time into the spans for which counts are kept, and its edges, so that nothing is counted twice. */
export function talliedTime(fromMs = -farMs, toMs = farMs): TalliedTime {
  const whole = { fromMs, toMs }
  if (fromMs <= -farMs && toMs >= farMs) {
    return { spans: [{ unit: tallyUnits.all, from: 0, to: 1 }], counted: whole, edges: [] }
  }
  const [firstHour, lastHour] = [Math.ceil(fromMs / hourMs), Math.floor(toMs / hourMs)]
  if (firstHour >= lastHour) return { spans: [], counted: { fromMs: 0, toMs: 0 }, edges: [whole] }
  const counted = { fromMs: firstHour * hourMs, toMs: lastHour * hourMs }
  const edges = [
    { fromMs, toMs: counted.fromMs },
    { fromMs: counted.toMs, toMs },
  ]
  const [firstDay, lastDay] = [Math.ceil(firstHour / dayHours), Math.floor(lastHour / dayHours)]
  const hours = (from: number, to: number) => ({ unit: tallyUnits.hour, from, to })
  const spans =
    firstDay < lastDay
      ? [
          hours(firstHour, firstDay * dayHours),
          { unit: tallyUnits.day, from: firstDay, to: lastDay },
          hours(lastDay * dayHours, lastHour),
        ]
      : [hours(firstHour, lastHour)]
  return {
    spans: spans.filter(({ from, to }) => from < to),
    counted,
    edges: edges.filter((edge) => edge.fromMs < edge.toMs),
  }
}

/** A step of time by which conversations are counted: a UTC day, an hour, or a quarter of an hour. */
export type Step = 'day' | 'hour' | 'quarter'

/** SQL, for both databases, for the step of `created_ms`, counted from 1970. */
export const stepSql: Record<Step, string> = { day: utcDaySql, hour: utcHourSql, quarter: quarterSql }

/** When a step begins, in milliseconds since 1970. */
export const startOfStep = (step: Step, count: number): number => count * (unitMs[tallyUnits[step]] as number)

/** Divides a time so that its counts can be told by their steps. */
export function talliedBySteps(step: Step, fromMs = -farMs, toMs = farMs): TalliedTime {
  const isAllTime = fromMs <= -farMs && toMs >= farMs
  if (step !== 'day') return talliedByUnit(tallyUnits[step], fromMs, toMs)
  // The tally of all time has no days, so the days themselves are added up: they are few.
  return isAllTime ? talliedByUnit(tallyUnits.day, fromMs, toMs) : talliedTime(fromMs, toMs)
}

/** Divides a time into its whole days, for what is counted by nothing smaller, and its edges. */
export const talliedDays = (fromMs?: number, toMs?: number): TalliedTime => talliedByUnit(tallyUnits.day, fromMs, toMs)

function talliedByUnit(unit: number, fromMs = -farMs, toMs = farMs): TalliedTime {
  const lengthMs = unitMs[unit] as number
  const [first, last] = [Math.ceil(fromMs / lengthMs), Math.floor(toMs / lengthMs)]
  if (first >= last) return { spans: [], counted: { fromMs: 0, toMs: 0 }, edges: [{ fromMs, toMs }] }
  const counted = { fromMs: first * lengthMs, toMs: last * lengthMs }
  const edges = [
    { fromMs, toMs: counted.fromMs },
    { fromMs: counted.toMs, toMs },
  ]
  return { spans: [{ unit, from: first, to: last }], counted, edges: edges.filter((edge) => edge.fromMs < edge.toMs) }
}
