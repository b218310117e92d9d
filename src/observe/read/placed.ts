/** An element that is a message, and whose message it is. */
export interface Placed {
  element: Element
  role: 'user' | 'assistant'
  /** The element around it that groups several messages of one side; missing where none does. */
  group?: Element
}

/** Where a row of a virtualised list says that it stands: such lists put any row anywhere in the page. */
const translated = /translate(?:Y\(|3d\([^,]*,|\([^,]*,)\s*(-?[\d.]+)px/

/** How far down a row is placed by its own style, in pixels; `null` where it isn't. */
function placeOf(row: Node | null): number | null {
  const style = (row as HTMLElement | null)?.style
  if (style?.position !== 'absolute') return null
  const place = translated.exec(style.transform)?.[1] ?? (/px$/.test(style.top) ? style.top : undefined)
  return place === undefined ? null : Number.parseFloat(place)
}

/** Messages in the order in which their rows are shown, where the style of each row says where that is. */
export function inPlacedOrder<Item extends Placed>(
  items: readonly Item[],
  rowOf: (element: Element) => Node | null,
): Item[] {
  const places = new Map(items.map((item) => [item, placeOf(rowOf(item.element))]))
  if ([...places.values()].includes(null)) return [...items]
  return [...items].sort((one, other) => (places.get(one) as number) - (places.get(other) as number))
}
