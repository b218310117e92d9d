import { withoutCardNumbers } from './card-numbers.ts'
import { withoutKeys } from './keys.ts'
import { withoutPhoneNumbers } from './phone-numbers.ts'
import { withoutUrlValues } from './redact-url.ts'
import { withoutEnd } from './without-end.ts'

/**
 * The first group is the sign before the address, since Safari before 16.4 has no lookbehind. Both sides are bounded,
 * so that a long text without spaces, such as an image as text, takes time in proportion to its length.
 */
const emailAddress =
  /(^|[^\p{L}\p{N}._%+-])[\p{L}\p{N}._%+'-]{1,64}(?:@|%40| AT |\s?[[(](?:at|AT)[\])]\s?)(?!\dx\.)(?:[\p{L}\p{N}-]{1,63}(?:\.| DOT |\s?[[(](?:dot|DOT)[\])]\s?)){1,8}\p{L}{2,24}(?![\p{L}\p{N}])/gu

/** `git@github.com:owner/name.git`: a repository's address, which names no person. */
const isRepository = (found: string, behind: string): boolean => found.startsWith('git@') && behind.startsWith(':')

const withoutEmailAddresses = (text: string): string =>
  text.replace(emailAddress, (found, before: string, offset: number) =>
    isRepository(found.slice(before.length), text.charAt(offset + found.length)) ? found : `${before}[email]`,
  )

const steps = [withoutUrlValues, withoutKeys, withoutEmailAddresses, withoutCardNumbers, withoutPhoneNumbers]

/**
 * The text without what names or unlocks: e-mail addresses, phone and card numbers, keys, and the values in URLs. What
 * was there is named in its place: `[email]`, `[phone]`, `[card]`, `[key]`; a value leaves nothing behind its `=`.
 * Redacting twice changes nothing more.
 */
export const redactText = (text: string): string =>
  text.startsWith('data:') ? text : steps.reduce((redacted, step) => step(redacted), text)

/**
 * The text without its last word and the digits before it, for a message that is still growing: what is half an address
 * now is a whole one with the next word.
 */
export function withoutOpenEnd(text: string): string {
  return withoutEnd(withoutEnd(text, /\S/), /[\d\s().+/-]/)
}
