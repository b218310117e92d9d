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

/** Names that mean a failure only where all of a message bears them: a part of an answer may be an admonition. */
const weakMarks =
  '[class*="-err" i],[aria-live="assertive"],[severity="error" i],[status="error" i],[type="error" i],[variant="error" i],[class*="text-red-" i],' +
  '[class*="danger" i],[class*="alert" i],[class*="failed" i],[class*="failure" i],[class*="destructive" i],[data-variant="destructive" i]'

const harmless = /(^|[\s_-])(info|success|note|tip|warning|primary|secondary|important)(?=$|[\s_-])/i

/** Knows which marks mean a failure in one widget: a mark that all its messages bear means nothing. */
export class FailureMarks {
  readonly #roots: Roots
  readonly #given: string | undefined
  #telling = errorMarks

  /** @param given the selector of `data-error`: what matches it is a failure whatever else bears it */
  constructor(roots: Roots, given: string | undefined) {
    this.#roots = roots
    this.#given = given
  }

  /** Selectors of the marks that mean a failure in this widget, as far as its messages have shown. */
  get telling(): readonly string[] {
    return [...this.#telling, ...(this.#given ? [this.#given] : [])]
  }

  /**
   * The elements of a container that say that something failed.
   *
   * @param onChanged called when the messages have shown that other marks mean a failure than was known before
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
 * Whether a mark says nothing of a failure: every message of the visitor bears it, or every one of several answers with
 * different texts. The widget uses such a mark to have messages read out, or on all its messages.
 */
function isCommonplace(marked: readonly Element[], messages: readonly Placed[]): boolean {
  if (!marked.length) return false
  const markOf = ({ element }: Placed) => marked.find((one) => element.contains(one))
  const questions = messages.filter(({ role }) => role === 'user')
  if (questions.length && questions.every(markOf)) return true
  const answers = messages.filter(({ role }) => role === 'assistant').map(markOf)
  return answers.every(Boolean) && new Set(answers.map((one) => one?.textContent)).size > 1
}

/**
 * Whether an element is a notice of a failure: an alert, or something called an error with nothing but buttons behind
 * it. Code and prose may speak of errors too.
 */
function isNotice(element: Element, message: Element): boolean {
  if (element.hasAttribute('hidden') || !element.textContent?.trim() || element.closest('pre,code')) return false
  return element.getAttribute('role') === 'alert' || isAtEdge(element, message, 'nextSibling', 'button,[role=button]')
}
