import { createHash } from 'node:crypto'
import type { StoredMessage } from '../../contract/answer.ts'
import { chatlogProperties } from './conversation-facets.ts'
import { textOf } from './search-text.ts'

/** Stands for an answer that was made anew. */
export const madeAnew = '='

/**
 * What a message asks, so that the same question is known again, whatever its case and spaces: a hash of it. `madeAnew` for
 * an answer in place of another one; `null` for what asks nothing in words. Stores keep it beside the message.
 */
export function askedOf(message: StoredMessage): string | null {
  if (chatlogProperties(message).replaces != null) return madeAnew
  if (message.role !== 'user') return null
  const text = textOf(message).normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
  return text === '' ? null : createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

/** Whether a question was asked twice, or an answer made anew. */
export function isAskedAgain(messages: readonly StoredMessage[]): boolean {
  const asked = messages.map(askedOf).filter((one) => one !== null)
  return asked.includes(madeAnew) || new Set(asked).size < asked.length
}
