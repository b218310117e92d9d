import { isAtEdge } from './asides.ts'
import type { Placed } from './message-elements.ts'
import type { Roots } from './roots.ts'

/** Selectors of what marks a failure, in most widgets. */
const errorMarks = ['[role="alert"]', '[class*="error" i]']

/** What marks a failure in one widget: a mark that its messages bear as a matter of course says nothing. */
export class FailureMarks {
  readonly #roots: Roots
  #telling = errorMarks

  constructor(roots: Roots) {
    this.#roots = roots
  }

  /** Selectors of the marks that say something of a failure in this widget, as far as its messages have shown. */
  get telling(): readonly string[] {
    return this.#telling
  }

  /**
   * What says in a container that something failed.
   *
   * @param onChanged the widget's messages have shown that other marks are telling than before
   */
  findIn(container: Element, messages: readonly Placed[], onChanged: () => void): Element[] {
    const all = this.#roots
      .query(container, errorMarks.join())
      .filter((failure) => !failure.hasAttribute('hidden') && failure.textContent?.trim())
    const marked = (mark: string) => all.filter((one) => one.matches(mark))
    const telling = errorMarks.filter((mark) => !isCommonplace(marked(mark), messages))
    if (telling.join() !== this.#telling.join()) {
      this.#telling = telling
      onChanged()
    }
    return all.filter((failure) => telling.some((mark) => failure.matches(mark)))
  }

  /** Whether an element in a message says that the message failed: it isn't part of what the message says. */
  isNotice(element: Element, message: Element): boolean {
    return this.#telling.some((mark) => element.matches(mark)) && isNotice(element, message)
  }
}

/**
 * Whether a mark says nothing of a failure: each message of the visitor's bears it, or each of several answers with texts
 * of their own does. Such a mark is how the widget has messages read out, or a class of all its messages.
 */
function isCommonplace(marked: readonly Element[], messages: readonly Placed[]): boolean {
  if (!marked.length) return false
  const markOf = ({ element }: Placed) => marked.find((one) => element.contains(one))
  const questions = messages.filter(({ role }) => role === 'user')
  if (questions.length && questions.every(markOf)) return true
  const answers = messages.filter(({ role }) => role === 'assistant').map(markOf)
  return answers.every(Boolean) && new Set(answers.map((one) => one?.textContent)).size > 1
}

/** An alert, or something called an error that nothing but buttons follows: code and prose may speak of errors too. */
function isNotice(element: Element, message: Element): boolean {
  if (element.hasAttribute('hidden') || !element.textContent?.trim() || element.closest('pre,code')) return false
  return element.getAttribute('role') === 'alert' || isAtEdge(element, message, 'nextSibling', 'button,[role=button]')
}
