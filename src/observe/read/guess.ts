import { isLeftOut } from './readable-text.ts'

/** Longest value of an attribute that may say whose a message is, in UTF-16 units. */
const longestValue = 20

/** Classes that an element bears only for a moment, or that a build has made: they don't say whose a message is. */
const passing =
  /^(css|sc|jsx?|jss|emotion|svelte|v)-|^_|(^|[-_])(active|new|last|first|hover|open|enter|leave|fade|anim\w{0,40}|visible|loading|pending|sent|read|typing\w{0,40}|thinking|skeleton|placeholder)$/i

/** Whether a part of the name is a build's hash: letters and digits mixed. */
const isHash = (name: string): boolean =>
  name.split(/[-_]+/).some((part) => /\d\D+\d|[a-z]\d[a-z]/i.test(part) && part.length > 3)

/** Selectors of the names that an element bears and will bear in the widget's next build too. */
export function stableNamesOf(element: Element): string[] {
  const classes = [...element.classList].filter((name) => !passing.test(name) && !isHash(name))
  const attributes = [...element.attributes].filter(
    ({ name, value }) =>
      /^(data-.+|role|align|dir|aria-label)$/.test(name) &&
      value.length <= longestValue &&
      /^\p{L}[\p{L} _-]*$/u.test(value),
  )
  const sides = /(align-self|justify-content|text-align|float): ?(flex-)?(start|end|left|right)/.exec(
    element.getAttribute('style') ?? '',
  )
  return [
    // The name of a custom element, or of a term and its description, tells elements apart too.
    ...(/-|^d[td]$/.test(element.localName) ? [element.localName] : []),
    ...classes.map((name) => `.${name.replace(/[^\w-]/g, (sign) => `\\${sign}`)}`),
    ...attributes.map(({ name, value }) => `[${name}="${value}"]`),
    ...(sides ? [`[style*="${sides[0]}"]`] : []),
  ]
}

/** The elements that hold text of their own; none of them stands in a control or a form. */
function textElementsIn(container: Element): Element[] {
  return [...container.querySelectorAll('*')].filter(
    (element) =>
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()) &&
      !isInControl(element, container),
  )
}

function isInControl(element: Element, container: Element): boolean {
  for (let around: Element | null = element; around && around !== container; around = around.parentElement) {
    if (isLeftOut(around) || around.localName === 'form') return true
  }
  return false
}

/**
 * Finds whose messages are whose in a widget whose names say nothing to a stranger: the first row that comes after the
 * visitor has typed is a question, the row beside it that comes later is its answer.
 */
export class Guess {
  #before = new WeakSet<Element>()
  #asked: Element[] = []

  /** @returns selectors once a question and its answer stand beside each other, and names tell them apart */
  look(container: Element, hasAsked: boolean): { user: string; assistant: string } | null {
    const fresh = textElementsIn(container).filter((element) => !this.#before.has(element))
    this.#asked = this.#asked.filter(({ isConnected }) => isConnected)
    const [first] = this.#asked
    if (!hasAsked || !first) {
      this.#asked = hasAsked ? fresh : []
      for (const element of fresh) this.#before.add(element)
      return null
    }
    for (const answer of fresh) {
      for (const question of this.#asked) {
        const found = rolesOf(question, answer, first)
        if (found) return found
      }
    }
    return null
  }
}

/**
 * @param first the first element that came with the question: an answer that came with it isn't taken for the question
 */
function rolesOf(question: Element, answer: Element, first: Element): { user: string; assistant: string } | null {
  const list = around(question).find((element) => element.contains(answer))
  if (!list || list === question || list === answer) return null
  const rowOf = (one: Element) => around(one).find(({ parentElement }) => parentElement === list)
  const [asked, answered] = [rowOf(question), rowOf(answer)]
  if (!asked?.contains(first) || !answered || !standBeside(asked, answered)) return null
  const user = nameOfOnly(question, asked, answered)
  const assistant = nameOfOnly(answer, answered, asked)
  return user && assistant ? { user, assistant } : null
}

/** The element and all around it, from the inside out. */
const around = (element: Element): Element[] =>
  element.parentElement ? [element, ...around(element.parentElement)] : [element]

const standBeside = (one: Element, other: Element): boolean =>
  one.nextElementSibling === other || other.nextElementSibling === one

/** The outermost name between a row and its text that the other row bears nowhere. */
function nameOfOnly(text: Element, row: Element, other: Element): string | undefined {
  const path = around(text)
  const within = path.slice(0, path.indexOf(row) + 1).reverse()
  const isOnly = (name: string) => !other.matches(name) && !other.querySelector(name)
  // A name that a build has made stays the same until the next build, so as long as this page lives.
  return within.flatMap(stableNamesOf).find(isOnly) ?? within.flatMap(passingNamesOf).find(isOnly)
}

/** Names that a build has made, or that may mean a side or a state. */
const passingNamesOf = (element: Element): string[] =>
  [...element.classList]
    .filter((name) => isHash(name) || /(^|[-_])sent$/i.test(name))
    .map((name) => `[class~="${name}"]`)
