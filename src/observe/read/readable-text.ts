import { withoutEnd } from '../../privacy/without-end.ts'

/** What a reader doesn't copy, or what isn't the message's: controls and what is typed into them above all. */
const skipped = new Set(
  'script style template noscript svg button input textarea select option iframe object embed audio video canvas time annotation'.split(
    ' ',
  ),
)

/** Roles of what is operated. */
const controls = new Set(
  'button menuitem menu tab tablist toolbar tooltip switch checkbox radio combobox slider progressbar separator'.split(
    ' ',
  ),
)

const isLineNumber = /(^|[\s-])(line-?numbers?|line-?nos?|ln-numbers?|blob-num)(?=\s|$)/i

const blocks =
  'address article aside blockquote dd details div dl dt fieldset figcaption figure footer form ' +
  'header hr li main nav ol pre section summary table tr ul caption'

/** Line breaks before and behind an element. */
const linesAround = new Map([
  ...blocks.split(' ').map((name) => [name, 1] as const),
  ...'p h1 h2 h3 h4 h5 h6'.split(' ').map((name) => [name, 2] as const),
])

/** Behind any prefix: `pf-v6-screen-reader`, but not what shows such text again. */
const forScreenReaders =
  /(?:^|[^a-z\d])(sr-only|visually-?hidden|visually-?hide|screen-?reader(-?(text|only))?|hidden-visually|assistive-?text|off-?screen|a11y-?(hidden|only|text)|accessib(le|ly|ility)-?(hid(den|e)|text|only)|hidden-accessible)(?![a-z\d])/i

/** Controls, and elements that an author or a widget hides, as far as that can be seen without asking for style or layout. */
export function isLeftOut(element: Element): boolean {
  if (skipped.has(element.localName)) return !isLinkInProse(element)
  // Asked first: where each word is an element of its own, all else is asked thousands of times.
  if (!element.hasAttributes()) return false
  return (
    element.hasAttribute('hidden') ||
    element.getAttribute('aria-hidden') === 'true' ||
    controls.has(element.getAttribute('role') ?? '') ||
    isLineNumber.test(element.getAttribute('class') ?? '') ||
    isEditable(element) ||
    (element.hasAttribute('style') && (element as HTMLElement).style?.display === 'none') ||
    forScreenReaders.test((element.getAttribute('class') ?? '').replace(/not-/gi, 'not'))
  )
}

/** Some widgets draw a link in a sentence as a button, so that they can ask before they follow it. */
function isLinkInProse(element: Element): boolean {
  if (element.localName !== 'button' || !element.parentElement?.matches('p,li,td,dd,blockquote,em,strong')) return false
  const beside = [element.previousSibling, element.nextSibling]
  return (
    beside.some((node) => node?.nodeType === 3 && /[\p{L}\p{N}]/u.test(node.textContent ?? '')) &&
    (element.textContent?.trim().length ?? 0) > 3
  )
}

const isEditable = (element: Element): boolean =>
  element.hasAttribute('contenteditable') && element.getAttribute('contenteditable') !== 'false'

/** Not the indentation of a template between its elements. */
const mayBeLines = (data: string, parent: Element): boolean =>
  data.includes('\n') && (parent.childNodes.length === 1 || /\S/.test(data))

/** Some widgets put spaces of no width around a link or a caret. Within words a language may need them. */
function withoutZeroWidthEnds(data: string): string {
  const isZeroWidth = (at: number) => data[at] === '\u200b' || data[at] === '\ufeff'
  let start = 0
  let end = data.length
  while (start < end && isZeroWidth(start)) start++
  while (end > start && isZeroWidth(end - 1)) end--
  return start || end < data.length ? data.slice(start, end) : data
}

/** What stands in an element, an open shadow root and what is slotted into it included. */
export function childNodesOf(element: Element): ArrayLike<Node> {
  const assigned = element.localName === 'slot' ? (element as HTMLSlotElement).assignedNodes?.() : undefined
  return assigned?.length ? assigned : (element.shadowRoot ?? element).childNodes
}

/**
 * The text of an element as a reader would copy it: paragraphs apart by an empty line, list items, rows and code in
 * lines, cells apart by a tab. Nothing is read from inputs, and the browser is never asked for layout.
 *
 * @param style what is asked of an element's style: `keepsLines` only where its text has line breaks, `isBlock` only of
 * elements that have attributes
 * @param apart elements in it that aren't read
 */
