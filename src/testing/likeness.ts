/** What `expect.stringContaining()` and its like make, of Playwright, Vitest and Jest alike. */
interface Asymmetric {
  asymmetricMatch(received: unknown): boolean
}

const isAsymmetric = (value: unknown): value is Asymmetric =>
  typeof (value as Partial<Asymmetric> | null | undefined)?.asymmetricMatch === 'function'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** One difference between what is stored and what was expected. */
export interface Difference {
  /** `properties.chatlog.status`; `''` for the whole. */
  path: string
  expected: unknown
  received: unknown
}

/**
 * Where a value is unlike what was expected: of an object the expected fields are compared, of a list each item and the
 * length; a pattern matches text, and `expect.any()` and its like decide themselves.
 */
export function differencesOf(received: unknown, expected: unknown, path = ''): Difference[] {
  if (isLeafLike(received, expected)) return []
  const isComparable = isObject(received) && Array.isArray(received) === Array.isArray(expected)
  if (!isPlain(expected) || !isComparable) return [{ path, expected, received }]
  const sameLength = !Array.isArray(expected) || expected.length === (received as unknown as unknown[]).length
  if (!sameLength) return [{ path, expected, received }]
  return Object.entries(expected).flatMap(([name, value]) =>
    differencesOf(received[name], value, path ? `${path}.${name}` : name),
  )
}

/** Whether there is no difference. */
export const isLike = (received: unknown, expected: unknown): boolean => !differencesOf(received, expected).length

const isPlain = (expected: unknown): expected is Record<string, unknown> =>
  isObject(expected) && !isAsymmetric(expected) && !(expected instanceof RegExp)

function isLeafLike(received: unknown, expected: unknown): boolean {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(received)
  if (expected instanceof RegExp) return typeof received === 'string' && new RegExp(expected, '').test(received)
  return Object.is(received, expected)
}

/** A value for one line of a report: at most 60 characters. */
export function shown(value: unknown): string {
  if (isAsymmetric(value)) return cut(String((value as { toString(): string }).toString()))
  return cut(value instanceof RegExp ? String(value) : (JSON.stringify(value) ?? String(value)))
}

const cut = (text: string, length = 60): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text)
