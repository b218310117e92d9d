/** A quarter of an hour, in milliseconds: every zone's days begin at one. */
export const quarterMs = 900_000

/**
 * SQL, for both databases, for the quarter of an hour of `created_ms`, counted from 1970. Integer division rounds towards
 * zero, so the sum first makes every date that JavaScript knows positive.
 */
export const quarterSql = '(created_ms + 8640000000000000) / 900000 - 9600000000'