export function readableText(root: Element, style: TextStyle, apart: readonly Node[] = []): string {
  const reading = new Reading(root, style, apart)
  return reading.text
}

/** What the text of an element depends on beyond its tags. */
export interface TextStyle {
  /** Whether line breaks in the element's text are shown as such. */
  keepsLines(element: Element): boolean
  /** Whether an element that is none by its tag begins a line of its own. */
  isBlock(element: Element): boolean
}

/** One way through an element, from its first word to its last. */
class Reading {
  readonly #root: Element
  readonly #style: TextStyle
  readonly #apart: readonly Node[]
  readonly #lines = new Lines()

  constructor(root: Element, style: TextStyle, apart: readonly Node[]) {
    this.#root = root
    this.#style = style
    this.#apart = apart
    this.#visit(root, false)
  }

  get text(): string {
    // Many widgets draw a caret behind an answer that is still coming: it is the last sign then.
    return withoutEnd(this.#lines.text, /[\s▋▌▍▎█]/).replace(/^\n+/, '')
  }

  #visit(node: Node, inPre: boolean): void {
    if (node.nodeType === 3) {
      const { data } = node as Text
      if (data && !this.#apart.includes(node)) this.#readText(data, node.parentElement ?? this.#root, inPre)
    } else if (node.nodeType === 1) {
      const element = node as Element
      if (node === this.#root || !(isLeftOut(element) || this.#apart.includes(element)))
        this.#visitElement(element, inPre)
    }
  }

  #visitElement(element: Element, inPre: boolean): void {
    const { localName } = element
    if (localName === 'br') {
      this.#lines.addBreak()
      return
    }
    if (localName === 'img') {
      const alt = element.getAttribute('alt') ?? ''
      if (/\p{Extended_Pictographic}/u.test(alt)) this.#lines.write(alt)
      return
    }
    const lines = linesAround.get(localName) ?? (element.hasAttributes() && this.#style.isBlock(element) ? 1 : 0)
    if (lines) this.#lines.breakLine(lines)
    if (localName === 'td' || localName === 'th') this.#separateCell(element.previousElementSibling)
    const children = childNodesOf(element)
    for (let index = 0; index < children.length; index++) {
      this.#visit(children[index] as Node, inPre || localName === 'pre')
    }
    if (localName === 'pre') this.#lines.dropLastBreaks()
    if (lines) this.#lines.breakLine(lines)
  }

  #separateCell(before: Element | null): void {
    if (before && !isLeftOut(before) && !this.#apart.includes(before)) this.#lines.write('\t')
  }

  #readText(given: string, parent: Element, inPre: boolean): void {
    const data = withoutZeroWidthEnds(given.replace(/\u00a0/g, ' '))
    if (inPre || (mayBeLines(data, parent) && this.#style.keepsLines(parent))) this.#lines.write(data)
    else this.#lines.writeWords(data)
  }
}

/** Text as it grows, with the line breaks and spaces that are owed before the next word. */
class Lines {
  text = ''
  /** Kept apart: asking a text that has just grown for its last sign makes the engine copy all of it, word by word. */
  #endsInSpace = false
  #breaks = 0
  #space = false

  addBreak(): void {
    this.#breaks++
    this.#space = false
  }

  /** The next word stands at least so many lines below. */
  breakLine(lines: number): void {
    this.#breaks = Math.max(this.#breaks, lines)
    this.#space = false
  }

  write(words: string): void {
    if (this.text && this.#breaks) this.text += '\n'.repeat(this.#breaks)
    else if (this.text && this.#space && !this.#endsInSpace) this.text += ' '
    this.#breaks = 0
    this.#space = false
    this.text += words
    this.#endsInSpace = /\s$/.test(words)
  }

  /** Words as prose is shown: any white space is one space, between two words alone. */
  writeWords(data: string): void {
    const words = data.trim().replace(/\s+/g, ' ')
    this.#space ||= /^\s/.test(data)
    if (!words) return
    this.write(words)
    this.#space = /\s$/.test(data.slice(-1))
  }

  dropLastBreaks(): void {
    this.text = withoutEnd(this.text, /\n/)
    this.#endsInSpace = /\s$/.test(this.text.slice(-1))
  }
}
