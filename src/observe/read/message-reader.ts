import type { LinkInput } from '../../script/chatlog.ts'
import { asideSelector, isAside } from './asides.ts'
import { FailureMarks } from './failures.ts'
import { isIndicator } from './indicators.ts'
import { linksIn } from './links-in.ts'
import { MessageElements, type Placed } from './message-elements.ts'
import type { ObserveSelectors } from './observe-selectors.ts'
import type { ObservedPage } from './page.ts'
import { readableText } from './readable-text.ts'
import { follows, outermost, parentOf, type Roots } from './roots.ts'
import { comparable } from './text-change.ts'

/** A message as the widget shows it now. */
export interface RenderedMessage extends Placed {
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

/** What an element says, remembered until something in it changes. */
type Read = Pick<RenderedMessage, 'text' | 'comparable' | 'links'> & { hasNotice: boolean }

/** Reads a widget's messages, and remembers those that haven't changed. */
export class MessageReader {
  readonly #selectors: ObserveSelectors
  readonly #roots: Roots
  readonly #page: ObservedPage
  readonly #elements: MessageElements
  readonly #failures: FailureMarks
  /** What was read of each message element; `null` once something in it has changed. */
  #remembered = new WeakMap<Node, Read | null>()

  constructor(selectors: ObserveSelectors, roots: Roots, page: ObservedPage) {
    this.#selectors = selectors
    this.#roots = roots
    this.#page = page
    this.#elements = new MessageElements(selectors, roots, page)
    this.#failures = new FailureMarks(roots)
  }

  /** The messages that a container shows now, the oldest first; not those without any text. */
  read(container: Element): RenderedMessage[] {
    const { done } = this.#selectors
    const placed = this.#elements.findIn(container)
    const failures = this.#failures.findIn(container, placed, () => {
      this.#remembered = new WeakMap()
    })
    const ends = done ? this.#roots.query(container, done) : null
    return placed.flatMap((message, index) => {
      const next = placed[index + 1]?.element
      const read = this.#readElement(message)
      if (!read.comparable) return []
      const { element, role } = message
      const isBehind = (other: Element) => standsBetween(element, next, other)
      const failed =
        role === 'assistant' &&
        (read.hasNotice || failures.some((failure) => failure === element || failure === next || isBehind(failure)))
      const indicator = role === 'assistant' && !next && !failed && isIndicator(element, read, placed)
      const isDone = ends?.some((end) => element.contains(end) || isBehind(end)) ?? null
      return [{ ...message, ...read, indicator, failed, done: isDone }]
    })
  }

  /** Something has changed at this node: the messages around it are read anew. */
  forget(node: Node): void {
    for (let around: Node | null = node; around; around = parentOf(around)) {
      if (this.#remembered.get(around)) this.#remembered.set(around, null)
    }
  }

  /** Whether a node was read as a message. */
  remembers(node: Node): boolean {
    return this.#remembered.has(node)
  }

  #readElement(message: Placed): Read {
    const { element } = message
    const known = this.#remembered.get(element)
    if (known) return known
    const { notices, asides } = this.#apartIn(message)
    // Where the bubble holds nothing but the widget's own words, of a failure or of the time, those are what it says.
    const text =
      this.#textWithout(element, [...notices, ...asides]) ||
      this.#textWithout(element, asides) ||
      this.#textWithout(element, [])
    const links = linksIn(this.#roots.query(element, 'a[href]'))
    const read = { text, comparable: comparable(text), links, hasNotice: notices.length > 0 }
    this.#remembered.set(element, read)
    return read
  }

  /** What stands in a message's element and is no part of what it says. */
  #apartIn({ element, role }: Placed): { notices: Element[]; asides: Element[] } {
    const notices: Element[] = []
    const asides: Element[] = []
    for (const one of this.#roots.query(element, [...this.#failures.telling, asideSelector].join())) {
      if (one === element) continue
      if (this.#failures.isNotice(one, element)) notices.push(one)
      else if (isAside(one, element, role)) asides.push(one)
    }
    return { notices, asides }
  }

  #textWithout(element: Element, apart: readonly Element[]): string {
    const { content } = this.#selectors
    const parts = content ? outermost(this.#roots.query(element, content)) : [element]
    return parts
      .map((part) => readableText(part, this.#page.keepsLines, apart))
      .filter(Boolean)
      .join('\n\n')
  }
}

/** Whether an element stands behind a message, and before the next one. */
const standsBetween = (message: Element, next: Element | undefined, other: Element): boolean =>
  !message.contains(other) && follows(message, other) && !(next && (next.contains(other) || follows(next, other)))
