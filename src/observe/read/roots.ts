import type { ObservedPage } from './page.ts'

/** A tree of the page: the document, or what stands in an open shadow root or a frame of the same origin. */
export type Tree = Document | ShadowRoot

/** Knows every tree of the page that the script can see into, and searches them all. */
export interface Roots {
  /** Looks for trees in an element that has come into the page. */
  scan(node: Node): void
  /** The elements that match, in the order of reading, those in trees beneath included. */
  query(within: Tree | Element, selector: string): Element[]
  /** The elements of this tree that hold a tree of their own. */
  hostsIn(within: Tree | Element): Element[]
}

/** The tree that an element holds: its open shadow root, or the document of a frame of the same origin. */
export function innerTreeOf(element: Element): Tree | null {
  if (element.shadowRoot) return element.shadowRoot
  return element.localName === 'iframe' ? (element as HTMLIFrameElement).contentDocument : null
}

/**
 * Finds trees as they come.
 *
 * @param onTree called once for each tree that it finds, but not for the document
 */
export function createRoots(page: ObservedPage, onTree: (tree: Tree) => void): Roots {
  const known = new WeakSet<Node>()
  const hosts = new Set<string>()
  const awaited = new Set<string>()

  const lookInto = (element: Element) => {
    const { localName } = element
    const tree = innerTreeOf(element)
    if (tree && !known.has(tree)) {
      known.add(tree)
      hosts.add(localName)
      onTree(tree)
      scan(tree)
    }
    if (localName === 'iframe' && !known.has(element)) {
      known.add(element)
      // A frame begins with an empty document, which the browser replaces once it has loaded.
      element.addEventListener('load', () => scan(element))
    }
    if (tree || !localName.includes('-') || awaited.has(localName) || page.isDefined(localName)) return
    awaited.add(localName)
    void page.whenDefined(localName).then(() => scan(page.document))
  }

  const scan = (node: Node) => {
    if (node.nodeType === 1) lookInto(node as Element)
    if (!(node as Element).firstElementChild) return
    for (const element of (node as Element).querySelectorAll('*')) lookInto(element)
  }

  const query = (within: Tree | Element, selector: string): Element[] => {
    const found: Element[] = []
    const inner = within.nodeType === 1 ? innerTreeOf(within as Element) : null
    if (inner) found.push(...query(inner, selector))
    if (!hosts.size) return [...found, ...within.querySelectorAll(selector)]
    for (const element of within.querySelectorAll(`${selector},${[...hosts].join()}`)) {
      if (element.matches(selector)) found.push(element)
      const tree = innerTreeOf(element)
      if (tree) found.push(...query(tree, selector))
    }
    return found
  }

  const hostsIn = (within: Tree | Element): Element[] =>
    hosts.size ? [...within.querySelectorAll([...hosts].join())].filter(innerTreeOf) : []

  return { scan, query, hostsIn }
}

/** The node around a node, beyond the border of its tree too. */
export function parentOf(node: Node): Node | null {
  return node.parentNode ?? (node as ShadowRoot).host ?? (node as Document).defaultView?.frameElement ?? null
}

/** The elements that stand in none of the others. */
export function outermost(elements: readonly Element[]): Element[] {
  const all = new Set<Node>(elements)
  return elements.filter((element) => {
    for (let around = parentOf(element); around; around = parentOf(around)) if (all.has(around)) return false
    return true
  })
}

/** Whether `later` stands behind `earlier` in the same tree, or inside it. */
export const follows = (earlier: Node, later: Node): boolean => (earlier.compareDocumentPosition(later) & 4) > 0
