import type { ObserveSelectors } from '../../observe/read/observe-selectors.ts'
import { parentOf, type Roots } from '../../observe/read/roots.ts'
import { findLast } from '../../script/lists.ts'
import { idOf, namesOf, pathFrom } from './names.ts'

/** What the person has clicked: the innermost element under the pointer, in each of two messages. */
export interface Clicked {
  user: Element
  assistant: Element
}

/** The selectors that a tag needs. */
export type Found = Pick<ObserveSelectors, 'observe' | 'user' | 'assistant' | 'content'>

/**
 * Proposes selectors that tell the visitor's messages from the answers: names that hold in the next build, an attribute, or
 * what only one side's messages have in them. Never a class that a build has made.
 *
 * @returns `null` where nothing stable tells them apart
 */
export function findSelectors(clicked: Clicked, document: Document, roots: Roots): Found | null {
  const list = pathFrom(clicked.user).find((one) => holds(one, clicked.assistant))
  if (!list || list === clicked.user || list === clicked.assistant) return null
  const [user, assistant] = [pathFrom(clicked.user, list).reverse(), pathFrom(clicked.assistant, list).reverse()]
  const count = (selector: string) => roots.query(list, selector).length
  const told =
    byName(user, assistant, count) ?? byWhatTheyHold(user[0] as Element, assistant[0] as Element, list, count)
  if (!told) return null
  const found: Found = { observe: selectorOf(list, document, roots), ...told }
  const content = contentOf(clicked, found, roots)
  return content ? { ...found, content } : found
}

/** Whether an element stands in another one, through the borders of trees. */
function holds(outer: Element, inner: Element): boolean {
  for (let around: Node | null = inner; around; around = parentOf(around)) if (around === outer) return true
  return false
}

type Told = Pick<Found, 'user' | 'assistant'>

/** The outermost names that the other message has nowhere; within a group of bubbles the bubble's. */
function byName(user: Element[], assistant: Element[], count: (selector: string) => number): Told | null {
  const only = (own: Element[], other: Element) =>
    own.flatMap((element) =>
      namesOf(element)
        .filter((name) => !other.matches(name) && !holdsAny(other, name))
        .map((name) => ({ element, name })),
    )[0]
  const [ofUser, ofAssistant] = [only(user, assistant[0] as Element), only(assistant, user[0] as Element)]
  if (!ofUser || !ofAssistant) return null
  return { user: inBubble(ofUser, user, count), assistant: inBubble(ofAssistant, assistant, count) }
}

const holdsAny = (element: Element, selector: string): boolean =>
  element.querySelector(selector) !== null || (element.shadowRoot?.querySelector(selector) ?? null) !== null

/** Where several elements of one name stand in what a name selects, each of them is a message. */
function inBubble(
  { element, name }: { element: Element; name: string },
  path: Element[],
  count: (selector: string) => number,
): string {
  const below = path.slice(path.indexOf(element) + 1)
  const bubble = below
    .filter((one) => !one.matches('p,li,span,pre,code,a,b,em,strong,h1,h2,h3,h4,h5,h6,ul,ol,table'))
    .flatMap((one) => {
      const alike = [...(one.parentElement?.children ?? [])].filter(
        (other) => other.localName === one.localName && other.className === one.className && other.textContent?.trim(),
      )
      return alike.length > 1 ? namesOf(one).slice(0, 1) : []
    })[0]
  const inner = bubble && `${name} ${bubble}`
  return inner && count(inner) > count(name) ? inner : name
}

/** `:has`: what only one side's rows hold, as an avatar or a row of buttons. */
function byWhatTheyHold(
  user: Element,
  assistant: Element,
  list: Element,
  count: (selector: string) => number,
): Told | null {
  const row = rowName(user, assistant)
  const namesIn = (element: Element) => [
    ...new Set([...element.querySelectorAll('*')].flatMap((one) => [...namesOf(one), ...meaningful(one)])),
  ]
  const rows = [...list.children].length
  for (const [own, other, ownsIt] of [
    [assistant, user, 'assistant'],
    [user, assistant, 'user'],
  ] as const) {
    for (const name of namesIn(own)) {
      if (other.querySelector(name)) continue
      const [has, hasNot] = [`${row}:has(${name})`, `${row}:not(:has(${name}))`]
      if (count(has) + count(hasNot) > rows * 2) continue
      return ownsIt === 'assistant' ? { user: hasNot, assistant: has } : { user: has, assistant: hasNot }
    }
  }
  return null
}

/** Pictures and buttons say by themselves what they are. */
const meaningful = ({ localName }: Element): string[] =>
  /^(img|svg|button|video|details)$/.test(localName) ? [localName] : []

/** What both rows are called, or their tag. */
const rowName = (user: Element, assistant: Element): string =>
  namesOf(user).find((name) => assistant.matches(name)) ?? user.localName

/** The list, or the nearest element around it that has a name of its own in the page. */
function selectorOf(list: Element, document: Document, roots: Roots): string {
  const isAlone = (selector: string) => roots.query(document, selector).length === 1
  const path = pathFrom(list)
  for (const element of path) {
    const id = idOf(element)
    const own = [...(id ? [id] : []), ...namesOf(element)].find(isAlone)
    if (own) return own
    for (const holder of path.slice(path.indexOf(element) + 1)) {
      // A selector doesn't reach through the border of a tree.
      if (holder.getRootNode() !== element.getRootNode()) break
      const outer = [idOf(holder), ...namesOf(holder)].find((name) => name && isAlone(name))
      const inner = outer && [...namesOf(element), element.localName].map((name) => `${outer} ${name}`).find(isAlone)
      if (inner) return inner
    }
  }
  return 'body'
}

const plain = (text: string | null): string => (text ?? '').replace(/\s+/g, '')

/**
 * The element that holds the very text that was clicked, where the message holds more: names, times, what the widget adds.
 * `null` where the message is that text, or where nothing stable names it.
 */
function contentOf({ user, assistant }: Clicked, found: Found, roots: Roots): string | null {
  const names = [nameOfText(user, found.user), nameOfText(assistant, found.assistant)]
  if (names.includes(null)) return null
  const [ofUser, ofAssistant] = names as [string, string]
  const both = [...new Set([ofUser, ofAssistant])].filter(Boolean).join(', ')
  if (!both) return null
  const messages = [...roots.query(document, found.user), ...roots.query(document, found.assistant)]
  // It has to be in every message that is a text at all.
  return messages.every((one) => roots.query(one, both).length > 0 || one.matches(both) || !one.textContent?.trim())
    ? both
    : null
}

/** @returns `''` where the message says nothing else; `null` where no stable name leads to the text */
function nameOfText(clicked: Element, message: string): string | null {
  const path = pathFrom(clicked)
  const end = path.findIndex((one) => one.matches(message))
  const inside = path.slice(0, end)
  if (plain(path[end]?.textContent ?? '') === plain(clicked.textContent)) return ''
  // Outwards from the clicked words, as long as what is around them is blocks of the same text: paragraphs, lists, code.
  const text = findLast(
    inside,
    (one) =>
      plain(one.textContent) === plain(clicked.textContent) ||
      [...one.children].every((child) =>
        child.matches('p,ul,ol,pre,table,blockquote,h1,h2,h3,h4,h5,h6,hr,br,a,b,em,strong,code,i,span'),
      ),
  )
  return text ? (namesOf(text)[0] ?? null) : null
}
