/**
 * SQL, for both databases, for the UTC day of `created_ms` as a whole number of days after 1970. Formatting each row's
 * date takes five times as long. Integer division rounds towards zero, so the sum first makes every date that
 * JavaScript knows positive: dates before 1970 would otherwise fall on the day after.
 */
export const utcDaySql = '(created_ms + 8640000000000000) / 86400000 - 100000000'

/** The same, for the hour: a whole number of hours after 1970. */
export const utcHourSql = '(created_ms + 8640000000000000) / 3600000 - 2400000000'

/** The same day as a date, `2026-11-26`. */
export function dateOfUtcDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
