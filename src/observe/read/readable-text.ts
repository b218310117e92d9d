/** What a reader doesn't copy, or what isn't the message's: controls and what is typed into them above all. */
const skipped = new Set(
  'script style template noscript svg button input textarea select option iframe object embed audio video canvas time'.split(
    ' ',
  ),
)

const blocks =
  'address article aside blockquote dd details div dl dt fieldset figcaption figure footer form ' +
  'header hr li main nav ol pre section summary table tr ul caption'

/** Line breaks before and behind an element. */
const linesAround = new Map([
  ...blocks.split(' ').map((name) => [name, 1] as const),
  ...'p h1 h2 h3 h4 h5 h6'.split(' ').map((name) => [name, 2] as const),
])

const forScreenReaders = /(^|\s)(sr-only|visually-hidden|visuallyhidden|screen-reader-text)(\s|$)/

/** Elements that an author or a widget hides, as far as that can be seen without asking for style or layout. */
function isLeftOut(element: Element): boolean {
  if (skipped.has(element.localName)) return true
  // Asked first: where each word is an element of its own, all else is asked thousands of times.
  if (!element.hasAttributes()) return false
  return (
    element.hasAttribute('hidden') ||
    element.getAttribute('aria-hidden') === 'true' ||
    element.getAttribute('role') === 'button' ||
    isEditable(element) ||
    (element.hasAttribute('style') && (element as HTMLElement).style?.display === 'none') ||
    forScreenReaders.test(element.getAttribute('class') ?? '')
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
 * @param keepsLines whether the line breaks in this element's text are shown as such; asked only where there are any
 * @param apart elements in it that aren't read
 */
export function readableText(
  root: Element,
  keepsLines: (element: Element) => boolean,
  apart: readonly Element[] = [],
): string {
  let text = ''
  // Kept apart: asking a text that has just grown for its last sign copies all of it, word by word.
  let endsInSpace = false
  let breaks = 0
  let space = false

  const breakLine = (lines: number) => {
    breaks = Math.max(breaks, lines)
    space = false
  }
  const write = (words: string) => {
    if (text && breaks) text += '\n'.repeat(breaks)
    else if (text && space && !endsInSpace) text += ' '
    breaks = 0
    space = false
    text += words
    endsInSpace = /\s$/.test(words)
  }

  const writeText = (given: string, parent: Element, inPre: boolean) => {
    const data = withoutZeroWidthEnds(given.replace(/\u00a0/g, ' '))
    if (inPre || (mayBeLines(data, parent) && keepsLines(parent))) return write(data)
    const words = data.trim().replace(/\s+/g, ' ')
    space ||= /^\s/.test(data)
    if (!words) return
    write(words)
    space = /\s$/.test(data.slice(-1))
  }

  const visit = (node: Node, inPre: boolean): void => {
    if (node.nodeType === 3) {
      const parent = node.parentElement ?? root
      if ((node as Text).data) writeText((node as Text).data, parent, inPre)
    } else if (
      node.nodeType === 1 &&
      (node === root || !(isLeftOut(node as Element) || apart.includes(node as Element)))
    ) {
      visitElement(node as Element, inPre)
    }
  }

  const visitElement = (element: Element, inPre: boolean) => {
    const { localName } = element
    if (localName === 'br') {
      breaks++
      space = false
    } else if (localName === 'img') {
      const alt = element.getAttribute('alt') ?? ''
      if (/\p{Extended_Pictographic}/u.test(alt)) write(alt)
    } else {
      const lines = linesAround.get(localName) ?? 0
      if (lines) breakLine(lines)
      if ((localName === 'td' || localName === 'th') && element.previousElementSibling) write('\t')
      const children = childNodesOf(element)
      for (let index = 0; index < children.length; index++) {
        visit(children[index] as Node, inPre || localName === 'pre')
      }
      if (localName === 'pre') {
        text = text.replace(/(?<!\n)\n+$/, '')
        endsInSpace = /\s$/.test(text.slice(-1))
      }
      if (lines) breakLine(lines)
    }
  }

  visit(root, false)
  // The last sign may be the caret that widgets draw behind an answer that is still coming.
  return text.replace(/^\n+|(?<![\s▋▌▍▎█])[\s▋▌▍▎█]+$/g, '')
}
