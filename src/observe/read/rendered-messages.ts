import type { LinkInput } from '../../script/chatlog.ts'
import { asideSelector, isAside, isAtEdge } from './asides.ts'
import type { ObserveSelectors } from './observe-selectors.ts'
import type { ObservedPage } from './page.ts'
import { readableText } from './readable-text.ts'
import { follows, outermost, parentOf, type Roots } from './roots.ts'

import { comparable } from './text-change.ts'

/** A message as the widget shows it now. */
export interface RenderedMessage {
  element: Element
  role: 'user' | 'assistant'
  text: string
  /** The text without white space. */
  comparable: string
  links: LinkInput[]
  /** It looks like a typing indicator. */
  indicator: boolean
  /** It looks like an error, or one stands behind it. */
  failed: boolean
  /** `data-done` says so; `null` where the page's owner gave none. */
  done: boolean | null
}

/** Reads a widget's messages, and remembers what hasn't changed. */
export interface MessageReader {
  read(container: Element): RenderedMessage[]
  /** Something has changed at this node. */
  forget(node: Node): void
  /** The message element that a node stands in. */
  messageAround(nodes: readonly Node[]): Element | undefined
}

/** What marks a failure, in most widgets. */
const errorMarks = ['[role="alert"]', '[class*="error" i]']
const indicatorClass = /typing|loading|thinking|indicator|skeleton|spinner|placeholder/i
const indicatorText =
  /(\.\.\.|…)$|^(.{1,24} (is|are) )?(typing|thinking|writing|loading|generating|responding|searching)\W*$/iu
/** Longest text that a typing indicator has, in UTF-16 units. */
const longestIndicator = 40

export function createMessageReader(selectors: ObserveSelectors, roots: Roots, page: ObservedPage): MessageReader {
  const { user, assistant, content, done } = selectors
  type Read = Pick<RenderedMessage, 'text' | 'comparable' | 'links'> & { hasNotice: boolean }
  let remembered = new WeakMap<Node, Read | null>()
  /** Those that do so in this widget. */
  let marks = errorMarks

  const readElement = ({ element, role }: Placed): Read => {
    const known = remembered.get(element)
    if (known) return known
    const parts = content ? outermost(roots.query(element, content)) : [element]
    const notices: Element[] = []
    const asides: Element[] = []
    for (const one of roots.query(element, [...marks, asideSelector].join())) {
      if (one === element) continue
      if (marks.some((mark) => one.matches(mark)) && isNotice(one, element)) notices.push(one)
      else if (isAside(one, element, role)) asides.push(one)
    }
    const textWithout = (apart: readonly Element[]) =>
      parts
        .map((part) => readableText(part, page.keepsLines, apart))
        .filter(Boolean)
        .join('\n\n')
    // What the widget itself says of a failure, or of the time, in the message's own bubble; where it says nothing else,
    // that is it.
    const text = textWithout([...notices, ...asides]) || textWithout(asides) || textWithout([])
    const links = linksIn(roots.query(element, 'a[href]'))
    const read = { text, comparable: comparable(text), links, hasNotice: notices.length > 0 }
    remembered.set(element, read)
    return read
  }

  const elementsOf = (container: Element): Placed[] => {
    const all = roots.query(container, `${user},${assistant}`)
    const roles = new Map(all.map((element) => [element, element.matches(user) ? 'user' : 'assistant'] as const))
    // A wrapper around messages of both sides is none.
    const wrappers = new Set<Node>()
    for (const [element, role] of roles) {
      for (let around = parentOf(element); around && around !== container; around = parentOf(around)) {
        if (roles.has(around as Element) && roles.get(around as Element) !== role) wrappers.add(around)
      }
    }
    return outermost(all.filter((element) => !wrappers.has(element))).map((element) => ({
      element,
      role: roles.get(element) ?? 'assistant',
    }))
  }

  const reversed = new WeakMap<Node, boolean>()

  /** Whether the list shows its first row at the bottom: what holds all messages says so, asked once. */
  const isReversed = (first: Element, last: Element): boolean => {
    let list = parentOf(first)
    while (list && !list.contains(last)) list = parentOf(list)
    if (list?.nodeType !== 1) return false
    const known = reversed.get(list) ?? page.isReversed(list as Element)
    reversed.set(list, known)
    return known
  }

  const inOrder = <Item extends { element: Element }>(items: Item[]): Item[] => {
    const [first, last] = [items[0], items.at(-1)]
    return first && last && first !== last && isReversed(first.element, last.element) ? items.reverse() : items
  }

  /** What says that something failed; `marks` are known from now on. */
  const failuresIn = (container: Element, messages: readonly Placed[]): Element[] => {
    const all = roots
      .query(container, errorMarks.join())
      .filter((failure) => !failure.hasAttribute('hidden') && failure.textContent?.trim())
    const marked = (mark: string) => all.filter((one) => one.matches(mark))
    const telling = errorMarks.filter((mark) => !isCommonplace(marked(mark), messages))
    if (telling.join() !== marks.join()) {
      marks = telling
      remembered = new WeakMap()
    }
    return all.filter((failure) => marks.some((mark) => failure.matches(mark)))
  }

  return {
    read(container) {
      const all = elementsOf(container).filter(({ element }) => !roots.query(element, 'textarea').length)
      const elements = inOrder(all)
      const failures = failuresIn(container, elements)
      const ends = done ? roots.query(container, done) : []
      return elements.flatMap(({ element, role }, index) => {
        const next = elements[index + 1]?.element
        const isBehind = (other: Element) =>
          !element.contains(other) &&
          follows(element, other) &&
          !(next && (next.contains(other) || follows(next, other)))
        const read = readElement({ element, role })
        const isLast = !next
        const failed =
          role === 'assistant' &&
          (read.hasNotice || failures.some((failure) => failure === element || failure === next || isBehind(failure)))
        const indicator = role === 'assistant' && isLast && !failed && isIndicator(element, read, elements)
        const isDone = done ? ends.some((end) => element.contains(end) || isBehind(end)) : null
        return read.comparable ? [{ element, role, ...read, indicator, failed, done: isDone }] : []
      })
    },
    forget(node) {
      for (let around: Node | null = node; around; around = parentOf(around)) {
        if (remembered.get(around)) remembered.set(around, null)
      }
    },
    messageAround: (nodes) => nodes.find((node) => remembered.has(node)) as Element | undefined,
  }
}

