import { withoutEnd } from '../../privacy/without-end.ts'

/** Elements that a reader wouldn't copy, or that aren't the message's: controls, and what is typed into them. */
const skipped = new Set(
  'script style template noscript svg button input textarea select option iframe object embed audio video canvas time annotation'.split(
    ' ',
  ),
)

/** Roles of controls. */
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

/** Classes of text for screen readers, also behind a prefix (`pf-v6-screen-reader`); `not-sr-only` isn't one. */
const forScreenReaders =
  /(?:^|[^a-z\d])(sr-only|visually-?hidden|visually-?hide|screen-?reader(-?(text|only))?|hidden-visually|assistive-?text|off-?screen|a11y-?(hidden|only|text)|accessib(le|ly|ility)-?(hid(den|e)|text|only)|hidden-accessible)(?![a-z\d])/i

/**
 * Whether an element is a control or hidden, as far as that can be told without asking the browser for style or layout.
 */
export function isLeftOut(element: Element): boolean {
  if (skipped.has(element.localName)) return !isLinkInProse(element)
  // This comes first: a widget may put each word into an element, and then the rest would run thousands of times.
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

/** Whether a button is a link in a sentence: some widgets draw it so, to ask the reader before they follow it. */
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

/** Whether line breaks in a text may be shown: those between elements are only a template's indentation. */
const mayBeLines = (data: string, parent: Element): boolean =>
  data.includes('\n') && (parent.childNodes.length === 1 || /\S/.test(data))

/**
 * The text without spaces of no width at its ends, as widgets put around links and carets. Within words they may
 * belong.
 */
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
 * @param style answers questions about styles: `keepsLines` is asked only where a text has line breaks, `isBlock` only
 *   of elements with attributes
 * @param apart elements that it leaves out
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
    // Many widgets draw a caret behind an answer that is still coming, as its last sign.
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
  /**
   * Kept beside the text: reading the last sign of a text that has just grown makes the engine copy all of it each
   * time.
   */
  #endsInSpace = false
  #breaks = 0
  #space = false

  addBreak(): void {
    this.#breaks++
    this.#space = false
  }

  /** Puts the next word at least so many lines further down. */
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

  /** Writes words as prose is shown: white space of any length is one space, and stands only between two words. */
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
