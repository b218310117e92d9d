import { lastOf } from '../../script/lists.ts'
import type { Platform } from '../../script/platform.ts'
import type { ToldOfOrder } from '../read/growth.ts'
import { Guess } from '../read/guess.ts'
import { MessageReader, type RenderedMessage } from '../read/message-reader.ts'
import { defaultSelectors, type ObserveSelectors } from '../read/observe-selectors.ts'
import type { ObservedPage } from '../read/page.ts'
import { createRoots, follows, innerTreeOf, outermost, parentOf, type Roots, type Tree } from '../read/roots.ts'
import { attributesIn } from '../read/selectors.ts'
import { Changes } from './changes.ts'
import { halfUnmatchedReason, hiddenReason, unmatchedReason } from './hidden-reason.ts'

/**
 * How long after a change the watch looks at it, in milliseconds: most of what belongs together has changed by then.
 */
export const lookAfterMs = 50

/** Largest part of the page's time that looking may take: the longer the last looks took, the later comes the next. */
const mostOfTime = 0.005

/** Longest time by which looks are put off to keep to that, in milliseconds. */
const longestWaitMs = 1_000

/**
 * How long the watch looks for messages once a second where nothing in the page says that it has changed, in
 * milliseconds.
 */
const lookForMs = 30_000

/** How long something that looks like a typing indicator is taken for one, in milliseconds. */
const indicatorMs = 30_000

export interface WidgetParts {
  page: ObservedPage
  platform: Platform
  selectors: ObserveSelectors
  /** Takes what the widget shows, container by container. `leaving`: the page goes, perhaps. */
  look(containers: RenderedMessage[][], leaving: boolean): void
  /** How long until an answer may have settled, in milliseconds; `null` where time alone changes nothing. */
  nextSettleMs(): number | null
  /** @param isShown the widget is in the page */
  told(isShown: boolean): ToldOfOrder
  complain(line: string): void
  /** Takes the selectors that the watch has guessed, where the page's owner has given none of either side. */
  onGuessed(selectors: ObserveSelectors): void
}

/**
 * Watches the page for a widget and for its changes: it notes what changes, and looks at all of it together a little
 * later.
 */
export class WidgetWatch {
  readonly #parts: WidgetParts
  readonly #observer: MutationObserver
  readonly #roots: Roots
  readonly #reader: MessageReader
  readonly #changes: Changes
  readonly #everything: MutationObserverInit
  readonly #watched = new WeakSet<Node>()
  readonly #indicators = new WeakMap<Element, number>()
  readonly #startedAt: number
  #onFrame: (frame: Document) => void = () => {}
  #containers: Element[] = []
  #cancel: (() => void) | null = null
  #dueAt = Number.POSITIVE_INFINITY
  #lookedAt = 0
  #meanLookMs = 0
  #hasComplained = false
  /** The roles that have been seen, and an element of the newest message. */
  readonly #seenRoles = new Set<'user' | 'assistant'>()
  #newest: Element | undefined
  #seenAt: number
  /** Answers that stood there before the visitor asked anything. */
  readonly #greetings = new WeakSet<Element>()
  #isAnswered = false
  readonly #guess = new Guess()

  constructor(parts: WidgetParts) {
    const { page, platform, selectors } = parts
    this.#parts = parts
    this.#startedAt = platform.now()
    this.#seenAt = this.#startedAt
    const attributeFilter = attributesIn(selectors)
    this.#everything = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter }
    this.#observer = page.createObserver((records) => this.#onChanges(records))
    this.#roots = createRoots(page, (tree) => this.#onTree(tree))
    this.#reader = new MessageReader(selectors, this.#roots, page)
    this.#changes = new Changes(selectors.user, this.#reader)
  }

  /**
   * Calls back for each document of a frame that is found, from `start` on: clicks and keys in it aren't heard outside
   * of it.
   */
  onFrame(listener: (frame: Document) => void): void {
    this.#onFrame = listener
  }

  /** Takes the first look, and goes on looking until `stop`. */
  start(): void {
    const { document } = this.#parts.page
    this.#observer.observe(document, { childList: true, subtree: true })
    this.#roots.scan(document)
    this.#look(false)
    this.lookSoon()
  }

  stop(): void {
    this.#observer.disconnect()
    this.#cancel?.()
  }

  lookSoon(): void {
    this.#schedule(lookAfterMs)
  }

