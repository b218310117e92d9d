import type { Against, Outcome, RowPromise } from './row.ts'

/** All runs of a row against one collector. */
export interface RowOutcomes {
  row: string
  against: Against
  promise: RowPromise
  outcomes: Outcome[]
}

export const columns: readonly string[] = [
  'row',
  'collector',
  'runs',
  'recorded',
  'promised',
  'first page life',
  'after next visit',
  'largest body',
  'short at the end',
  'largest localStorage',
  'requests',
  'missed',
]

/** The table in Markdown: a line for each row and collector. */
export const tableOf = (measured: readonly RowOutcomes[]): string => markdownTable(columns, measured.map(cellsOf))

/** A table in Markdown, its columns as wide as they must be. */
export function markdownTable(names: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = names.map((name, index) => Math.max(name.length, 3, ...body.map((cells) => cells[index]?.length ?? 0)))
  const lineOf = (cells: readonly string[]) =>
    `| ${widths.map((width, index) => (cells[index] ?? '').padEnd(width)).join(' | ')} |`
  return [names, widths.map((width) => '-'.repeat(width)), ...body].map(lineOf).join('\n')
}

/** The line of a row and collector. Where runs differ a cell gives the least and the most. */
export function cellsOf({ row, against, promise, outcomes }: RowOutcomes): string[] {
  const of = (pick: (outcome: Outcome) => number | null) => range(outcomes.map(pick))
  const hasNext = outcomes.some(({ afterNext }) => afterNext !== null)
  return [
    row,
    against,
    `${outcomes.length}`,
    of(({ recorded }) => recorded),
    hasNext && promise.firstLife !== promise.afterNext
      ? `${promise.firstLife} / ${promise.afterNext}`
      : `${promise.firstLife}`,
    of(({ firstLife }) => firstLife),
    of(({ afterNext }) => afterNext),
    of(({ largestBody }) => largestBody),
    against === 'replacing' ? `${outcomes.filter(({ shortAtEnd }) => shortAtEnd).length}` : '',
    of(({ largestLocalStorage }) => largestLocalStorage),
    of(({ requests }) => requests),
    `${outcomes.filter(({ misses }) => misses.length > 0).length}`,
  ]
}

/** `3`, `3-5`; empty where nothing was measured. */
function range(values: readonly (number | null)[]): string {
  const numbers = values.filter((value) => value !== null)
  if (!numbers.length) return ''
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  return least === most ? `${least}` : `${least}-${most}`
}
