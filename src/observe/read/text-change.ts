/** The text without white space: what a re-rendering changes is mostly that. */
export const comparable = (text: string): string => text.replace(/\s+/g, '')

/** How many letters and digits it takes to compare two texts by those alone. */
const leastWords = 8

/**
 * The text without white space, and without what Markdown adds to it: many widgets show an answer as it comes, and
 * format it later.
 */
export function wordsOf(comparableText: string): string {
  const words = comparableText.replace(/\]\([^)]*\)?/g, '').replace(/[^\p{L}\p{N}]/gu, '')
  return words.length < leastWords ? comparableText : words
}

/** What became of a message's text. `similar`: a re-rendering, or an answer that begins and ends alike. */
export type TextChange = 'same' | 'grown' | 'shrunk' | 'similar' | 'other'

/**
 * How much of the longer text must be alike, from its beginning and its end, to count as the same text rendered anew.
 */
const leastAlike = 0.7

/** Compares two texts, both `comparable`. */
export function textChange(before: string, after: string): TextChange {
  if (before === after) return 'same'
  if (after.startsWith(before)) return 'grown'
  if (before.startsWith(after)) return 'shrunk'
  return alike(before, after) >= leastAlike * Math.max(before.length, after.length) ? 'similar' : 'other'
}

/** How many UTF-16 units two texts share, from their beginning and their end. */
function alike(before: string, after: string): number {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  return start + end
}

/** Longest part of a row that changes by itself, as a time does, without white space. */
const longestLabel = 30

/** Whether two texts, both `comparable`, differ in no more than one such part. */
export function differInLabel(before: string, after: string): boolean {
  const shared = alike(before, after)
  return shared > 1 && Math.max(before.length, after.length) - shared <= longestLabel
}

/** Whether `after` is `before` without a label at one end; both are `comparable`. */
export const hasLostLabel = (before: string, after: string): boolean =>
  after !== '' &&
  before.length > after.length &&
  before.length - after.length <= longestLabel &&
  (before.startsWith(after) || before.endsWith(after))

/** 32 bits of a text as up to 7 letters and digits: FNV-1a. */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(36)
}
