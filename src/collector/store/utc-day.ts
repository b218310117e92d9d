/**
 * SQL for the UTC day of `created_ms`, as a whole number of days after 1970, in both databases: a fifth of the time that
 * writing each row's date takes. Whole division cuts towards zero, so it is done above all dates that JavaScript knows.
 */
export const utcDaySql = '(created_ms + 8640000000000000) / 86400000 - 100000000'

/** The same day as a date, `2026-11-26`. */
export function dateOfUtcDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
