import { isLeftOut } from './readable-text.ts'

/** What the buttons of a rating say: yes or no in the languages of most pages, or a sign. */
const ratingText =
  /^(yes|no|yep|nope|ja|nein|nee|nej|oui|non|s[iíì]|não|sim|да|нет|tak|nie|evet|hayır|はい|いいえ|是|否|有帮助|没有帮助|예|아니요|\P{L}*)[!.]?$/iu

/** Longest question of a rating, in UTF-16 units. */
const longestQuestion = 80

const button = 'button,[role=button]'

/** The text of an element without that of its controls. */
const wordsBeside = (element: Element): string =>
  [...element.childNodes]
    .map((node) => {
      if (node.nodeType !== 1) return node.nodeType === 3 ? (node.textContent ?? '') : ''
      return isLeftOut(node as Element) ? '' : wordsBeside(node as Element)
    })
    .join(' ')
    .trim()

/**
 * Whether an element at the end of an answer asks whether that helped: a short question with its two answers as
 * buttons.
 */
export function asksToRate(element: Element): boolean {
  const buttons = [...element.querySelectorAll(button)]
  if (buttons.length < 2 || !buttons.every(({ textContent }) => ratingText.test(textContent?.trim() ?? '')))
    return false
  const words = wordsBeside(element)
  return words.length > 0 && words.length <= longestQuestion
}

/**
 * Whether an element at the end of an answer offers questions to ask next: a heading with nothing but buttons below.
 */
export function offersMore(element: Element): boolean {
  const heading = element.querySelector('h1,h2,h3,h4,h5,h6')?.textContent?.trim()
  return heading !== undefined && element.querySelector(button) !== null && wordsBeside(element) === heading
}
