/** What a reader doesn't copy, or what isn't the message's: controls and what is typed into them above all. */
const skipped = new Set(
  'script style template noscript svg button input textarea select option iframe object embed audio video canvas time'.split(
    ' ',
  ),
)

const blocks = new Set(
  (
    'address article aside blockquote dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hr li main nav ol p pre section summary table tr ul caption'
  ).split(' '),
)

const forScreenReaders = /(^|\s)(sr-only|visually-hidden|visuallyhidden|screen-reader-text)(\s|$)/

/** Elements that an author or a widget hides, as far as that can be seen without asking for style or layout. */
function isLeftOut(element: Element): boolean {
  const { localName } = element
  return (
    skipped.has(localName) ||
    element.hasAttribute('hidden') ||
    element.getAttribute('aria-hidden') === 'true' ||
    element.getAttribute('role') === 'button' ||
    isEditable(element) ||
    (element as HTMLElement).style?.display === 'none' ||
    forScreenReaders.test(element.getAttribute('class') ?? '')
  )
}

const isEditable = (element: Element): boolean =>
  element.hasAttribute('contenteditable') && element.getAttribute('contenteditable') !== 'false'

/** Not the indentation of a template between its elements. */
const mayBeLines = (data: string, parent: Element): boolean =>
  data.includes('\n') && (parent.childNodes.length === 1 || /\S/.test(data))

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
  let breaks = 0
  let space = false

  const breakLine = (lines: number) => {
    breaks = Math.max(breaks, lines)
    space = false
  }
  const write = (words: string) => {
    if (text && breaks) text += '\n'.repeat(breaks)
    else if (text && space && !/\s$/.test(text)) text += ' '
    breaks = 0
    space = false
    text += words
  }

  const writeText = (given: string, parent: Element, inPre: boolean) => {
    const data = given.replace(/\u00a0/g, ' ')
    if (inPre || (mayBeLines(data, parent) && keepsLines(parent))) return write(data)
    const words = data.trim().replace(/\s+/g, ' ')
    space ||= /^\s/.test(data)
    if (!words) return
    write(words)
    space = /\s$/.test(data)
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
      const lines = /^(p|h\d)$/.test(localName) ? 2 : blocks.has(localName) ? 1 : 0
      if (lines) breakLine(lines)
      if (/^t[dh]$/.test(localName) && element.previousElementSibling) write('\t')
      for (const child of Array.from(childNodesOf(element))) visit(child, inPre || localName === 'pre')
      if (localName === 'pre') text = text.replace(/\n+$/, '')
      if (lines) breakLine(lines)
    }
  }

  visit(root, false)
  // The last sign may be the caret that widgets draw behind an answer that is still coming.
  return text.replace(/^\n+|[\s▋▌▍▎█]+$/g, '')
}
