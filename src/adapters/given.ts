/**
 * What is wrong with what adapters were given, as far as the console has been told: they are called on every render.
 */
const told = new Set<string>()

const tell = (line: string): void => {
  if (told.has(line)) return
  told.add(line)
  console.error(`chatlog: ${line}`)
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

/**
 * The objects of a list, whatever is given: what is no object, and what is no list, is skipped, and said in the console
 * once. Nothing is no list of nothing.
 *
 * @param what the list's name, as the console line says it
 */
export function objectsOf<Item>(list: readonly Item[] | null | undefined, what: string): Item[] {
  if (list == null) return []
  if (!Array.isArray(list)) {
    tell(`\`${what}\` must be a list: chatlog skips it`)
    return []
  }
  // By index: a hole is skipped by every other way without a word.
  const objects = [...(list as Item[])].filter(isObject)
  if (objects.length < list.length) tell(`\`${what}\` holds something that is not an object: chatlog skips it`)
  return objects
}

/** The text, whatever is given; `undefined` where it is none. */
export const textGiven = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The object's fields; none, where it is no object. */
export const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/**
 * What the reading gives, or nothing where a field of a message throws when it is read: the message is skipped, and said
 * in the console once.
 */
export function readable<Item>(read: () => Item[]): Item[] {
  try {
    return read()
  } catch {
    tell('a message threw an error when its fields were read: chatlog skips it')
    return []
  }
}
