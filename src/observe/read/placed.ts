/** An element that is a message, and whose message it is. */
export interface Placed {
  element: Element
  role: 'user' | 'assistant'
  /** The element around it that groups several messages of one side; missing where none does. */
  group?: Element
}

/**
 * Where a row of a virtualised list is shown, as it says itself: such lists put their rows into the page in any order.
 */
const translated = /translate(?:Y\(|3d\([^,]{0,40},|\([^,]{0,40},)\s*(-?[\d.]+)px/

/** How far down its own style places a row, in pixels; `null` where it doesn't. */
function placeOf(row: Node | null): number | null {
  const style = (row as HTMLElement | null)?.style
  if (style?.position !== 'absolute') return null
  const place = translated.exec(style.transform)?.[1] ?? (/px$/.test(style.top) ? style.top : undefined)
  return place === undefined ? null : Number.parseFloat(place)
}

/** The messages in the order in which their rows are shown, where each row's style says where it stands. */
export function inPlacedOrder<Item extends Placed>(
  items: readonly Item[],
  rowOf: (element: Element) => Node | null,
): Item[] {
  const places = new Map(items.map((item) => [item, placeOf(rowOf(item.element))]))
  if ([...places.values()].includes(null)) return [...items]
  return [...items].sort((one, other) => (places.get(one) as number) - (places.get(other) as number))
}
