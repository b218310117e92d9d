import { lastOf } from '../../script/lists.ts'
import type { Placed } from './placed.ts'

/** A message in the order of the page, as far as it takes to recognise it in the next look. */
export interface InPage extends Placed {
  comparable: string
}

/** What says beyond the page itself in which order messages were said. */
export interface ToldOfOrder {
  /** The visitor has typed or clicked since the last question. */
  hasAsked: boolean
  /** Recorded questions, the oldest first, without white space. */
  questions: readonly string[]
}

/** Tells from how a list grows whether its newest message stands first. */
export class Growth {
  #before: InPage[] = []
  #isNewestFirst: boolean | null = null

  /** `null` while nothing has been seen that says so. */
  get isNewestFirst(): boolean | null {
    return this.#isNewestFirst
  }

  /**
   * Takes what a list shows now, in the order of the page. A new question at one end says where the list grows: one that the
   * visitor has just asked, since older history comes at the other end.
   */
  look(now: readonly InPage[], { hasAsked, questions }: ToldOfOrder): void {
    const before = this.#before
    const added = now.length - before.length
    if (hasAsked && before.length && added > 0 && added <= 2) {
      const atEnd = before.every((message, index) => isSame(message, now[index]))
      const atStart = before.every((message, index) => isSame(message, now[index + added]))
      const isQuestion = (messages: readonly InPage[]) => messages.filter(({ role }) => role === 'user').length === 1
      if (atEnd !== atStart && isQuestion(atEnd ? now.slice(-added) : now.slice(0, added)))
        this.#isNewestFirst = atStart
    }
    this.#before = [...now]
    this.#isNewestFirst ??= standsUpsideDown(now, questions)
  }
}

/** Compares the order of a painted history with that of what is recorded; `null` where that says nothing. */
function standsUpsideDown(now: readonly InPage[], questions: readonly string[]): boolean | null {
  const asked = now.filter(({ role }) => role === 'user').map(({ comparable }) => questions.indexOf(comparable))
  const places = [...new Set(asked.filter((place) => place !== -1))]
  if (places.length < 2) return null
  const isDown = (place: number, index: number) => index === 0 || place < (places[index - 1] as number)
  const isUp = (place: number, index: number) => index === 0 || place > (places[index - 1] as number)
  return places.every(isDown) ? true : places.every(isUp) ? false : null
}

const isSame = (before: InPage, now: InPage | undefined): boolean =>
  before.element === now?.element || (before.role === now?.role && before.comparable === now.comparable)

/** Rows of a list whose newest row stands first, the oldest first: what stands in one row keeps its order. */
export function oldestFirst<Item extends Placed>(
  items: readonly Item[],
  rowOf: (element: Element) => Node | null,
): Item[] {
  const rows: Item[][] = []
  let last: Node | null = null
  for (const item of items) {
    const row = rowOf(item.element)
    if (row === null || row !== last) rows.push([])
    lastOf(rows)?.push(item)
    last = row
  }
  return isByExchange(rows) ? byExchange(items) : rows.reverse().flat()
}

/** Whether answers stand below their questions although the newest exchange stands on top: each row is one message then. */
const isByExchange = (rows: readonly (readonly Placed[])[]): boolean =>
  rows.every(({ length }) => length === 1) && rows[0]?.[0]?.role === 'user' && lastOf(rows)?.[0]?.role === 'assistant'

function byExchange<Item extends Placed>(items: readonly Item[]): Item[] {
  const exchanges: Item[][] = []
  for (const item of items) {
    if (item.role === 'user' || !exchanges.length) exchanges.push([])
    lastOf(exchanges)?.push(item)
  }
  return exchanges.reverse().flat()
}
