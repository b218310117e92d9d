import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tablesOf } from '../contract/markdown-tables.ts'
import { differences } from '../engines/differences.ts'
import { engineNames } from '../engines/engine.ts'
import { type Counts, differencesTable, summaryTable, titles } from '../engines/results.ts'

const textOf = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

const table = tablesOf('docs/evidence/engines.md').find(([row]) => row && 'promise' in row) ?? []
const [, , ...versions] = Object.keys(table[0] ?? {})

/** Reads a cell: `20 of 20, 3 by the next visit`. */
function countsIn(cell = ''): Counts {
  const [, kept, runs, late = 0] = /^(\d+) of (\d+)(?:, (\d+) by the next visit)?$/.exec(cell) ?? []
  return { kept: Number(kept), runs: Number(runs), late: Number(late) }
}

/** What stands in the columns of the engines, by their names. */
const byEngine = <Value>(cells: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(cells.map((cell, index) => [engineNames[index], cell]))

const results = titles.map(({ name, title }) => {
  const row = table.find(({ promise }) => promise === name)
  return { title, counts: versions.map((version) => countsIn(row?.[version])) }
})

describe('docs/evidence/engines.md', () => {
  test('has a row for every promise and every known difference, and no other', () => {
    expect(table.map(({ promise }) => promise)).toEqual(titles.map(({ name }) => name))
  })

  test('states one number of runs in each engine, all of them kept', () => {
    const all = results.flatMap(({ counts }) => counts)
    const [{ runs } = { runs: 0 }] = all

    expect(runs).toBeGreaterThanOrEqual(3)
    expect(all.filter((counts) => counts.runs !== runs || counts.kept !== runs)).toEqual([])
  })

  test('counts what was stored by the next visit only in Firefox, whose known difference that is', () => {
    const late = results.flatMap(({ counts }) => engineNames.filter((_, index) => counts[index]?.late))

    expect(late.filter((name) => name !== 'Firefox ESR')).toEqual([])
  })

  test('names each engine with the version that was driven', () => {
    expect(versions).toEqual(engineNames.map((name) => expect.stringMatching(`^${name} \\d+\\.[\\d.]+$`)))
  })

  test('states the known differences of the code', () => {
    expect(textOf('docs/evidence/engines.md')).toContain(differencesTable())
  })

  test('is summed up in docs/reference.md', () => {
    const runs = Object.fromEntries(results.map(({ title, counts }) => [title, byEngine(counts)]))

    expect(textOf('docs/reference.md')).toContain(summaryTable({ versions: byEngine(versions), runs }))
  })
})

test('a known difference is one', () => {
  const same = differences.filter(({ found }) => new Set(Object.values(found)).size === 1)

  expect(same.map(({ what }) => what)).toEqual([])
})
