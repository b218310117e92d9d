import { lastOf } from '../../script/lists.ts'
import { bubblesIn } from './bubbles.ts'
import { Growth, type InPage, oldestFirst, type ToldOfOrder } from './growth.ts'
import type { ObserveSelectors } from './observe-selectors.ts'
import type { ObservedPage } from './page.ts'
import type { Placed } from './placed.ts'
import { outermost, parentOf, type Roots } from './roots.ts'

/** Finds which elements of a widget are messages, whose, and in which order they were said. */
export class MessageElements {
  readonly #selectors: ObserveSelectors
  readonly #roots: Roots
  readonly #page: ObservedPage
  readonly #reversed = new WeakMap<Node, boolean>()
  readonly #edited = new WeakSet<Element>()
  readonly #growth = new WeakMap<Element, Growth>()

  constructor(selectors: ObserveSelectors, roots: Roots, page: ObservedPage) {
    this.#selectors = selectors
    this.#roots = roots
    this.#page = page
  }

  /** The messages of a container in the order of the page; none that the visitor is still editing. */
  findIn(container: Element): Placed[] {
    return this.#all(container).filter(({ element }) => {
      const isEdited = this.#roots.query(element, 'textarea,[contenteditable]:not([contenteditable=false])').length > 0
      if (isEdited) this.#edited.add(element)
      return !isEdited
    })
  }

  /** Whether the visitor has edited what this element shows. */
  wasEdited(element: Element): boolean {
    return this.#edited.has(element)
  }

  /**
   * Messages of a container in the order in which they were said. How the list grows says what that is; before it has grown,
   * its style does.
   *
   * @param told what else says which order that is
   */
  inOrder<Item extends InPage>(container: Element, items: readonly Item[], told: ToldOfOrder): Item[] {
    const growth = this.#growth.get(container) ?? new Growth()
    this.#growth.set(container, growth)
    growth.look(items, told)
    const list = listAround(items)
    if (!list || !(growth.isNewestFirst ?? this.#isReversed(list))) return [...items]
    return oldestFirst(items, (element) => rowIn(list, element))
  }

  #all(container: Element): Placed[] {
    const { user, assistant, content, ignore } = this.#selectors
    const found = this.#roots.query(container, `${user},${assistant}`)
    const all = ignore ? found.filter((element) => !element.closest(ignore)) : found
    const roles = new Map(all.map((element) => [element, element.matches(user) ? 'user' : 'assistant'] as const))
    const wrappers = wrappersAmong(roles, container)
    return outermost(all.filter((element) => !wrappers.has(element))).flatMap((element) =>
      (content ? [element] : bubblesIn(element, this.#roots)).map((bubble) => ({
        element: bubble,
        role: roles.get(element) ?? 'assistant',
        ...(bubble !== element && { group: element }),
      })),
    )
  }

  /** Whether the list shows its first row at the bottom. Its style says so, and is asked once. */
  #isReversed(list: Element): boolean {
    const known = this.#reversed.get(list) ?? this.#page.isReversed(list)
    this.#reversed.set(list, known)
    return known
  }
}

/** The innermost element that holds all messages; none for a single one. */
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

/** Elements that match, but hold messages of the other side: they are no messages. */
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
