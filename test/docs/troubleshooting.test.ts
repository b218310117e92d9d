import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { codesIn, tablesOf } from '../contract/markdown-tables.ts'
import { mistakes } from '../e2e/mistakes.ts'
import { unionTexts } from './code-facts.ts'

const tables = tablesOf('docs/troubleshooting.md')
const column = (name: string) =>
  tables.flatMap((rows) => rows.flatMap((row) => (name in row ? [codesIn(row[name] ?? '')[0] ?? ''] : [])))

test('says what to do about everything that a page may wait for', () => {
  const named = column('`waitsFor`').map((code) => code.replaceAll("'", ''))

  expect(named.sort()).toEqual([...unionTexts('WaitsFor'), 'null'].sort())
})

test('explains every line that a mistake brings into the console', () => {
  const lines = column('line').map((code) => {
    const parts = code.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    return new RegExp(parts.join('.*'))
  })
  const said = mistakes.flatMap(({ says }) => (says && !says.test('') ? [says.source] : []))
  // What the patterns of the table leave open is any text.
  const samples = said.map((pattern) => pattern.replaceAll('.*', ' x ').replace(/[\^$]/g, '').replace(/\\(.)/g, '$1'))

  expect(lines.length).toBeGreaterThan(9)
  expect(samples.filter((sample) => !lines.some((line) => line.test(sample)))).toEqual([])
})

test('there are at least 60 mistakes and surroundings, and each is another', () => {
  const names = mistakes.map(({ what }) => what)

  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(60)
})

test('the lines of the table are the script’s own', () => {
  const source = [
    'start-tag',
    'create-init',
    'given-options',
    'consented',
    'who/identity',
    'ledger',
    'start',
    'instance',
    'who/cookie',
    'deliver/sender-gate',
    'deliver/backoff',
    'deliver/sending',
    'deliver/settling',
  ]
    .map((name) => readFileSync(new URL(`../../src/script/${name}.ts`, import.meta.url), 'utf8'))
    .join('\n')
  const unknown = column('line').flatMap((code) =>
    code.split('…').filter((part) => part.trim().length > 12 && !source.includes(part.trim().replace(/ \(.*$/, ''))),
  )

  expect(unknown).toEqual([])
})
