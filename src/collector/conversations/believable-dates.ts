import { maxClockAheadMs } from '../../contract/limits.ts'

/**
 * The date, or `undefined` where it is missing or more than a day ahead of the collector's clock.
 *
 * @param date ISO 8601
 * @param now the collector's clock, ISO 8601
 */
export function believable(date: string | null | undefined, now: string): string | undefined {
  if (date == null) return undefined
  return Date.parse(date) <= Date.parse(now) + maxClockAheadMs ? date : undefined
}
