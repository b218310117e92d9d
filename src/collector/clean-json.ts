import { toUSVString } from 'node:util'

/**
 * Levels of arrays and objects in a body. `JSON.parse` takes any depth and `JSON.stringify` overflows the stack at some
 * thousands, so what is deeper could be received and never be stored.
 */
export const maxJsonDepth = 200

/**
 * Messages, links, tags and the like of one body, together. Far over what 2 MB of a real conversation hold; each that
 * breaks the contract becomes an issue of some hundred bytes, and 2 MB of `{},{},…` would become 2 GB of them.
 */
export const maxJsonItems = 25_000

/** A body has more than `maxJsonItems`. */
export class TooManyItemsError extends Error {
  override name = 'TooManyItemsError'

  constructor() {
    super(`more than ${maxJsonItems} messages, links, tags and the like`)
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
  // In JSON that came as UTF-8 both can only stand as an escape (`\\u0000`). Few bodies contain one, and cleaning each
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
 * Refuses JSON, no deeper than `maxJsonDepth`, with too many items in its arrays. What senders fill as they like
 * (`properties`, `userProperties`) isn't looked at one by one later, and doesn't count.
 *
 * @throws TooManyItemsError
 */
export function refuseTooManyItems(json: unknown): void {
  let left = maxJsonItems
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      left -= value.length
      if (left < 0) throw new TooManyItemsError()
      return value.forEach(visit)
    }
    for (const [name, inner] of Object.entries(value)) if (!freeForms.has(name)) visit(inner)
  }
  visit(json)
}

const freeForms = new Set(['properties', 'userProperties'])
