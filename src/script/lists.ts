// The script uses these in the place of `Array.prototype.at`, `findLast` and `findLastIndex`, which some supported
// browsers lack, and of `Array.from` and `Array.prototype.entries`, which old libraries replace.
// docs/evidence/engines.md

/** The last item; `undefined` where there is none. */
export const lastOf = <Item>(items: readonly Item[]): Item | undefined => items[items.length - 1]

/** Where the last item stands that passes the test; -1 where none does. */
export function findLastIndex<Item>(items: readonly Item[], test: (item: Item, index: number) => unknown): number {
  for (let index = items.length - 1; index >= 0; index--) if (test(items[index] as Item, index)) return index
  return -1
}

/** The last item that passes the test; `undefined` where none does. */
export const findLast = <Item>(items: readonly Item[], test: (item: Item) => unknown): Item | undefined =>
  items[findLastIndex(items, test)]

/** Each item with its place. */
export const withPlaces = <Item>(items: readonly Item[]): [place: number, item: Item][] =>
  items.map((item, place) => [place, item])
