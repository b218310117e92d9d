import { ProblemError } from '../problem-error.ts'

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

/** @returns what says on which day of the zone a time is, `2026-03-01`; times in milliseconds since 1970 */
export function dayIn(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
    return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`
  }
}
