import { isAtEdge } from './asides.ts'
import type { Placed } from './placed.ts'
import type { Roots } from './roots.ts'

/** Selectors of what marks a failure, in most widgets. */
const errorMarks = [
  '[role="alert"]',
  '[class*="error" i]',
  ...['status', 'state', 'type', 'variant', 'severity'].flatMap((name) => [
    `[data-${name}="error" i]`,
    `[data-${name}^="fail" i]`,
  ]),
  '[data-error]:not([data-error="false"])',
]

/** Names that are a failure's where nothing but that stands in a message: in an answer they may be of an admonition. */
const weakMarks =
  '[class*="-err" i],[aria-live="assertive"],[severity="error" i],[status="error" i],[type="error" i],[variant="error" i],[class*="text-red-" i],' +
  '[class*="danger" i],[class*="alert" i],[class*="failed" i],[class*="failure" i],[class*="destructive" i],[data-variant="destructive" i]'

const harmless = /(^|[\s_-])(info|success|note|tip|warning|primary|secondary|important)(?=$|[\s_-])/i

/** What marks a failure in one widget: a mark that its messages bear as a matter of course says nothing. */
export class FailureMarks {
  readonly #roots: Roots
  readonly #given: string | undefined
  #telling = errorMarks

  /** @param given the selector of `data-error`: what matches it is a failure whatever else bears it */
  constructor(roots: Roots, given: string | undefined) {
    this.#roots = roots
    this.#given = given
  }

  /** Selectors of the marks that say something of a failure in this widget, as far as its messages have shown. */
  get telling(): readonly string[] {
    return [...this.#telling, ...(this.#given ? [this.#given] : [])]
  }

  /**
   * What says in a container that something failed.
   *
   * @param onChanged the widget's messages have shown that other marks are telling than before
   */
  findIn(container: Element, messages: readonly Placed[], onChanged: () => void): Element[] {
    const given = this.#given
    const all = this.#roots
      .query(container, [...errorMarks, ...(given ? [given] : [])].join())
      .filter((failure) => !failure.hasAttribute('hidden') && failure.textContent?.trim())
    const marked = (mark: string) => all.filter((one) => one.matches(mark))
    const telling = errorMarks.filter((mark) => !isCommonplace(marked(mark), messages))
    if (telling.join() !== this.#telling.join()) {
      this.#telling = telling
      onChanged()
    }
    return all.filter((failure) => this.telling.some((mark) => failure.matches(mark)))
  }

  /** Whether all that a message says stands in something that is called a failure. */
  isAllOf(message: Element): boolean {
    const length = message.textContent?.trim().length
    return [message, ...this.#roots.query(message, weakMarks)].some(
      (one) =>
        one.matches(weakMarks) &&
        !harmless.test(one.getAttribute('class') ?? '') &&
        (one === message || one.textContent?.trim().length === length),
    )
  }

  /** Whether an element in a message says that the message failed: it isn't part of what the message says. */
  isNotice(element: Element, message: Element): boolean {
    if (this.#given && element.matches(this.#given)) return true
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
