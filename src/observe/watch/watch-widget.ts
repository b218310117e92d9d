import type { Platform } from '../../script/platform.ts'
import type { ObserveSelectors } from '../read/observe-selectors.ts'
import type { ObservedPage } from '../read/page.ts'
import type { MessageReader, RenderedMessage } from '../read/rendered-messages.ts'
import { innerTreeOf, outermost, parentOf, type Roots, type Tree } from '../read/roots.ts'
import { attributesIn } from '../read/selectors.ts'

/** How soon a change is looked at, in milliseconds: what belongs together is mostly made in one go. */
export const lookAfterMs = 50

/** Most of the page's time that looking may take: the next look waits for the more, the longer the last ones took. */
const mostOfTime = 0.005

/** Longest that it waits for that, in milliseconds. */
const longestWaitMs = 1_000

/** How long a widget that shows no message is looked for again without a sign of change, each second, in milliseconds. */
const lookForMs = 30_000

/** How long something that looks like a typing indicator is taken for one, in milliseconds. */
const indicatorMs = 30_000

export interface WidgetParts {
  page: ObservedPage
  platform: Platform
  selectors: ObserveSelectors
  roots: (onTree: (tree: Tree) => void) => Roots
  reader: (roots: Roots) => MessageReader
  look(containers: RenderedMessage[][], leaving: boolean): void
  /** In milliseconds; `null` where time alone changes nothing. */
  nextSettleMs(): number | null
  complain(line: string): void
}

