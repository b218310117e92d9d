import type { LinkInput } from '../../script/chatlog.ts'
import { type Apart, apartAtEnds, asideSelector, authorIn, isAside } from './asides.ts'
import { attachmentsOf } from './attachments.ts'
import { codeHeadersIn } from './code-headers.ts'
import { FailureMarks } from './failures.ts'
import type { ToldOfOrder } from './growth.ts'
import { isIndicator } from './indicators.ts'
import { Labels } from './labels.ts'
import { anchors, linksIn } from './links-in.ts'
import { MessageElements } from './message-elements.ts'
import type { ObserveSelectors } from './observe-selectors.ts'
import type { ObservedPage } from './page.ts'
import type { Placed } from './placed.ts'
import { readableText } from './readable-text.ts'
import { follows, outermost, parentOf, type Roots } from './roots.ts'
import { comparable } from './text-change.ts'

/** A message as the widget shows it now. */
export interface RenderedMessage extends Placed {
  text: string
  /** The text without white space. */
  comparable: string
  /** Everything in its element that can be read, without white space, with what wasn't said. */
  whole: string
  links: LinkInput[]
  /** Who wrote it, where the widget says so. */
  name: string | null
  /** It is one of several versions, between which the visitor may choose. */
  isBranch: boolean
  /** The message has no text; `text` names its pictures and files then. */
  isAttachment: boolean
  /** What stands at its ends and may be labels. */
  edges: Apart['edges']
  /** How often the visitor has edited what its element shows. */
  edits: number
  /** It looks like a typing indicator. */
  indicator: boolean
  /** It looks like an error, or an error stands behind it. */
  failed: boolean
  /** `data-done` says that it is complete; `null` where the page's owner gave no such selector. */
  done: boolean | null
}

/** What an element says, remembered until something in it changes. */
type Read = Omit<RenderedMessage, keyof Placed | 'indicator' | 'failed' | 'done' | 'edits'> & { hasNotice: boolean }

/** Reads a widget's messages, and remembers those that haven't changed. */
export class MessageReader {
  readonly #selectors: ObserveSelectors
  readonly #roots: Roots
  readonly #page: ObservedPage
  readonly #elements: MessageElements
  readonly #failures: FailureMarks
  /** What was read of each message element; `null` once something in it has changed. */
  #remembered = new WeakMap<Node, Read | null>()
  readonly #labels = new Labels()

  constructor(selectors: ObserveSelectors, roots: Roots, page: ObservedPage) {
    this.#selectors = selectors
    this.#roots = roots
    this.#page = page
    this.#elements = new MessageElements(selectors, roots, page)
    this.#failures = new FailureMarks(roots, selectors.error)
  }

  /**
   * The messages that a container shows now, the oldest first, without those that hold nothing.
   *
   * @param told what is known of their order beyond the page
   */
  read(container: Element, told: ToldOfOrder): RenderedMessage[] {
    const { done } = this.#selectors
    const inPage = this.#elements.findIn(container, told.hasAsked)
    const readAll = () => inPage.map((message) => ({ role: message.role, read: this.#readElement(message) }))
    while (this.#labels.compare(readAll(), told.hasAsked)) this.#remembered = new WeakMap()
    const read = inPage.map((message) => ({ ...message, comparable: this.#readElement(message).comparable }))
    const placed = this.#elements.inOrder(container, read, told)
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
      const indicator = role === 'assistant' && !failed && isIndicator(element, read, placed, !next)
      if (indicator && next) return []
      const isDone = ends?.some((end) => element.contains(end) || isBehind(end)) ?? null
      const { hasNotice: _hasNotice, ...said } = read
      return [{ ...message, ...said, indicator, failed, done: isDone, edits: this.#elements.editsOf(element) }]
    })
  }

  /** Something has changed at this node: the next look reads the messages around it anew. */
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
    const { notices, asides, ends } = this.#apartIn(message)
    // A message that holds nothing but a notice of a failure, or a time, says that.
    const said = [
      [...notices, ...asides],
      asides,
      asides.filter((one) => !ends.byWords.includes(one as Element)),
      [],
    ].reduce((found, apart) => found || this.#textWithout(element, apart), '')
    // A text without a word beside something that plays says how long that is.
    const isPlayed = !/\p{L}/u.test(said) && element.querySelector('audio,video') !== null
    const attached = said && !isPlayed ? '' : attachmentsOf(element, asides)
    const text = attached || said
    const isApart = notices.length + asides.length > 0
    const read = {
      text,
      comparable: comparable(text),
      whole: comparable(isApart ? this.#textWithout(element, []) : text),
      links: linksIn(this.#roots.query(element, anchors), this.#page),
      name: ends.name ?? (message.group ? authorIn(message.group) : null),
      isBranch: ends.isBranch,
      isAttachment: attached !== '',
      hasNotice: notices.length > 0 || (message.role === 'assistant' && this.#failures.isAllOf(element)),
      edges: ends.edges,
    }
    this.#remembered.set(element, read)
    return read
  }

  /** What stands in a message's element and is no part of what it says. */
  #apartIn({ element, role }: Placed): { notices: Element[]; asides: Node[]; ends: Apart } {
    const { ignore } = this.#selectors
    const notices: Element[] = []
    const ends = apartAtEnds(element, { role, page: this.#page, labels: this.#labels })
    const asides: Node[] = [...ends.elements, ...codeHeadersIn(element, this.#roots)]
    if (ignore) asides.push(...this.#roots.query(element, ignore))
    for (const one of this.#roots.query(element, [...this.#failures.telling, asideSelector].join())) {
      if (one === element) continue
      if (this.#failures.isNotice(one, element)) notices.push(one)
      else if (isAside(one, element, role)) asides.push(one)
    }
    return { notices, asides, ends }
  }

  #textWithout(element: Element, apart: readonly Node[]): string {
    const { content } = this.#selectors
    const isWhole = !content || element.matches(content)
    const parts = isWhole ? [element] : outermost(this.#roots.query(element, content))
    return parts
      .map((part) => readableText(part, this.#page, apart))
      .filter(Boolean)
      .join('\n\n')
  }
}

/** Whether an element stands behind a message, and before the next one. */
const standsBetween = (message: Element, next: Element | undefined, other: Element): boolean =>
  !message.contains(other) && follows(message, other) && !(next && (next.contains(other) || follows(next, other)))
