import { parseJson, toJson } from '../script/json.ts'
import { namesSecret } from './keys.ts'
import { redactText } from './redact-text.ts'

/** The number; where it is a card's or a phone's, the text that stands for that. */
function redactNumber(value: number): unknown {
  const text = String(value)
  const redacted = redactText(text)
  return redacted === text ? value : redacted
}

function redactPlain(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number') return redactNumber(value)
  if (Array.isArray(value)) return value.map(redactPlain)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [
    redactText(name),
    namesSecret(name) && /string|number/.test(typeof member) ? '[key]' : redactPlain(member),
  ])
  return Object.fromEntries(members)
}

/** A copy of any value as plain JSON with every text in it redacted, names of members too; `undefined` has none. */
export const redactValue = (value: unknown): unknown => redactPlain(parseJson(toJson(value)))

/** A tool's arguments, redacted: JSON as text stays JSON, other text stays text. */
export function redactArguments(given: unknown): unknown {
  const plain = typeof given === 'string' ? parseJson(given) : given
  if (plain === undefined || typeof plain === 'string') return typeof given === 'string' ? redactText(given) : given
  const redacted = toJson(redactValue(plain))
  // Where there is nothing to redact, the text keeps the spaces that the model wrote.
  return redacted === toJson(plain) ? given : redacted
}
