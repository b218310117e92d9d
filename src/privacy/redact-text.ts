import { withoutCardNumbers } from './card-numbers.ts'
import { withoutKeys } from './keys.ts'
import { withoutPhoneNumbers } from './phone-numbers.ts'
import { withoutUrlValues } from './redact-url.ts'
import { withoutEnd } from './without-end.ts'

/**
 * Its first group is what stands before: no pattern looks behind itself, which Safari can't before 16.4.
 * Bounded on both sides: a long text without spaces, such as an image as text, costs no more than its length.
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
 * The text without its end, as long as more may follow: what is half an address now is a whole one with the next word.
 * The last word goes, and the digits before it.
 */
export function withoutOpenEnd(text: string): string {
  return withoutEnd(withoutEnd(text, /\S/), /[\d\s().+/-]/)
}
