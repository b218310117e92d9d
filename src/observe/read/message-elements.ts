import type { ObserveSelectors } from './observe-selectors.ts'
import type { ObservedPage } from './page.ts'
import { outermost, parentOf, type Roots } from './roots.ts'

/** An element that is a message, and whose. */
export interface Placed {
  element: Element
  role: 'user' | 'assistant'
}

/** Finds which elements of a widget are messages, whose, and in which order they were said. */
export class MessageElements {
  readonly #selectors: ObserveSelectors
  readonly #roots: Roots
  readonly #page: ObservedPage
  readonly #reversed = new WeakMap<Node, boolean>()

  constructor(selectors: ObserveSelectors, roots: Roots, page: ObservedPage) {
    this.#selectors = selectors
    this.#roots = roots
    this.#page = page
  }

  /** The messages of a container, the oldest first; none that the visitor is still editing. */
  findIn(container: Element): Placed[] {
    const all = this.#all(container).filter(({ element }) => !this.#roots.query(element, 'textarea').length)
    const [first, last] = [all[0], all.at(-1)]
    return first && last && first !== last && this.#isReversed(first.element, last.element) ? all.reverse() : all
  }

  #all(container: Element): Placed[] {
    const { user, assistant } = this.#selectors
    const all = this.#roots.query(container, `${user},${assistant}`)
    const roles = new Map(all.map((element) => [element, element.matches(user) ? 'user' : 'assistant'] as const))
    const wrappers = wrappersAmong(roles, container)
    return outermost(all.filter((element) => !wrappers.has(element))).map((element) => ({
      element,
      role: roles.get(element) ?? 'assistant',
    }))
  }

  /** Whether the list shows its first row at the bottom. The style of what holds all messages says so, and is asked once. */
  #isReversed(first: Element, last: Element): boolean {
    let list = parentOf(first)
    while (list && !list.contains(last)) list = parentOf(list)
    if (list?.nodeType !== 1) return false
    const known = this.#reversed.get(list) ?? this.#page.isReversed(list as Element)
    this.#reversed.set(list, known)
    return known
  }
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
