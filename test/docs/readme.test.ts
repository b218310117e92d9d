import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { statedBytes, withFacts } from '../../.ci/readme-facts.js'

const textOf = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')
const readme = textOf('README.md')
const documents = { performance: textOf('docs/evidence/performance.md'), reference: textOf('docs/reference.md') }

test('the README is read in one go: 130 lines at most', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(130)
})

test('the README states what was measured, as docs/evidence/performance.md and docs/reference.md have it', () => {
  expect(withFacts(readme, { ...documents, bytes: statedBytes(readme) })).toBe(readme)
})

test('a number of the README that is no longer true is replaced', () => {
  const stale = readme
    .replace(/in \d+ kinds of faults, \d+ of 10/, 'in 3 kinds of faults, 7 of 10')
    .replace(/all \d+ promises/, 'all 2 promises')
    .replace(/^(\| Amplitude +\| )[\d,]+/m, '$1' + '1')

  expect(stale).not.toBe(readme)
  expect(withFacts(stale, { ...documents, bytes: statedBytes(readme) })).toBe(readme)
  expect(withFacts(readme, { ...documents, bytes: 12_345 })).toMatch(/^\| chatlog +\| 12,345 /m)
})
