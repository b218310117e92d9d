const separator = '[ \\u00a0\\u202f./()-]'

/** Words before a number that say that it is a phone's, in some languages that people ask widgets in. */
const calledPhone =
  '\\b(?:tel|telephone|phone|mobile|cell|fax|whatsapp|telefon|telefonnummer|handy|mobil|rufnummer|tél|téléphone|teléfono|móvil|call|text|ring)'

/** Words before a number that say that it is no phone's; together they are at most `longestName` UTF-16 units long. */
const calledOtherwise =
  /\b(?:order|orders|ticket|invoice|id|issue|build|version|ref|reference|case|rfc|isbn|account|customer|serial|tracking|bestellung|rechnung|auftrag)\W{0,3}(?:number|no|nr|id|is)?\W{0,3}$/i
const longestName = 32

/** Shapes of phone numbers. Each begins with the sign before the number, since Safari before 16.4 has no lookbehind. */
const shapes = [
  // +49 30 901820, +1 (555) 123-4567, 0049 30 901820
  `(^|[^\\w+./-])(?:\\+[1-9]|00[1-9])(?:${separator}{0,3}\\d){7,14}(?!\\w|[.,:]\\d)`,
  // (555) 234-5678, 555-234-5678, 1-555-234-5678
  `(^|[^\\w+./-])(?:1[ .-])?(?:\\([2-9]\\d{2}\\) ?|[2-9]\\d{2}[ .-])[2-9]\\d{2}[ .-]\\d{4}(?!\\w|[.,:-]\\d)`,
  // 030 901820-0, 0171 1234567, 06 12 34 56 78, 020 7946 0958
  `(^|[^\\w+.,:/-])\\(?0[1-9](?:${separator}{0,2}\\d){7,11}(?!\\w|[.,:]\\d)`,
  // 5552345678
  `(^|[^\\w+.,:/=#-])[2-9]\\d{2}[2-9]\\d{6}(?!\\w|[.,:-]\\d)`,
]

const phoneNumber = new RegExp(shapes.join('|'), 'gi')

const calledNumber = new RegExp(
  `(${calledPhone}(?:[ .:#-]{1,3}(?:number|nummer|no|nr|me|us|him|her|at|on|is|under|unter|my|ist|lautet)\\b){0,4}[ .:#-]{1,3})(\\+?\\d(?:${separator}?\\d){6,14})(?!\\w)`,
  'giu',
)

/** 2026-11-23, 23.11.2026, 11/23/26: digits in groups, as a phone number has them. */
const date = /\b(\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2}))\b/

/** The bounds of 32-bit numbers, and the ten digits in a row, which are common in questions about programs. */
const wellKnown = /^(2147483647|2147483648|4294967295|4294967296|0123456789)$/

const redactUnlessKnown = (found: string): string => (date.test(found) || wellKnown.test(found) ? found : '[phone]')

/** The text without numbers that look like a phone's by themselves. */
function withoutPhoneShapes(text: string): string {
  let redacted = ''
  let from = 0
  phoneNumber.lastIndex = 0
  for (let found = phoneNumber.exec(text); found; found = phoneNumber.exec(text)) {
    const [whole, international, american, ...others] = found
    const isUnmistakable = international !== undefined || american !== undefined
    const before = international ?? american ?? others.find((one) => one !== undefined) ?? ''
    const start = found.index + before.length
    if (!isUnmistakable && calledOtherwise.test(text.slice(Math.max(0, start - longestName), start))) {
      phoneNumber.lastIndex = found.index + 1 // another number may begin inside this one
      continue
    }
    redacted += text.slice(from, start) + redactUnlessKnown(whole.slice(before.length))
    from = phoneNumber.lastIndex
  }
  return redacted + text.slice(from)
}

/** The text with each phone number, in the forms that people write, replaced by `[phone]`. */
export const withoutPhoneNumbers = (text: string): string =>
  withoutPhoneShapes(text.replace(calledNumber, (_found, name, number) => name + redactUnlessKnown(number)))
