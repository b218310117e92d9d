/** Digits with at most one separator between them, as people write card numbers. */
const digitRuns = /(^|[^\w.])(\d(?:[ \u00a0\u202f.-]?\d){12,40})(?!\w)/g

/** First digits and lengths of the networks' cards. A number with others is an order's or a parcel's. */
const networks = [
  /^4(\d{12}|\d{15}|\d{18})$/, // Visa
  /^(5[1-5]\d{14}|(222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12})$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^(6011|64[4-9]\d|65\d\d|62\d\d|35(2[89]|[3-8]\d))\d{12,15}$/, // Discover, UnionPay, JCB
  /^3(0[0-5]|[689]\d)\d{11}$/, // Diners Club
  /^(50|5[6-9]|6\d)\d{11,17}$/, // Maestro
]

/** The check digit of ISO/IEC 7812. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

const isCardNumber = (digits: string): boolean => networks.some((network) => network.test(digits)) && passesLuhn(digits)

/** Where the longest card number ends that starts with this group; `null` where none does. */
function endOfCard(groups: readonly string[], from: number): number | null {
  let digits = ''
  let end: number | null = null
  for (let index = from; index < groups.length && digits.length < 19; index += 2) {
    digits += groups[index]
    if (digits.length >= 13 && digits.length <= 19 && isCardNumber(digits)) end = index + 1
  }
  return end
}

/**
 * Replaces the cards in a run of digits, which may hold an amount before a card or a date behind it. Groups stay whole.
 */
function redactRun(run: string): string {
  const groups = run.split(/([ \u00a0\u202f.-])/)
  for (let from = 0; from < groups.length; from += 2) {
    const end = endOfCard(groups, from)
    if (end !== null) return `${groups.slice(0, from).join('')}[card]${redactRun(groups.slice(end).join(''))}`
  }
  return run
}

/** The text with each payment card number, checked by network, length and check digit, replaced by `[card]`. */
export const withoutCardNumbers = (text: string): string =>
  text.replace(digitRuns, (_found, before: string, run: string) => before + redactRun(run))
