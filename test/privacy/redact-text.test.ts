import { expect, test } from 'vitest'
import { redactText, withoutOpenEnd } from '../../src/privacy/redact-text.ts'
import { nearMisses, positives } from './redaction-table.ts'

test('what names or unlocks is found, and what only looks like it is left alone: at most 1 in 50 goes wrong', () => {
  const found = positives.filter(([text, secret]) => !redactText(text).includes(secret))
  const missed = positives.filter((row) => !found.includes(row))
  const mistaken = nearMisses.filter((text) => redactText(text) !== text)
  const recall = found.length / positives.length
  const precision = found.length / (found.length + mistaken.length)
  const share = (part: number) => `${(100 * part).toFixed(1)} %`
  console.log(
    `redaction: ${positives.length} positives, recall ${share(recall)}; ` +
      `${nearMisses.length} near misses, precision ${share(precision)}`,
    ...missed.map(([text]) => `\n  missed: ${text}`),
    ...mistaken.map((text) => `\n  mistaken: ${text} -> ${redactText(text)}`),
  )

  expect(positives.length).toBeGreaterThanOrEqual(60)
  expect(nearMisses.length).toBeGreaterThanOrEqual(60)
  expect(recall).toBeGreaterThanOrEqual(0.98)
  expect(precision).toBeGreaterThanOrEqual(0.98)
})

test.each(positives)('%j', (text, _secret, left) => {
  expect(redactText(text)).toBe(left)
})

test('redacting twice changes nothing more', () => {
  for (const [text] of positives) expect(redactText(redactText(text))).toBe(redactText(text))
})

test.each([
  ['Write to jane@exa', 'Write to'],
  ['My card is 4111 1111 1111 11', 'My card is'],
  ['Call +1 (555) 234-', 'Call'],
  ['Authorization: Bearer abcDEF12', 'Authorization: Bearer'],
  ['one two ', 'one two'],
  ['', ''],
])('of %j, as long as it grows, only what no next word can make a secret of is kept', (text, kept) => {
  expect(withoutOpenEnd(text)).toBe(kept)
})
