import type { LinkInput } from '../../script/chatlog.ts'
import type { Placed } from './placed.ts'

const indicatorClass = /typing|loading|thinking|indicator|skeleton|spinner|placeholder/i
const dots = /(^|[\s_-])(dots?|dot-\w+|spinner|loader|typing|bounc\w+|ellipsis)(?=$|[\s_-])/i
const indicatorText =
  /(\.\.\.|…)$|^(.{1,24} (is|are) )?(typing|thinking|writing|loading|generating|responding|searching)\W*$/iu
/** A row that some widgets leave above an answer. */
const rowOfThinking =
  /^\W*((thinking|typing|reasoning|searching|loading|generating|working( on it)?|one moment)\W*)?$|^thought for [\w\s]{1,20}$/iu
/** Longest text that a typing indicator has, in UTF-16 units. */
const longestIndicator = 40

/**
 * Whether an answer looks like a typing indicator: no letter or sign in it, a text that says so, or a class that does.
 *
 * @param all messages of the widget: a class that its other answers have too says nothing
 * @param isLast whether nothing was said after it: before another message, only its words can make it an indicator
 */
export function isIndicator(
  element: Element,
  { text, links }: { text: string; links: readonly LinkInput[] },
  all: readonly Placed[],
  isLast: boolean,
): boolean {
  if (!isLast) return rowOfThinking.test(text) && !links.length
  if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text)) return true
  if (text.length > longestIndicator || links.length) return false
  if (indicatorText.test(text)) return true
  return [showsDots, isCalledIndicator].some(
    (isSo) =>
      isSo(element) &&
      !all.some((other) => other.element !== element && other.role === 'assistant' && isSo(other.element)),
  )
}

/**
 * Whether the element says that it is busy, or a part of it without text has the name of something that moves while one
 * waits.
 */
const showsDots = (element: Element): boolean =>
  element.matches('[aria-busy=true]') ||
  [...element.querySelectorAll('[class]')].some(
    (one) => dots.test(one.getAttribute('class') ?? '') && !one.textContent?.trim(),
  )

function isCalledIndicator(element: Element): boolean {
  const classes = [element, element.firstElementChild].map((one) => one?.getAttribute('class') ?? '').join(' ')
  return indicatorClass.test(classes)
}
