import type { ObservedPage } from './page.ts'
import { childNodesOf, isLeftOut } from './readable-text.ts'
import { parentOf } from './roots.ts'

/** What may be an aside of a message wherever it stands: when it was sent, and whether it has arrived. */
export const asideSelector =
  '[class*="time" i],[class*="date" i],[class*="status" i],[class*="receipt" i],[class*="deliver" i]'

/** A class that ends in such a name, perhaps with a hash behind it: `sent-time`, but neither `status-sent` nor `has-time`. */
const asideName =
  /(^|\s)(?!(has|with|no|is|show)-)([\w-]*[^a-z\s])?(time|timestamp|date|datetime|status|receipts?|delivered|delivery)(-(label|info|badge|icon|line|value))?(__\w+)?(?=\s|$)/i

const contentName = /(message|bubble|content|text|body)(?=\s|$)/i

const avatarName = /(^|[\s_-])(avatar|gravatar|initials|profile-(pic|picture|image))(?=$|[\s_-])/i

const authorName =
  /(^|[\s_-])(author|sender|user-?name|nick-?name|display-name|byline|speaker|(message|msg|bot|agent|user|assistant|chat)-+name|(author|sender)-+name)(__\w+)?(?=\s|$)/i

/** What widgets put around an answer: how it was found, where from, and what may be asked next. */
const extraName =
  /(^|[\s_-])(reasoning|thinking|thoughts?|chain-of-thought|tool-calls?|sources?|citations?|references|suggestions?|follow-?ups?|quick-repl(y|ies)|chips|disclaimer|actions|toolbar|branch-picker)(-(list|container|wrapper|block|section|bar|row|group|panel|cards?|items))?(__\w+)?(?=\s|$)/i

/** Longest text of one, in UTF-16 units. */
const longestAside = 60

/** Longest part of a message that is taken for a label because all messages bear it, in UTF-16 units. */
const longestLabel = 40

/** A clock, a day in digits, or how long ago: in an answer, which may have elements of any name. */
const looksLikeTime = /\b\d{1,2}[:.]\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(ago|now)\b|^\d+\s?\p{L}{1,3}\.?$/iu

const stateWords = /^[✓✔]*\s?(sending|sent|delivered|seen|read|not delivered|failed to send)?[.…]*$/i

/** Which of several versions of a message is shown: `2 / 2`. */
const branchText = /^[‹<]?\s?\d{1,3}\s?(\/|of|von|de|di|sur|van|из|／)\s?\d{1,3}\s?[›>]?$/i

const prose = 'p,li,td,th,pre,code,blockquote,h1,h2,h3,h4,h5,h6,em,strong,a'

/** What in a message's element isn't what was said. */
export interface Apart {
  elements: Element[]
  /** Who wrote it, where the widget says so. */
  name: string | null
  /** It is one of several versions. */
  isBranch: boolean
  /** The next thing at each end that may be a label, should every message of this side bear it; `null` for none. */
  edges: { start: string | null; end: string | null }
}

export interface ApartParts {
  role: 'user' | 'assistant'
  page: ObservedPage
  /** Labels that every message of this side bears, as `edges` named them. */
  labels: ReadonlySet<string>
}

/** Finds what stands at the ends of a message and isn't what was said: from each end inwards, until there is text. */
export function apartAtEnds(message: Element, parts: ApartParts): Apart {
  const found: Apart = { elements: [], name: null, isBranch: false, edges: { start: null, end: null } }
  for (const side of ['start', 'end'] as const) peel(message, side, parts, found)
  return found
}

/** @returns whether text is left at that end */
function peel(around: Element, side: 'start' | 'end', parts: ApartParts, found: Apart): boolean {
  const children = Array.from(childNodesOf(around))
  if (side === 'end') children.reverse()
  for (const [index, child] of children.entries()) {
    if (child.nodeType === 3 && child.textContent?.trim()) return true
    if (child.nodeType !== 1) continue
    const element = child as Element
    if (isLeftOut(element) || found.elements.includes(element)) continue
    const text = element.textContent?.trim() ?? ''
    if (!text && !element.shadowRoot && !element.querySelector('img,video,audio,slot')) continue
    if (take(element, text, side, parts, found)) continue
    const isProse = element.matches(prose)
    // Some widgets head each message with whose it is; an answer's own headings say what comes.
    const isHeading = /^h\d$/.test(element.localName) && (parts.role === 'user' || text.endsWith(':'))
    // Text that follows in the same line makes it a word of that text.
    const goesOn = children.slice(index + 1).find((next) => next.nodeType !== 8 && next.textContent?.trim())
    if (
      (!isProse || isHeading) &&
      goesOn?.nodeType !== 3 &&
      text.length <= longestLabel &&
      !element.querySelector(prose)
    ) {
      found.edges[side] ??= labelOf(element, text, side)
    }
    if (isProse || peel(element, side, parts, found)) return true
  }
  return false
}

