import { stableNamesOf } from '../../observe/read/guess.ts'
import { parentOf } from '../../observe/read/roots.ts'

/** An id that a library counts or makes up: another one in the next page. */
const passingId = /\d{2,}|^(radix|headlessui|react-aria|mui|ember|chakra|:r)|[:«»]/i

/** What would stand at every place of a page by chance. */
const everywhere = /^(div|span|p|ul|ol|li|a|b|i|em|strong|section|article|main|body|html|table|tbody|tr|td)$/

/** Utilities that say how an element looks, and not what it is: they change with the next design. */
const utility =
  /^\.?(\[|-?(m|p)[trblxyse]?-|(min-|max-)?[wh]-|flex|grid|block|inline|hidden|relative|absolute|sticky|text-(xs|sm|base|lg|xl|\d|left|center|right|gray|slate|white|black)|bg-|font-|leading-|tracking-|rounded|border|shadow|gap-|space-|overflow-|z-|opacity-|transition|duration-|ease-|animate-|prose|whitespace-|break-|truncate|items-|content-|order-|col-|row-|cursor-|select-|pointer-|sm\\?:|md\\?:|lg\\?:|dark\\?:|hover\\?:|group)/

/** From an element outwards, through the borders of trees. */
export function pathFrom(element: Element, until?: Element): Element[] {
  const path: Element[] = []
  for (let around: Node | null = element; around && around !== until; around = parentOf(around)) {
    if (around.nodeType === 1) path.push(around as Element)
  }
  return path
}

/** Simple selectors of an element that hold in the next build too, what it is before how it looks. */
export function namesOf(element: Element): string[] {
  const all = stableNamesOf(element)
  const [plain, looks] = [all.filter((name) => !utility.test(name)), all.filter((name) => utility.test(name))]
  const tag = everywhere.test(element.localName) ? [] : [element.localName]
  return [...new Set([...plain, ...tag, ...looks])]
}

/** `#id`, where it is one that the next page has too. */
export function idOf({ id }: Element): string | null {
  return id && !passingId.test(id) ? `#${CSS.escape(id)}` : null
}
