import type { Against, Row } from './row.ts'

/** How much is run: `short` as a part of `npm test`, `long` for the numbers that are published. */
const form = process.env.FAULT_FORM === 'short' ? 'short' : 'long'

/** Runs of one row at the same time. */
export const runsAtOnce = 2

/** How long a next visit may go on until its page calls everything delivered, in milliseconds. */
export const settleMs = form === 'short' ? 1_000 : 8_000

/** What the pages say of their endpoint; `hosted` is the default of the script. */
export const server = process.env.FAULT_SERVER === 'chatlog' ? 'chatlog' : 'hosted'

const without = (process.env.FAULT_WITHOUT ?? '').split(',')

/** Whether the pages have `fetchLater`: only Chromium does. */
export const hasFetchLater = !without.includes('fetchLater')

/** Whether the pages have Web Locks: not on plain http. */
export const hasLocks = !without.includes('locks')

/** The pages have the lazy tag. */
export const isLazy = process.env.CHATLOG_TAG === 'chatlog-lazy.js'

/** When its second file comes on a row's first page: `at once`, `late` or `never`. */
export const coreComes = process.env.CHATLOG_CORE ?? 'at once'

/** The collectors that a row is held against. */
export function collectorsOf({ against = ['merging', 'replacing'] }: Row): readonly Against[] {
  return server === 'hosted' ? against : ['merging']
}

/** How often a row is run against a collector. The short form is three runs a row in all. */
export function runsOf({ against }: Row, collector: Against): number {
  if (form === 'long') return Number(process.env.FAULT_RUNS ?? 20)
  if (against?.length === 1) return 3
  return collector === 'replacing' ? 2 : 1
}
