import type { Placed } from './placed.ts'
import { comparable } from './text-change.ts'
import { mayBeTime } from './times.ts'

/** How many messages of one side it takes to say what all of them bear. */
const leastAlike = 2

/** Something at one end of a message that may be a label. */
export interface Edge {
  /** Its shape and its text; all times count as one text. */
  key: string
  /** The end at which it stands, its element and its class. */
  shape: string
  text: string
  /** It has a class, and its neighbours are other elements or have other classes. */
  isApart: boolean
  /** It is a word in a line, or plain text: it is a label only if the other side's messages begin or end so too. */
  isInLine: boolean
}

/** A message that was read, as far as it takes to compare its ends. */
export interface LabelledRead {
  comparable: string
  edges: readonly Edge[]
}

/**
 * Describes an element that stands at an end of a message.
 *
 * @param next the node beside it, further inside the message
 */
export function edgeOf(node: Element | Text, text: string, side: 'start' | 'end', next?: Node): Edge {
  const nameOf = (one: Element | null) => `${one?.localName}|${one?.getAttribute('class') ?? ''}`
  const element = node.nodeType === 1 ? (node as Element) : null
  const name = nameOf(element)
  const shape = `${side}|${name}`
  const neighbours = [node.previousElementSibling, node.nextElementSibling].map(nameOf)
  const isApart = element?.hasAttribute('class') === true && !neighbours.includes(name)
  const isInLine = !element || next?.nodeType === 3
  return { key: `${shape}|${mayBeTime(text) ? '\u23f1' : text}`, shape, text, isApart, isInLine }
}

/**
 * Learns by comparing messages what a widget writes at their ends: names, times, words for screen readers, and states
 * that move from one message to the next.
 */
export class Labels {
  readonly #known = { user: new Set<string>(), assistant: new Set<string>() }
  /** What the last look found for each shape: what messages said beside such a label, and what the label said. */
  readonly #borne: Record<Placed['role'], Borne> = { user: new Map(), assistant: new Map() }

  /** Whether something at an end of a message of this side is a label. */
  has(role: Placed['role'], { key, shape }: Edge): boolean {
    const known = this.#known[role]
    return known.has(key) || known.has(shape)
  }

  /**
   * Compares the ends of all messages with each other.
   *
   * @param hasAsked the visitor has done something since the last question: another question may stand in its place now
   * @returns whether there is a label that wasn't known
   */
  compare(reads: readonly { role: Placed['role']; read: LabelledRead }[], hasAsked: boolean): boolean {
    let hasFound = false
    for (const role of ['user', 'assistant'] as const) {
      const own = reads.filter((one) => one.role === role).map(({ read }) => read)
      const others = reads.filter((one) => one.role !== role).map(({ read }) => read)
      const [firsts, lasts] = [-1, 1].map((step) =>
        reads.filter((one, at) => one.role === role && reads[at + step]?.role !== role).map(({ read }) => read),
      ) as [LabelledRead[], LabelledRead[]]
      const inRuns = [...sharedBy(firsts, [], { apartAt: 'start' }), ...sharedBy(lasts, [], { apartAt: 'end' })]
      const knownOfOthers = this.#known[role === 'user' ? 'assistant' : 'user']
      for (const found of [
        ...sharedBy(own, others, { knownOfOthers }),
        ...inRuns,
        ...this.#movedIn(role, own, hasAsked),
      ]) {
        if (this.#known[role].has(found)) continue
        this.#known[role].add(found)
        hasFound = true
      }
    }
    return hasFound
  }

  /**
   * Shapes that a message has lost since the last look, or, in a question, in which the text has changed while the rest
   * is the same.
   */
  #movedIn(role: Placed['role'], reads: readonly LabelledRead[], hasAsked: boolean): string[] {
    const before = this.#borne[role]
    const now = borneBy(reads, role === 'assistant')
    this.#borne[role] = now
    const wholes = new Set(reads.map((read) => read.comparable))
    return [...before].flatMap(([shape, said]) =>
      [...said].some(([rest, text]) => {
        const after = now.get(shape)?.get(rest)
        return after === undefined
          ? wholes.has(rest)
          : role === 'user' && !hasAsked && text !== null && after !== null && after !== text
      })
        ? [shape]
        : [],
    )
  }
}

/**
 * By shape, and by what a message says beside the label: the label's text; `null` where several messages say the same.
 */
type Borne = Map<string, Map<string, string | null>>

function borneBy(reads: readonly LabelledRead[], onlyApart: boolean): Borne {
  const borne: Borne = new Map()
  for (const { comparable: whole, edges } of reads) {
    for (const edge of edges) {
      const rest = without(whole, edge)
      if (!rest || (onlyApart && !edge.isApart)) continue
      const said = borne.get(edge.shape) ?? new Map<string, string | null>()
      borne.set(edge.shape, said.set(rest, said.has(rest) ? null : edge.text))
    }
  }
  return borne
}

/** Whether a message still says the same, without a label that it bore at one end. */
export const hasLostEdge = (before: LabelledRead, { comparable: after }: LabelledRead): boolean =>
  before.edges.some((edge) => edge.isApart && without(before.comparable, edge) === after)

/** The text (`comparable`) without the label at its end; `''` where the label doesn't stand there. */
function without(whole: string, { shape, text }: Edge): string {
  const label = comparable(text)
  if (shape.startsWith('start')) return whole.startsWith(label) ? whole.slice(label.length) : ''
  return whole.endsWith(label) ? whole.slice(0, -label.length) : ''
}

/**
 * Keys of the labels that all messages of a side bear; where several people speak, of those that each bear twice or
 * more.
 *
 * @param knownOfOthers keys that are known to be labels of the other side
 * @param apartAt these are the first, or the last, of the messages that somebody says in a row: only what stands apart
 *   from
 * the text at that end is a label of theirs
 */
function sharedBy(
  own: readonly LabelledRead[],
  others: readonly LabelledRead[],
  { apartAt, knownOfOthers = new Set() }: { apartAt?: 'start' | 'end'; knownOfOthers?: ReadonlySet<string> },
): string[] {
  const distinct = (reads: readonly LabelledRead[]) => new Set(reads.map((read) => read.comparable)).size
  return (own[0]?.edges ?? []).flatMap(({ key, shape, isApart, isInLine }) => {
    const hasShape = ({ edges }: LabelledRead) => edges.some((edge) => edge.shape === shape)
    // A label that is known of the other side is cut off there, and isn't among that side's edges any more.
    const isKnown = [...knownOfOthers].some((one) => one.startsWith(`${shape}|`))
    if (isInLine && !isKnown && !(others.length && others.every(hasShape))) return []
    if (apartAt && !(isApart && shape.startsWith(apartAt))) return []
    const bears = ({ edges }: LabelledRead) => edges.some((edge) => edge.key === key)
    if (own.every(bears)) {
      // A time that a question and its answer both bear is a label already; other texts need two messages of a side.
      const isTime = key.endsWith('\u23f1') && others.length > 0 && others.every(bears)
      return isTime || distinct(own) >= leastAlike ? [key] : []
    }
    if (!isApart) return []
    const inShape = own.map(({ edges }) => edges.find((edge) => edge.shape === shape && edge.isApart)?.key)
    const isRepeated = (one: string | undefined) => one && inShape.filter((other) => other === one).length >= leastAlike
    return inShape.every(isRepeated) ? ([...new Set(inShape)] as string[]) : []
  })
}
