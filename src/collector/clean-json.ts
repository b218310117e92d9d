// Legal in JSON, refused or cut short by databases: U+0000, and surrogates without their other half.
const unstorable = /[\0\p{Surrogate}]/gu

/**
 * Levels of arrays and objects in a body. `JSON.parse` takes any depth and `JSON.stringify` overflows the stack at some
 * thousands, so what is deeper could be received and never be stored.
 */
export const maxJsonDepth = 200

/** A body is nested deeper than `maxJsonDepth`. */
export class TooDeepError extends Error {
  override name = 'TooDeepError'

  constructor(readonly path: PropertyKey[]) {
    super(`nested deeper than ${maxJsonDepth} levels`)
  }
}

/** Text with every NUL and lone surrogate replaced by U+FFFD, the same rule as in the script. */
export function cleanText(text: string): string {
  return text.replace(unstorable, '\uFFFD')
}

/**
 * Parsed JSON with every text in it cleaned, property names too. Changes objects and arrays in place.
 *
 * @throws TooDeepError naming the first eight steps of the path
 */
export function cleanJson(value: unknown, path: PropertyKey[] = []): unknown {
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
