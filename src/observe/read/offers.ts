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
 * buttons. A bar of pictures to press stands below any answer, so words beside one are asking where they say so.
 */
export function asksToRate(element: Element): boolean {
  const answers = [...element.querySelectorAll(button)].map(({ textContent }) => textContent?.trim() ?? '')
  if (answers.length < 2 || !answers.every((answer) => ratingText.test(answer))) return false
  const words = wordsBeside(element)
  return words.length > 0 && words.length <= longestQuestion && (answers.every(Boolean) || /[?？؟]/.test(words))
}

/** Names of what is pressed, whatever element it is. */
const buttonName = /(^|[\s_-])(btn|button)(?=$|[\s_-])/i

/** Whether an element at an end of a message is a button that isn't one by its tag or role. */
export const isCalledButton = (element: Element, name: string): boolean =>
  buttonName.test(name) && !element.querySelector('p,pre,li,div') && !element.closest('a[href],p,li,td')

/** Whether an element at the end of an answer holds nothing but links that go nowhere. */
const areChips = (element: Element): boolean => {
  const links = [...element.querySelectorAll('a')]
  const words = links.map(({ textContent }) => textContent?.trim()).join('')
  return (
    links.length > 1 &&
    links.every((link) => /^(#.*|javascript:.*)?$/i.test(link.getAttribute('href') ?? '')) &&
    words.replace(/\s/g, '') === (element.textContent ?? '').replace(/\s/g, '')
  )
}

/**
 * Whether an element at the end of an answer offers questions to ask next: a heading with nothing but buttons below, or
 * links that go nowhere.
 */
export function offersMore(element: Element): boolean {
  if (areChips(element)) return true
  const heading = element.querySelector('h1,h2,h3,h4,h5,h6')?.textContent?.trim()
  return heading !== undefined && element.querySelector(button) !== null && wordsBeside(element) === heading
}
