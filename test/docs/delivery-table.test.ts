import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { tablesOf } from '../contract/markdown-tables.ts'
import { collectorsOf } from '../faults/form.ts'
import { withMeasured, withPromises } from '../faults/published.ts'
import type { Outcome } from '../faults/row.ts'
import { rows } from '../faults/rows.ts'
import type { RowOutcomes } from '../faults/table.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('the table of faults', () => {
  const measured = tablesOf('docs/evidence/delivery.md').find(([line]) => line && 'first page life' in line) ?? []

  test('has every row against each of its collectors, and no other', () => {
    expect(measured.map(({ row, collector }) => `${row} · ${collector}`)).toEqual(
      rows.flatMap((row) => [...collectorsOf(row)].sort().map((collector) => `${row.name} · ${collector}`)),
    )
  })

  test('shows runs that all kept what their row promises', () => {
    for (const line of measured) {
      expect([line.row, line.missed]).toEqual([line.row, '0'])
      expect([line.row, line['short at the end'] || '0']).toEqual([line.row, '0'])
    }
  })

  test('shows 20 runs of every row', () => {
    for (const { name } of rows) {
      const runs = measured.filter(({ row }) => row === name).reduce((sum, line) => sum + Number(line.runs), 0)
      expect([name, runs >= 20]).toEqual([name, true])
    }
  })

  test('is what docs/reference.md states', () => {
    expect(withPromises(read('docs/reference.md'), read('docs/evidence/delivery.md'))).toBe(read('docs/reference.md'))
  })
})

test('a row that is measured again takes the place of what was measured before, and the others stay', () => {
  const outcome: Outcome = {
    ...{ recorded: 10, firstLife: 10, afterNext: 10, largestBody: 2_000, shortAtEnd: false },
    ...{ largestLocalStorage: 82, requests: 3, misses: [] },
  }
  const of = (row: string, requests: number): RowOutcomes => ({
    ...{ row, against: 'merging', promise: { firstLife: 10, afterNext: 10 }, outcomes: [{ ...outcome, requests }] },
  })
  const empty = withMeasured(read('docs/evidence/delivery.md').replace(/(<!-- measured: .*-->\n)[^<]*/, '$1\n'), [])

  const before = withMeasured(empty, [of('tab closed', 3), of('left at once', 4)])
  const after = withMeasured(before, [of('tab closed', 5)])

  const requestsOf = (document: string) => [...document.matchAll(/^\| (left at once|tab closed) .*\| (\d) +\| 0 /gm)]
  expect(requestsOf(before).map(([, row, requests]) => [row, requests])).toEqual([
    ['left at once', '4'],
    ['tab closed', '3'],
  ])
  expect(requestsOf(after).map(([, row, requests]) => [row, requests])).toEqual([
    ['left at once', '4'],
    ['tab closed', '5'],
  ])
})
