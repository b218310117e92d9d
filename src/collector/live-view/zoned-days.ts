import { ProblemError } from '../problem-error.ts'
import { quarterMs } from '../store/quarter.ts'
import type { Step } from '../store/tallies.ts'

/**
 * The time zone that a reader's days are counted in: `zone` of a query, as a browser names it (`Europe/Berlin`).
 *
 * @throws ProblemError `bad_request` when nobody knows such a zone
 */
export function parseZone(query: URLSearchParams): string {
  const zone = query.get('zone') || 'UTC'
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    throw new ProblemError('bad_request', `zone: expected a time zone like Europe/Berlin, got ${JSON.stringify(zone)}`)
  }
}

/** A time that is all of one day, `toMs` not included. */
type WithinDay = { day: string; fromMs: number; toMs: number }

/** Longer than any day of a zone, in quarters: the clock is set back by an hour or two, or a whole day is lived twice. */
const maxQuarters = 200

/**
 * @returns what says on which day of the zone a time is, `2026-03-01`; times in milliseconds since 1970. Times that follow
 *   each other cost little: asking a calendar takes some microseconds, and it is asked eight times a day
 */
export function dayIn(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const ask = (ms: number) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
    return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`
  }
  let last: WithinDay | null = null
  return (ms) => {
    if (!last || ms < last.fromMs || ms >= last.toMs) last = restOfDay(ms, ask)
    return last.day
  }
}

/** The time from `ms` to the end of its day. */
function restOfDay(ms: number, ask: (ms: number) => string): WithinDay {
  const day = ask(ms)
  const start = Math.floor(ms / quarterMs)
  let [within, beyond] = [0, maxQuarters]
  while (beyond - within > 1) {
    const middle = (within + beyond) >> 1
    if (ask((start + middle) * quarterMs) === day) within = middle
    else beyond = middle
  }
  return { day, fromMs: ms, toMs: (start + beyond) * quarterMs }
}

/** Where a year's clocks may differ from each other: in winter and in summer. */
const months = [0, 6]

/** @returns the largest step of time that the zone's days are made of, of which there are the fewest */
export function stepOf(zone: string): Step {
  if (zone === 'UTC') return 'day'
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
  const years = Array.from({ length: new Date().getUTCFullYear() - 1968 }, (_, index) => 1970 + index)
  const offsets = years.flatMap((year) => months.map((month) => format.format(Date.UTC(year, month))))
  return offsets.some((offset) => /:(?!00)\d\d$/.test(offset)) ? 'quarter' : 'hour'
}