/** Watches the page for a widget and its changes, cheaply: what changes is only noted, and looked at together. */
export function watchWidget(parts: WidgetParts) {
  const { page, platform, selectors, look, nextSettleMs, complain } = parts
  const { now } = platform
  const attributeFilter = attributesIn(selectors)
  const everything = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter }
  const touched = new Set<Node>()
  const added = new Set<Node>()
  const watched = new WeakSet<Node>()
  const indicators = new WeakMap<Element, number>()
  const startedAt = now()
  let containers: Element[] = []
  let cancel: (() => void) | null = null
  let dueAt = Number.POSITIVE_INFINITY
  let lookedAt = 0
  let meanLookMs = 0
  let said = false
  let wasSeen = false

  const isInMessage = (node: Node): boolean => {
    let around: Node | null = node
    while (around && !reader.messageAround([around])) around = parentOf(around)
    return around !== null
  }

  /** Notes what has changed. @returns how many messages of the visitor's have come */
  const note = (records: readonly MutationRecord[]): number => {
    const { user } = selectors
    let questions = 0
    for (const record of records) {
      const { target } = record
      touched.add(target)
      // Text alone, word by word: the list of what was added costs more than all else here.
      if (record.type !== 'childList' || !(target as Element).firstElementChild) continue
      const nodes = record.addedNodes as NodeListOf<Element>
      // An answer whose HTML is replaced, perhaps with each word: there is no question in it.
      if (nodes.length > 1 && isInMessage(target)) {
        added.add(target)
        continue
      }
      for (const node of nodes) {
        if (node.nodeType !== 1) continue
        added.add(node)
        if (node.matches(user)) questions++
        else if (node.firstElementChild) questions += node.querySelectorAll(user).length
      }
    }
    return questions
  }

  const observer = page.createObserver((records) => {
    // One alone: the answer before it is whole now, and may leave a virtualised list with the next.
    if (note(records) === 1) schedule(0)
    else schedule(Math.max(lookAfterMs, lookedAt + Math.min(longestWaitMs, meanLookMs / mostOfTime) - now()))
  })
  const roots = parts.roots((tree) => {
    observer.observe(tree, { childList: true, subtree: true })
    schedule(lookAfterMs)
  })
  const reader = parts.reader(roots)

  const schedule = (delayMs: number) => {
    if (now() + delayMs >= dueAt) return
    cancel?.()
    dueAt = now() + delayMs
    cancel = platform.setTimer(() => lookNow(false), delayMs)
  }

  const watch = (node: Node) => {
    if (watched.has(node)) return
    watched.add(node)
    observer.observe(node, everything)
  }

  const findContainers = () => {
    const found = outermost(roots.query(page.document, selectors.observe))
    for (const container of found) {
      watch(container)
      watchTreesIn(container)
    }
    containers = found
  }

  /** A container's own tree changes like the container itself. */
  const watchTreesIn = (element: Element) => {
    const inner = innerTreeOf(element)
    if (inner) watch(inner)
    for (const child of roots.hostsIn(inner ?? element)) watchTreesIn(child)
  }

  const hasChanged = (): boolean => {
    note(observer.takeRecords())
    return touched.size > 0 || added.size > 0
  }

  const takeChanges = () => {
    for (const node of added) if (node.isConnected) roots.scan(node)
    for (const node of touched) reader.forget(node)
    added.clear()
    touched.clear()
  }

  /** What looks like a typing indicator is none once it has been there for long. */
  const isMessage = ({ element, indicator }: RenderedMessage): boolean => {
    if (!indicator) return true
    const since = indicators.get(element) ?? now()
    indicators.set(element, since)
    return now() - since >= indicatorMs
  }

  const lookNow = (leaving: boolean) => {
    cancel?.()
    cancel = null
    dueAt = Number.POSITIVE_INFINITY
    lookedAt = now()
    takeChanges()
    findContainers()
    const shown = containers.map((container) => reader.read(container))
    look(
      shown.map((messages) => messages.filter(isMessage)),
      leaving,
    )
    meanLookMs = 0.8 * meanLookMs + 0.2 * Math.max(0, now() - lookedAt)
    wasSeen ||= shown.some(({ length }) => length > 0)
    const settleMs = nextSettleMs()
    if (settleMs !== null) schedule(Math.max(lookAfterMs, settleMs))
    else if (shown.some((messages) => messages.some(({ indicator }) => indicator))) schedule(indicatorMs)
    if (!wasSeen) keepLooking()
  }

  const keepLooking = () => {
    const waitedMs = now() - startedAt
    if (waitedMs >= lookForMs) return
    for (const container of containers) roots.scan(container)
    const hidden = waitedMs >= lookForMs / 3 && !said && containers.map(reasonOf).find(Boolean)
    if (hidden) {
      said = true
      complain(`nothing can be observed in \`${selectors.observe}\`: ${hidden}`)
    }
    schedule(1_000)
  }

  const reasonOf = (container: Element): string | undefined => {
    const frame = [container, ...roots.query(container, 'iframe')].find(
      (element) => element.localName === 'iframe' && !innerTreeOf(element),
    )
    if (frame) {
      return 'it is a frame of another origin. Put the tag into the page inside the frame, or give chatlog the messages by the widget’s own events (docs/adapters.md)'
    }
    const isClosed = container.localName.includes('-') && !container.shadowRoot && !container.childElementCount
    if (isClosed) {
      return 'its shadow root is closed. Give chatlog the messages by the widget’s own events (docs/adapters.md), and the root by registerRoot'
    }
    return
  }

  observer.observe(page.document, { childList: true, subtree: true })
  roots.scan(page.document)
  lookNow(false)

  return {
    lookSoon: () => schedule(lookAfterMs),
    /** The page hides: what has changed is looked at now. */
    lookBeforeLeaving() {
      if (hasChanged() || nextSettleMs() !== null) lookNow(true)
    },
    /** A click means what was shown when it was made. */
    lookBeforeClick() {
      if (hasChanged()) lookNow(false)
    },
    isInside(element: Element): boolean {
      for (let around: Node | null = element; around; around = parentOf(around)) {
        if (containers.includes(around as Element)) return true
      }
      return false
    },
    stop() {
      observer.disconnect()
      cancel?.()
    },
  }
}
