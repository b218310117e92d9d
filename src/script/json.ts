// Taken once at load, since pages replace `JSON.stringify`. This file hands it primitives alone: an old library's
// `Array.prototype.toJSON` changes what it makes of anything else.
const { stringify, parse } = JSON

/** Deepest nesting that is kept; what lies deeper is left out. */
const maxDepth = 64

/**
 * UTF-8 bytes of a text. Never `text.length`: a CJK message is three times longer on the wire.
 */
export const utf8Bytes = (text: string): number =>
  // Most text is ASCII, and looking is quicker than encoding.
  /[^\0-\x7f]/.test(text) ? encodedBytes(text) : text.length

let encoder: TextEncoder | undefined

/** Makes the encoder when it is first needed. A page may have none, as where a site tests itself with jsdom. */
function encodedBytes(text: string): number {
  if (typeof TextEncoder === 'undefined') return new Blob([text]).size
  encoder ??= new TextEncoder()
  return encoder.encode(text).length
}

/**
 * The text with U+0000 and lone surrogates replaced by U+FFFD: both are legal in a JavaScript string and break
 * databases.
 */
export const wellFormed = (text: string): string => text.replace(/[\0\p{Cs}]/gu, '\ufffd')

/** `JSON.parse` for text of our own making; `undefined` where it isn't JSON. */
export function parseJson(text: string | null | undefined): unknown {
  try {
    // Most often there is nothing to parse, and an error with its stack is a tenth of what a message costs.
    return text ? parse(text) : undefined
  } catch {
    return undefined // storage that others can write to holds whatever they wrote
  }
}

/** What an exception says; it may be anything, and the page may have a variable `Error`. */
export function messageOf(cause: unknown): string {
  try {
    return `${(cause as Error).message ?? ''}` || unreadable
  } catch {
    return unreadable
  }
}

const unreadable = 'it could not be read'

/**
 * Any value as JSON text, `undefined` where JSON has no word for it. Functions, symbols, cycles, throwing getters and
 * `__proto__` keys are left out; a BigInt becomes its digits; `toJSON` (dates, URLs) is obeyed on objects that aren't
 * plain arrays.
 */
export function toJson(value: unknown, ancestors: readonly unknown[] = []): string | undefined {
  if (typeof value === 'string') return stringify(wellFormed(value))
  if (typeof value === 'bigint') return `"${value}"`
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return stringify(value)
  if (typeof value !== 'object' || ancestors.length > maxDepth || ancestors.includes(value)) return
  const path = [...ancestors, value]
  if (Array.isArray(value)) return `[${[...value].map((item) => toJson(item, path) ?? 'null').join()}]`
  try {
    // Old libraries give dates a `toJSON` of their own too.
    if (value instanceof Date) return stringify(value.toISOString())
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return toJson(toJSON.call(value), path)
  } catch {
    return // a date that is none, a getter that throws: the field is left out
  }
  return `{${membersToJson(value as Record<string, unknown>, path).join()}}`
}

function membersToJson(value: Record<string, unknown>, path: readonly unknown[]): string[] {
  const members: string[] = []
  for (const key of Object.keys(value)) {
    try {
      const json = key === '__proto__' ? undefined : toJson(value[key], path)
      if (json) members.push(`${stringify(wellFormed(key))}:${json}`)
    } catch {
      // a getter that throws: this member is left out, the others stay
    }
  }
  return members
}