  /** The page hides: no timer may fire any more, so the watch looks now at what has changed. */
  lookBeforeLeaving(): void {
    if (this.#hasChanged() || this.#parts.nextSettleMs() !== null) this.#look(true)
  }

  /** A click means what the widget showed when it was made, so the watch looks before the click changes that. */
  lookBeforeClick(): void {
    if (this.#hasChanged()) this.#look(false)
  }

  /** Whether an element stands in the observed widget. */
  isInside(element: Element): boolean {
    for (let around: Node | null = element; around; around = parentOf(around)) {
      if (this.#containers.includes(around as Element)) return true
    }
    return false
  }

  #onTree(tree: Tree): void {
    this.#observer.observe(tree, { childList: true, subtree: true })
    this.lookSoon()
    if (tree.nodeType === 9) this.#onFrame(tree as Document)
  }

  #onChanges(records: readonly MutationRecord[]): void {
    const questions = this.#changes.note(records)
    // With a single new question the answer before it is whole, and a virtualised list may drop that answer's row with
    // the next change: only a look right now still finds it.
    if (questions === 1) {
      this.#schedule(0)
      return
    }
    const sinceLastMs = this.#parts.platform.now() - this.#lookedAt
    const restMs = Math.min(longestWaitMs, this.#meanLookMs / mostOfTime)
    this.#schedule(Math.max(lookAfterMs, restMs - sinceLastMs))
  }

  #hasChanged(): boolean {
    this.#changes.note(this.#observer.takeRecords())
    return this.#changes.any
  }

  #schedule(delayMs: number): void {
    const { now, setTimer } = this.#parts.platform
    if (now() + delayMs >= this.#dueAt) return
    this.#cancel?.()
    this.#dueAt = now() + delayMs
    this.#cancel = setTimer(() => this.#look(false), delayMs)
  }

  #look(leaving: boolean): void {
    const { platform, selectors, look, nextSettleMs, told: toldOfOrder } = this.#parts
    this.#cancel?.()
    this.#cancel = null
    this.#dueAt = Number.POSITIVE_INFINITY
    this.#lookedAt = platform.now()
    this.#changes.take(this.#roots)
    this.#findContainers()
    const told = toldOfOrder(this.#containers.length > 0)
    const shown = this.#containers.map((container) => this.#reader.read(container, told))
    look(
      shown.map((messages) => messages.filter((message) => this.#isMessage(message))),
      leaving,
    )
    this.#meanLookMs = 0.8 * this.#meanLookMs + 0.2 * Math.max(0, platform.now() - this.#lookedAt)
    this.#noteRoles(shown.flat(), told.hasAsked)
    const settleMs = nextSettleMs()
    if (settleMs !== null) this.#schedule(Math.max(lookAfterMs, settleMs))
    else if (shown.some((messages) => messages.some(({ indicator }) => indicator))) this.#schedule(indicatorMs)
    if (this.#seenRoles.size < 2) this.#keepLooking()
    if (!this.#seenRoles.size && selectors.user === defaultSelectors.user) this.#guessRoles(told.hasAsked)
  }

  #noteRoles(shown: readonly RenderedMessage[], hasAsked: boolean): void {
    if (this.#seenRoles.size === 2) return
    if (!this.#seenRoles.size && shown.length) this.#seenAt = this.#parts.platform.now()
    for (const { role, element } of shown) {
      this.#seenRoles.add(role)
      if (!hasAsked) this.#greetings.add(element)
      else if (role === 'assistant' && !this.#greetings.has(element)) this.#isAnswered = true
    }
    this.#newest = lastOf(shown)?.element
  }

  #guessRoles(hasAsked: boolean): void {
    const { selectors, onGuessed } = this.#parts
    for (const container of this.#containers) {
      const found = this.#guess.look(container, hasAsked)
      if (!found) continue
      onGuessed({ ...selectors, ...found })
      return
    }
  }

  /** The side of which nothing is found although the widget shows more than the other side's messages. */
  #missingRole(): 'user' | 'assistant' | null {
    const newest = this.#newest
    if (!this.#seenRoles.has('user')) return this.#isAnswered ? 'user' : null
    const isBehind = (element: Element) =>
      newest &&
      follows(newest, element) &&
      !newest.contains(element) &&
      element.matches('p,div,li,span,article,section')
    const hasMore = ({ textContent }: Element) => (textContent?.trim().length ?? 0) > 1
    return this.#containers.some((one) =>
      this.#roots.query(one, '*').some((other) => isBehind(other) && hasMore(other)),
    )
      ? 'assistant'
      : null
  }

  #findContainers(): void {
    const { page, selectors } = this.#parts
    this.#containers = outermost(this.#roots.query(page.document, selectors.observe))
    for (const container of this.#containers) {
      this.#watch(container)
      this.#watchTreesIn(container)
    }
  }

  #watch(node: Node): void {
    if (this.#watched.has(node)) return
    this.#watched.add(node)
    this.#observer.observe(node, this.#everything)
  }

  /** Trees inside a container hold messages too, and an observer of the container doesn't hear of their changes. */
  #watchTreesIn(element: Element): void {
    const inner = innerTreeOf(element)
    if (inner) this.#watch(inner)
    for (const child of this.#roots.hostsIn(inner ?? element)) this.#watchTreesIn(child)
  }

  /** What looks like a typing indicator counts as a message once it has stood there for `indicatorMs`. */
  #isMessage({ element, indicator }: RenderedMessage): boolean {
    if (!indicator) return true
    const now = this.#parts.platform.now()
    const since = this.#indicators.get(element) ?? now
    this.#indicators.set(element, since)
    return now - since >= indicatorMs
  }

  #keepLooking(): void {
    const { platform } = this.#parts
    const waitedMs = platform.now() - this.#seenAt
    // Nothing more comes by itself; the next change in the page is looked at all the same.
    if (waitedMs >= lookForMs && (this.#hasComplained || !this.#parts.told(false).hasAsked)) return
    for (const container of this.#containers) this.#roots.scan(container)
    if (waitedMs >= lookForMs / 3 && !this.#hasComplained) this.#complainOfSilence()
    this.#schedule(1_000)
  }

  #complainOfSilence(): void {
    const { selectors, complain } = this.#parts
    const missing = this.#seenRoles.size ? this.#missingRole() : null
    const reason = this.#seenRoles.size ? missing && halfUnmatchedReason(selectors, missing) : this.#reasonOfSilence()
    if (!reason) return
    this.#hasComplained = true
    const what = missing === 'user' ? 'only answers' : missing ? 'only questions' : 'nothing'
    complain(`${what} can be observed in \`${selectors.observe}\`: ${reason}`)
  }

  #reasonOfSilence(): string | false | undefined {
    const { selectors } = this.#parts
    const hidden = this.#containers.map((container) => hiddenReason(container, this.#roots)).find(Boolean)
    const unmatched = this.#containers.some(({ textContent }) => textContent?.trim()) && unmatchedReason(selectors)
    const isMissing =
      !this.#containers.length && this.#parts.told(false).hasAsked && 'no element of the page matches it'
    return hidden || unmatched || isMissing
  }
}
