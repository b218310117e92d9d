import { outermost, type Roots } from './roots.ts'

/** A class that a single message has in most widgets that put several into one group. */
const bubbleClass = /(^|[-_])(chat-?)?(message-?)?(bubble|message|msg)$/i

/** Finds the messages in elements that group those of one side. */
export class Bubbles {
  readonly #roots: Roots
  /** What each of the visitor's groups held at the last look. */
  readonly #before = new WeakMap<Element, Element[]>()
  /** Selectors of bubbles whose names say nothing, as groups have shown them by growing. */
  readonly #learnt = new Set<string>()

  constructor(roots: Roots) {
    this.#roots = roots
  }

  /**
   * The messages in an element: its outermost elements that share a class of a bubble, where there are several of them
   * with a text each. An answer of several paragraphs is one message.
   *
   * @param isVisitors whether the group is the visitor's
   * @param hasAsked whether the visitor has said something: an element that comes into their group is another message
   *   then
   */
  findIn(group: Element, isVisitors: boolean, hasAsked: boolean): Element[] {
    const called = this.#calledSo(group)
    if (called) return called
    const timed = timedIn(group)
    if (timed.length > 1) return timed
    if (isVisitors) this.#learn(group, hasAsked)
    for (const name of this.#learnt) {
      const all = outermost(this.#roots.query(group, name)).filter(hasText)
      if (all.length > 1) return all
    }
    return [group]
  }

  #calledSo(group: Element): Element[] | null {
    const byClass = new Map<string, Element[]>()
    for (const element of this.#roots.query(group, '[class*="bubble" i],[class*="message" i],[class*="msg" i]')) {
      if (element.matches('p,span,a,button')) continue
      const name = [...element.classList].find((one) => bubbleClass.test(one))
      if (name && hasText(element)) byClass.set(name, [...(byClass.get(name) ?? []), element])
    }
    const groups = [...byClass.values()].map((bubbles) => outermost(bubbles))
    return groups.find(({ length }) => length > 1) ?? null
  }

  /**
   * An element that comes beside one of the same class which stays, right after the visitor has said something, is a
   * bubble.
   */
  #learn(group: Element, hasAsked: boolean): void {
    const before = this.#before.get(group)
    const now = [...group.querySelectorAll('[class]')].filter(hasText)
    this.#before.set(group, now)
    if (!before || !hasAsked) return
    for (const one of now) {
      const beside = one.previousElementSibling ?? one.nextElementSibling
      if (before.includes(one) || !beside || !before.includes(beside) || beside.localName !== one.localName) continue
      if (beside.className !== one.className || one.matches('p,li,span,a,td,tr')) continue
      this.#learnt.add([...one.classList].map((name) => `[class~="${name.replace(/["\\]/g, '\\$&')}"]`).join(''))
    }
  }
}

const hasText = (element: Element): boolean => Boolean(element.textContent?.trim())

/**
 * The children of a group where all are of one class and have a time each: those are bubbles, whatever they are called.
 */
function timedIn(group: Element): Element[] {
  const [time] = group.querySelectorAll('time')
  if (!time) return []
  let bubble: Element = time
  while (bubble.parentElement && bubble.parentElement !== group) bubble = bubble.parentElement
  const name = bubble.getAttribute('class')
  const all = [...group.children].filter(
    (one) => one.localName === bubble.localName && one.getAttribute('class') === name,
  )
  return name && all.every((one) => one.querySelector('time') && one.textContent?.trim()) ? all : []
}
