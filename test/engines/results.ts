import { differences } from './differences.ts'
import { engineNames } from './engine.ts'
import { byTheNextVisit } from './promise.ts'
import { promises } from './promises.ts'

/** What came of runs. */
export interface Results {
  /** By engine, for instance `Firefox 153.7.0`. */
  versions: Record<string, string>
  /** By the test's title, then by engine. */
  runs: Record<string, Record<string, Counts>>
}

/** How often a promise was held to an engine, how often it was kept, and how often no sooner than the visitor came back. */
export interface Counts {
  runs: number
  kept: number
  late: number
}

/** Titles of every test, by subject, in the order of the table. */
export const titles: readonly { subject: string; name: string; title: string }[] = [
  ...Object.entries(promises).flatMap(([subject, kept]) => kept.map(({ name }) => ({ subject, name }))),
  ...differences
    .filter(({ measure }) => measure !== 'counted')
    .map(({ what }) => ({ subject: 'Known differences', name: what })),
].map(({ subject, name }) => ({ subject, name, title: titleOf(subject, name) }))

/** The title of a test. */
export function titleOf(subject: string, name: string): string {
  return `${subject}: ${name}`
}

/** The promises, each with the number of runs that kept it and the number of runs, by engine. */
export function resultsTable({ versions, runs }: Results): string {
  return tableOf([
    ['about', 'promise', ...engineNames.map((name) => versions[name] ?? name)],
    ...titles.map(({ subject, name, title }, index) => [
      titles[index - 1]?.subject === subject ? '' : subject,
      name,
      ...engineNames.map((engine) => cellOf(runs[title]?.[engine])),
    ]),
  ])
}

/** The subjects, each with the number of its promises and of their runs in all, by engine. */
export function summaryTable({ versions, runs }: Results): string {
  return tableOf([
    ['about', 'promises', ...engineNames.map((name) => versions[name] ?? name)],
    ...Object.entries(promises).map(([subject, promised]) => {
      const countsIn = (engine: string) => promised.map(({ name }) => runs[titleOf(subject, name)]?.[engine] ?? none)
      return [subject, `${promised.length}`, ...engineNames.map((engine) => cellOf(countsIn(engine).reduce(add, none)))]
    }),
  ])
}

/** Of what was not run. */
export const none: Counts = { runs: 0, kept: 0, late: 0 }

/** Runs of all promises after which what comes and goes must have come. */
const enoughRuns = 10

/** What is counted as a known difference, and was never seen in runs that are enough to tell: a line each. */
export function goneDifferences({ runs }: Results): string[] {
  const held = titles.map(({ title }) => runs[title]?.['Firefox ESR'] ?? none)
  if (held.some(({ runs }) => runs < enoughRuns) || held.some(({ late }) => late > 0)) return []
  return [`in Firefox nothing was stored ${byTheNextVisit} only: a known difference is gone`]
}

const add = (one: Counts, other: Counts): Counts => ({
  runs: one.runs + other.runs,
  kept: one.kept + other.kept,
  late: one.late + other.late,
})

const cellOf = ({ runs, kept, late } = none) =>
  runs === 0 ? '' : `${kept} of ${runs}${late === 0 ? '' : `, ${late} ${byTheNextVisit}`}`

/** The known differences, as they stand in the code. */
export function differencesTable(): string {
  return tableOf([
    ['what', ...engineNames, 'so that'],
    ...differences.map(({ what, found, soThat }) => [what, ...engineNames.map((name) => found[name]), soThat]),
  ])
}

/** A document with a table in place of the one that begins with the same column. */
export function withTable(document: string, table: string): string {
  const column = table.split('|', 2)[1]?.trim()
  const found = (document.match(/^\|.*(?:\n\|.*)*/gm) ?? []).find((text) => text.split('|', 2)[1]?.trim() === column)
  if (found === undefined) throw new Error(`the document has no table that begins with a column "${column}"`)
  return document.replace(found, () => table)
}

function tableOf([head = [], ...body]: readonly string[][]): string {
  const lines = [head, ...body]
  const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)))
  const lineOf = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [lineOf(head), lineOf(widths.map((width) => '-'.repeat(width))), ...body.map(lineOf)].join('\n')
}
