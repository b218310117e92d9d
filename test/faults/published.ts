import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stateFacts } from '../../.ci/readme-facts.js'
import type { Row } from './row.ts'
import { rows } from './rows.ts'
import { cellsOf, columns, markdownTable, type RowOutcomes } from './table.ts'

/** Everything that was measured stands in this document, and what matters most of it in the reference. */
const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const documentPath = pathOf('docs/evidence/delivery.md')
const referencePath = pathOf('docs/reference.md')

const begin = '<!-- measured: npm run test:faults -- --publish -->\n'
const end = '\n<!-- end of what was measured -->'

/** Writes what was just measured into the documents. Rows that weren't measured now keep their numbers. */
export function publish(measured: readonly RowOutcomes[]): void {
  const document = withMeasured(readFileSync(documentPath, 'utf8'), measured)
  writeFileSync(documentPath, document)
  writeFileSync(referencePath, withPromises(readFileSync(referencePath, 'utf8'), document))
  stateFacts()
}

/** The document with these rows in the place of what it said of them before. */
export function withMeasured(document: string, measured: readonly RowOutcomes[]): string {
  const lines = [...cellsIn(document), ...measured.map(cellsOf)]
  const newest = new Map(lines.map((cells) => [`${cells[0]} · ${cells[1]}`, cells]))
  const names = rows.map(({ name }) => name)
  const placeOf = ([name = '']: readonly string[]) => names.indexOf(name)
  const known = [...newest.values()].filter((cells) => placeOf(cells) >= 0)
  const inOrder = known.sort((a, b) => placeOf(a) - placeOf(b) || String(a[1]).localeCompare(String(b[1])))
  return withBlock(document, markdownTable(columns, inOrder))
}

/** The reference with the promises and what the document says of them. */
export function withPromises(reference: string, document: string): string {
  const measured = cellsIn(document)
  const promised = rows.filter(({ inReadme, name }) => inReadme && measured.some(([row]) => row === name))
  const names = ['what happens', 'runs', 'stored at once', 'after the next visit']
  return withBlock(
    reference,
    markdownTable(
      names,
      promised.map((row) => promiseCells(row, measured)),
    ),
  )
}

/** The fewest messages of all runs, against whichever collector. */
function promiseCells({ name }: Row, measured: readonly string[][]): string[] {
  const lines = measured.filter(([row]) => row === name)
  const cellsUnder = (column: string) => lines.map((cells) => Number.parseInt(cells[columns.indexOf(column)] ?? '', 10))
  const runs = cellsUnder('runs').reduce((sum, each) => sum + each, 0)
  const fewest = (column: string) => `${Math.min(...cellsUnder(column))} of 10`
  return [name, `${runs}`, fewest('first page life'), fewest('after next visit')]
}

/** The cells of each line of the document's table. */
export function cellsIn(document: string): string[][] {
  const [, block = ''] = split(document)
  const [, , ...lines] = block.split('\n')
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

function withBlock(document: string, block: string): string {
  const [before, , after] = split(document)
  return `${before}${begin}${block}${end}${after}`
}

function split(document: string): [before: string, block: string, after: string] {
  const from = document.indexOf(begin)
  const to = document.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`the document has no place for what is measured: ${begin}`)
  return [document.slice(0, from), document.slice(from + begin.length, to), document.slice(to + end.length)]
}