const labelOf = (element: Element, text: string, side: string): string =>
  [side, element.localName, element.getAttribute('class') ?? '', text].join('|')

function take(
  element: Element,
  text: string,
  side: 'start' | 'end',
  { role, page, labels }: ApartParts,
  found: Apart,
): boolean {
  const apart = () => found.elements.push(element) > 0
  const name = namesOf(element)
  if (role === 'assistant' && isExtra(element, name, side)) return apart()
  if (text.length > longestAside) return false
  if (avatarName.test(name)) return apart()
  if (isAuthor(element, name, text)) {
    found.name ??= text
    return apart()
  }
  if (branchText.test(text)) {
    found.isBranch = true
    return apart()
  }
  const isTime = asideName.test(name) && !contentName.test(name) && (role === 'user' || looksLikeTime.test(text))
  const isState = role === 'user' && text !== '' && !element.matches(prose) && stateWords.test(text) && side === 'end'
  if (isTime || isState || labels.has(labelOf(element, text, side))) return apart()
  return text !== '' && page.isClipped(element) ? apart() : false
}

const isAuthor = (element: Element, name: string, text: string): boolean =>
  text !== '' && authorName.test(name) && !contentName.test(name) && !element.querySelector('p,pre,li')

/** What isn't what an answer says: reasoning that is folded up, its sources, what may be asked next. */
function isExtra(element: Element, name: string, side: 'start' | 'end'): boolean {
  if (/^(details|footer)$/.test(element.localName) || extraName.test(name)) return true
  if (/^(listbox|menu|toolbar)$/.test(element.getAttribute('role') ?? '')) return true
  return side === 'end' && isSourceCards(element)
}

/** Links whose labels are several blocks, and next to nothing but them. */
function isSourceCards(element: Element): boolean {
  if (element.matches('p,ul,ol,table')) return false
  const cards = [...element.querySelectorAll('a[href]')].filter((anchor) => anchor.querySelector('div,p,span span'))
  if (!cards.length) return element.matches('a[href]') && element.querySelector('div,p') !== null
  const inCards = cards.reduce((length, card) => length + (card.textContent?.trim().length ?? 0), 0)
  return (element.textContent?.trim().length ?? 0) - inCards <= longestLabel / 2
}

/** What an element is called, words apart: classes above all. */
const namesOf = (element: Element): string =>
  ['class', 'data-slot', 'data-testid', 'part']
    .map((attribute) => element.getAttribute(attribute) ?? '')
    .join(' ')
    .replace(/([a-z\d])(?=[A-Z])/g, '$1-')

/**
 * Whether an element in a message says when it was sent or whether it has arrived: text that changes by itself, and that
 * nobody has written. By what it is called; in an answer by what it says and by its place too.
 */
export function isAside(element: Element, message: Element, role: 'user' | 'assistant'): boolean {
  const text = element.textContent?.trim() ?? ''
  if (!text || text.length > longestAside) return false
  const names = namesOf(element)
  if (!asideName.test(names) || contentName.test(names)) return false
  for (let around: Node | null = element; around && around !== message; around = parentOf(around)) {
    if (around.nodeType === 1 && (around as Element).matches('p,li,td,th,pre,code')) return false
  }
  if (role === 'user') return true
  return (
    looksLikeTime.test(text) &&
    (isAtEdge(element, message, 'nextSibling') || isAtEdge(element, message, 'previousSibling'))
  )
}

/**
 * Whether nothing of the message stands on that side of it.
 *
 * @param ignored selector of elements that count as nothing
 */
export function isAtEdge(
  element: Element,
  message: Element,
  side: 'nextSibling' | 'previousSibling',
  ignored?: string,
): boolean {
  for (let around: Node | null = element; around && around !== message; around = parentOf(around)) {
    for (let next = around[side]; next; next = next[side]) {
      const isIgnored = ignored && next.nodeType === 1 && (next as Element).matches(ignored)
      if (!isIgnored && next.textContent?.trim()) return false
    }
  }
  return true
}
