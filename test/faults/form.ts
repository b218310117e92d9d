import type { Against, Row } from './row.ts'

/** How much is run: `short` as a part of `npm test`, `long` for the numbers that are published. */
const form = process.env.FAULT_FORM === 'short' ? 'short' : 'long'

/** Rows that run at the same time. They mostly wait: for round trips, retries and what must not come. */
export const workers = form === 'short' ? 5 : 4

/** Runs of one row at the same time. */
export const runsAtOnce = 2

/** How long a next visit may go on until its page calls everything delivered, in milliseconds. */
export const settleMs = form === 'short' ? 1_000 : 8_000

/** How often a row is run against a collector. The short form is three runs a row in all. */
export function runsOf({ against }: Row, collector: Against): number {
  if (form === 'long') return Number(process.env.FAULT_RUNS ?? 20)
  if (against?.length === 1) return 3
  return collector === 'replacing' ? 2 : 1
}
