import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Row = Record<string, string>

/** The tables of a Markdown file of this project, in their order; each row by the names of its columns. */
export function tablesOf(path: string): Row[][] {
  const lines = readFileSync(join(import.meta.dirname, '../..', path), 'utf8').split('\n')
  const tables: string[][] = []
  lines.forEach((line, index) => {
    if (!line.startsWith('|')) return
    if (lines[index - 1]?.startsWith('|')) tables.at(-1)?.push(line)
    else tables.push([line])
  })
  return tables.map(([head = '', _rule, ...body]) => {
    const names = cellsOf(head)
    return body.map((line) => Object.fromEntries(cellsOf(line).map((cell, column) => [names[column] ?? '', cell])))
  })
}

/** What stands in backticks in a cell: `` `a`, `b` `` -> a, b. */
export function codesIn(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]*)`/g)].map((match) => match[1] ?? '')
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
