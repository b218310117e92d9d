import { lastOf } from '../../script/lists.ts'
import type { Placed } from './placed.ts'

/** A message in the order of the page, as far as it takes to recognise it in the next look. */
export interface InPage extends Placed {
  comparable: string
}

/** What is known of the order of messages beyond what the page shows. */
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
  /** How many messages, as a greeting, stay above the newest one. */
  #top = 0

  /** Whether the newest message stands first; `null` while nothing has told. */
  get isNewestFirst(): boolean | null {
    return this.#isNewestFirst
  }

  /**
   * Takes what a list shows now, in the order of the page. The end at which a question appears that the visitor has
   * just asked is where the list grows; older history comes at the other end.
   */
  look(now: readonly InPage[], { hasAsked, questions }: ToldOfOrder): void {
    const before = this.#before
    const [asked, askedNow] = [before.filter(isQuestion), now.filter(isQuestion)]
    if (hasAsked && before.length && askedNow.length === asked.length + 1) {
      // Answers may come and go meanwhile. Before there is a question, the greeting shows where the list grows.
      const isFirst = !asked.length
      const atEnd = isGrownAt('end', isFirst ? before : asked, isFirst ? now : askedNow)
      const atStart = isGrownAt('start', isFirst ? before : asked, isFirst ? now : askedNow)
      if (atEnd !== atStart) {
        this.#isNewestFirst = atStart
        this.#top = atStart && !isFirst ? greetingsAbove(now, before) : 0
      }
    }
    this.#before = [...now]
    this.#isNewestFirst ??= standsUpsideDown(now, questions)
  }

  /** How many of the first messages were said before all others, although they stand above the newest one. */
  topOf(now: readonly InPage[]): number {
    const first = now.findIndex(isQuestion)
    return Math.min(this.#top, first)
  }
}

/** Whether a list shows the recorded questions in the opposite order; `null` where it shows too few of them to tell. */
function standsUpsideDown(now: readonly InPage[], questions: readonly string[]): boolean | null {
  const asked = now.filter(({ role }) => role === 'user').map(({ comparable }) => questions.indexOf(comparable))
  const places = [...new Set(asked.filter((place) => place !== -1))]
  if (places.length < 2) return null
  const isDown = (place: number, index: number) => index === 0 || place < (places[index - 1] as number)
  const isUp = (place: number, index: number) => index === 0 || place > (places[index - 1] as number)
  return places.every(isDown) ? true : places.every(isUp) ? false : null
}

const isQuestion = ({ role }: InPage): boolean => role === 'user'

/** Whether a list has grown only at that end, by a question and its answer at most. */
function isGrownAt(side: 'start' | 'end', before: readonly InPage[], now: readonly InPage[]): boolean {
  const added = now.length - before.length
  if (added < 1 || added > 2) return false
  return before.every((message, index) => isSame(message, now[side === 'end' ? index : index + added]))
}

/** How many answers stand on top both before and after a question has come in below them. */
function greetingsAbove(now: readonly InPage[], before: readonly InPage[]): number {
  const top = now.findIndex((message, index) => isQuestion(message) || !isSame(message, before[index] ?? message))
  const isBelow = before[top] !== undefined && now[top] !== undefined && isQuestion(now[top])
  return isBelow && top > 0 ? top : 0
}

const isSame = (before: InPage, now: InPage | undefined): boolean =>
  before.element === now?.element || (before.role === now?.role && before.comparable === now.comparable)

/** Turns the rows of a list round whose newest row stands first; messages in one row keep their order. */
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

/** Whether each row is one message, and answers stand below their questions although the newest exchange is on top. */
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
