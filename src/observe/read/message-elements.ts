import { lastOf } from '../../script/lists.ts'
import { Bubbles } from './bubbles.ts'
import { Growth, type InPage, oldestFirst, type ToldOfOrder } from './growth.ts'
import type { ObserveSelectors } from './observe-selectors.ts'
import type { ObservedPage } from './page.ts'
import { inPlacedOrder, type Placed } from './placed.ts'
import { outermost, parentOf, type Roots } from './roots.ts'

/** Finds which elements of a widget are messages, whose they are, and in which order they were said. */
export class MessageElements {
  readonly #selectors: ObserveSelectors
  readonly #roots: Roots
  readonly #page: ObservedPage
  readonly #reversed = new WeakMap<Node, boolean>()
  /** How often the visitor has edited what an element shows. */
  readonly #edits = new WeakMap<Element, number>()
  readonly #editing = new WeakSet<Element>()
  readonly #bubbles: Bubbles
  readonly #growth = new WeakMap<Element, Growth>()

  constructor(selectors: ObserveSelectors, roots: Roots, page: ObservedPage) {
    this.#selectors = selectors
    this.#roots = roots
    this.#page = page
    this.#bubbles = new Bubbles(roots)
  }

  /**
   * The messages of a container in the order of the page, without those that the visitor is editing.
   *
   * @param hasAsked the visitor has typed or clicked since the last question
   */
  findIn(container: Element, hasAsked: boolean): Placed[] {
    const all = this.#all(container, hasAsked)
    const list = listAround(all)
    const placed = list ? inPlacedOrder(all, (element) => rowIn(list, element)) : all
    return placed.filter(({ element }) => {
      const isEdited = this.#roots.query(element, 'textarea,[contenteditable]:not([contenteditable=false])').length > 0
      if (isEdited && !this.#editing.has(element)) this.#edits.set(element, this.editsOf(element) + 1)
      if (isEdited) this.#editing.add(element)
      else this.#editing.delete(element)
      return !isEdited
    })
  }

  /** How often the visitor has edited what this element shows. */
  editsOf(element: Element): number {
    return this.#edits.get(element) ?? 0
  }

  /**
   * Messages of a container in the order in which they were said. How the list grows says what that is; before it has
   * grown, its style does.
   *
   * @param told what is known of the order beyond the page
   */
  inOrder<Item extends InPage>(container: Element, items: readonly Item[], told: ToldOfOrder): Item[] {
    const growth = this.#growth.get(container) ?? new Growth()
    this.#growth.set(container, growth)
    growth.look(items, told)
    const list = listAround(items)
    if (!list || !(growth.isNewestFirst ?? this.#isReversed(list))) return [...items]
    const top = growth.topOf(items)
    return [...items.slice(0, top), ...oldestFirst(items.slice(top), (element) => rowIn(list, element))]
  }

  #all(container: Element, hasAsked: boolean): Placed[] {
    const { user, assistant, content, ignore } = this.#selectors
    const found = this.#roots.query(container, `${user},${assistant}`)
    const all = ignore ? found.filter((element) => !element.closest(ignore)) : found
    const roles = new Map(all.map((element) => [element, element.matches(user) ? 'user' : 'assistant'] as const))
    const wrappers = wrappersAmong(roles, container)
    return outermost(all.filter((element) => !wrappers.has(element))).flatMap((element) => {
      const role = roles.get(element) ?? 'assistant'
      const bubbles = content ? [element] : this.#bubbles.findIn(element, role === 'user', hasAsked)
      return bubbles.map((bubble) => ({ element: bubble, role, ...(bubble !== element && { group: element }) }))
    })
  }

  /** Whether the list's style shows its first row at the bottom. Asks for the style once a list. */
  #isReversed(list: Element): boolean {
    const known = this.#reversed.get(list) ?? this.#page.isReversed(list)
    this.#reversed.set(list, known)
    return known
  }
}

/** The innermost element that holds all messages; `null` for a single one. */
function listAround(items: readonly Placed[]): Element | null {
  const [first, last] = [items[0]?.element, lastOf(items)?.element]
  if (!first || !last || first === last) return null
  let list = parentOf(first)
  while (list && !list.contains(last)) list = parentOf(list)
  return list?.nodeType === 1 ? (list as Element) : null
}

/** The child of the list that a message is, or stands in. */
function rowIn(list: Element, element: Element): Node | null {
  let row: Node | null = element
  while (row && parentOf(row) !== list) row = parentOf(row)
  return row
}

/** Elements that match a selector but hold messages of the other side, and so are no messages. */
function wrappersAmong(roles: ReadonlyMap<Element, Placed['role']>, container: Element): Set<Node> {
  const wrappers = new Set<Node>()
  for (const [element, role] of roles) {
    for (let around = parentOf(element); around && around !== container; around = parentOf(around)) {
      const other = roles.get(around as Element)
      if (other && other !== role) wrappers.add(around)
    }
  }
  return wrappers
}