/** An element that is a message, and whose. */
type Placed = Pick<RenderedMessage, 'element' | 'role'>

/**
 * A mark that each message of the visitor's bears, or each of several answers with a text of its own, is the widget's
 * way of having messages read out, or a class of theirs: it says nothing of a failure.
 */
function isCommonplace(marked: readonly Element[], messages: readonly Placed[]): boolean {
  if (!marked.length) return false
  const markOf = ({ element }: Placed) => marked.find((one) => element.contains(one))
  const questions = messages.filter(({ role }) => role === 'user')
  if (questions.length && questions.every(markOf)) return true
  const answers = messages.filter(({ role }) => role === 'assistant').map(markOf)
  return answers.every(Boolean) && new Set(answers.map((one) => one?.textContent)).size > 1
}

/** Said of the message, not in it: an alert, or something called an error that nothing comes after. */
function isNotice(element: Element, message: Element): boolean {
  if (element.hasAttribute('hidden') || !element.textContent?.trim() || element.closest('pre,code')) return false
  return element.getAttribute('role') === 'alert' || isAtEdge(element, message, 'nextSibling', 'button,[role=button]')
}

function isCalledIndicator(element: Element): boolean {
  const classes = [element, element.firstElementChild].map((one) => one?.getAttribute('class') ?? '').join(' ')
  return indicatorClass.test(classes)
}

/** @param all messages of the widget: what its other answers are called too says nothing */
function isIndicator(
  element: Element,
  { text, links }: Pick<RenderedMessage, 'text' | 'links'>,
  all: readonly Placed[],
): boolean {
  if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text)) return true
  if (text.length > longestIndicator || links.length) return false
  if (indicatorText.test(text)) return true
  if (!isCalledIndicator(element)) return false
  return !all.some(
    (other) => other.element !== element && other.role === 'assistant' && isCalledIndicator(other.element),
  )
}

function linksIn(anchors: readonly Element[]): LinkInput[] {
  const links = new Map<string, LinkInput>()
  for (const anchor of anchors) {
    const given = anchor.getAttribute('href') ?? ''
    if (!given || /^(#|javascript:|data:|blob:)/i.test(given)) continue
    const url = /^[a-z][a-z\d+.-]*:/i.test(given) ? given : (anchor as HTMLAnchorElement).href
    const label = (anchor.textContent?.trim() || anchor.querySelector('[alt]')?.getAttribute('alt')) ?? ''
    links.set(`${url} ${label}`, { url, label: label.replace(/\s+/g, ' ').slice(0, 200) || null })
  }
  return [...links.values()]
}
