import type { Pieces } from './pieces.ts'

/** Elements whose content nobody reads. */
const unread = /^(style|script|template|noscript|head|title)$/

/** Elements that begin a line. */
const blocks =
  /^(address|article|aside|blockquote|br|dd|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|tr|ul)$/

const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  times: '×',
  deg: '°',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  para: '¶',
  larr: '←',
  rarr: '→',
  check: '✓',
  szlig: 'ß',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ntilde: 'ñ',
}

/** Text with its character references as a browser shows them; one that is not known stays as it is. */
export const withoutReferences = (html: string): string =>
  html.replace(/&(#x[\da-f]{1,6}|#\d{1,7}|[a-z]{2,8});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return Object.keys(named).includes(name) ? (named[name] as string) : whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole
  })

interface Tag {
  name: string
  isEnd: boolean
  attributes: string
}

/** Markup in pieces: text, and tags. What is no tag, as in `2 < 3`, is text; comments are left out. */
function* tokensOf(html: string): Generator<string | Tag> {
  let at = 0
  while (at < html.length) {
    const start = html.indexOf('<', at)
    if (start < 0) return yield html.slice(at)
    if (start > at) yield html.slice(at, start)
    const [, slash, name] = /^<(\/?)([a-z][\w-]{0,30})/i.exec(html.slice(start, start + 40)) ?? []
    const isComment = html.startsWith('<!--', start)
    const isTag = name !== undefined || isComment || /^<[!?]/.test(html.slice(start, start + 2))
    const end = !isTag ? start : isComment ? html.indexOf('-->', start) : endOfTag(html, start)
    // A tag without an end is what a browser shows nothing of; kept all the same, it may be what somebody wrote.
    if (end < 0) return yield html.slice(start)
    if (!isTag) yield '<'
    if (name !== undefined && !isComment) {
      yield { name: name.toLowerCase(), isEnd: !!slash, attributes: html.slice(start + 1 + name.length, end) }
    }
    at = end + (isComment ? 3 : 1)
  }
}

/** Where a tag ends: a `>` inside a value in quotes is none. */
function endOfTag(html: string, start: number): number {
  let quote = ''
  for (let at = start + 1; at < html.length; at++) {
    const sign = html[at] as string
    if (quote) quote = sign === quote ? '' : quote
    else if (sign === '>') return at
    else if ((sign === '"' || sign === "'") && html[at - 1] === '=') quote = sign
  }
  return -1
}

function attributeOf(attributes: string, name: string): string | undefined {
  const at = attributes.search(new RegExp(`[\\s"']${name}=`, 'i'))
  if (at < 0) return
  const given = attributes.slice(at + name.length + 2)
  const [quote = ''] = given
  const value = /["']/.test(quote)
    ? given.slice(1, (given.indexOf(quote, 1) + 1 || given.length + 1) - 1)
    : given.split(/[\s/>]/)[0]
  return withoutReferences(value ?? '')
}

/**
 * What a reader sees of markup: its text, a line for each block; links; pictures by their address; buttons and fields by
 * a text in brackets. Styles and scripts are left out. It reads text alone, so that no markup ever runs.
 */
export function takeHtml(html: string, pieces: Pieces): void {
  const reader = createReader(pieces)
  for (const token of tokensOf(html)) {
    if (typeof token === 'string') reader.text(token)
    else reader.tag(token)
  }
  reader.end()
}

function createReader(pieces: Pieces) {
  let text = ''
  let hidden = ''
  let link: { url: string; from: number } | null = null
  let button: number | null = null
  const tidy = (given: string) =>
    withoutReferences(given.replace(/[\t\r ]+/g, ' '))
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .join('\n')
  const flush = () => {
    pieces.text(tidy(text))
    text = ''
    if (link) link.from = 0
  }
  const endButton = () => {
    if (button === null) return
    const label = tidy(text.slice(button)).replace(/\n/g, ' ')
    text = text.slice(0, button)
    button = null
    flush()
    pieces.placeholder('button', label)
  }
  const endLink = () => {
    if (link) pieces.link(link.url, tidy(text.slice(link.from)).replace(/\n/g, ' ') || undefined)
    link = null
  }
  const start = ({ name, attributes }: Tag) => {
    if (unread.test(name)) hidden = name
    else if (name === 'a') link = { url: attributeOf(attributes, 'href') ?? '', from: text.length }
    else if (name === 'button') button ??= text.length
    else if (name === 'img') {
      const source = attributeOf(attributes, 'src')
      flush()
      if (source) pieces.image(source)
      else pieces.placeholder('image', attributeOf(attributes, 'alt'))
    } else if (/^(input|select|textarea|audio|video|iframe|canvas|svg)$/.test(name)) {
      const label = attributeOf(attributes, 'placeholder') ?? attributeOf(attributes, 'aria-label')
      if (name === 'svg' && !label) return
      flush()
      pieces.placeholder(name, label)
    }
  }
  return {
    text(given: string) {
      if (!hidden) text += given.replace(/\n/g, ' ')
    },
    tag(tag: Tag) {
      const { name, isEnd } = tag
      if (hidden) {
        if (isEnd && name === hidden) hidden = ''
        return
      }
      if (blocks.test(name) && button === null) text += '\n'
      else if (/^t[dh]$/.test(name)) text += ' '
      if (!isEnd) start(tag)
      else if (name === 'a') endLink()
      else if (name === 'button') endButton()
    },
    end() {
      endButton()
      endLink()
      flush()
    },
  }
}
