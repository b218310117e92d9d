import { toUSVString } from 'node:util'
import { maxListEntries } from '../contract/limits.ts'

/**
 * Most levels of arrays and objects in a body. `JSON.parse` takes any depth, but `JSON.stringify` overflows the stack
 * at some thousands: a deeper body could be received and never be stored.
 */
export const maxJsonDepth = 200

/**
 * Most members of all objects of one body together. A message has some twenty; a body of 2 MB that is nothing but
 * members costs thirty times as much as one of text.
 */
const maxJsonMembers = 150_000

/** A body's lists hold more than `maxListEntries`, or its objects more than `maxJsonMembers`. */
export class TooManyItemsError extends Error {
  override name = 'TooManyItemsError'

  constructor() {
    super(`more than ${maxListEntries} messages, links, tags and the like, or ${maxJsonMembers} properties`)
  }
}

/** A body is nested deeper than `maxJsonDepth`. */
export class TooDeepError extends Error {
  override name = 'TooDeepError'

  constructor(readonly path: PropertyKey[]) {
    super(`nested deeper than ${maxJsonDepth} levels`)
  }
}

/** Text with every NUL and lone surrogate replaced by U+FFFD, the same rule as in the script. */
export function cleanText(text: string): string {
  // JSON allows NUL and lone surrogates, and databases refuse them or cut the text there. A regular expression takes
  // ten times as long.
  return toUSVString(text).replaceAll('\0', '\uFFFD')
}

/**
 * JSON as text -> what it holds, with every text in it cleaned, property names too.
 *
 * @throws SyntaxError when it isn't JSON
 * @throws TooDeepError naming the first eight steps of the path
 */
export function parseCleanJson(text: string): unknown {
  const json = JSON.parse(text)
  // In JSON that came as UTF-8 both can only stand as an escape (`\u0000`). Few bodies contain one, and cleaning each
  // text by itself would double what an ordinary body costs.
  const isClean = !text.includes('\\u') && toUSVString(text) === text
  return isClean && !isDeeperThan(maxJsonDepth, json) ? json : cleanJson(json)
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(levels - 1, item))
  for (const name in value) if (isDeeperThan(levels - 1, (value as Record<string, unknown>)[name])) return true
  return false
}

/** Changes objects and arrays in place. */
function cleanJson(value: unknown, path: PropertyKey[] = []): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value !== 'object' || value === null) return value
  if (path.length >= maxJsonDepth) throw new TooDeepError(path.slice(0, 8))
  if (Array.isArray(value)) cleanArray(value, path)
  else cleanObject(value as Record<string, unknown>, path)
  return value
}

function cleanArray(array: unknown[], path: PropertyKey[]) {
  array.forEach((item, index) => {
    path.push(index)
    array[index] = cleanJson(item, path)
    path.pop()
  })
}

function cleanObject(object: Record<string, unknown>, path: PropertyKey[]) {
  for (const [name, value] of Object.entries(object)) {
    path.push(name)
    const cleanName = cleanText(name)
    if (cleanName !== name) delete object[name]
    object[cleanName] = cleanJson(value, path)
    path.pop()
  }
}

/**
 * Refuses JSON, no deeper than `maxJsonDepth`, with too many entries in its lists or members in its objects, wherever
 * they stand. Each entry that breaks the contract becomes an issue of some hundred bytes, so 2 MB of `{},{},…` would
 * become 2 GB; each noted click becomes a row of its own.
 *
 * @throws TooManyItemsError
 */
export function refuseTooManyItems(json: unknown): void {
  let entriesLeft = maxListEntries
  let membersLeft = maxJsonMembers
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      entriesLeft -= value.length
      if (entriesLeft < 0) throw new TooManyItemsError()
      return value.forEach(visit)
    }
    for (const name in value) {
      if (--membersLeft < 0) throw new TooManyItemsError()
      visit((value as Record<string, unknown>)[name])
    }
  }
  visit(json)
}
