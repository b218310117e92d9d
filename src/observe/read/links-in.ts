import type { LinkInput } from '../../script/chatlog.ts'
import { readableText, type TextStyle } from './readable-text.ts'

/** Elements that may be links: some widgets draw links as buttons. */
export const anchors = 'a[href],p button,li button,td button,[role=link]'

const isAbsolute = /^https?:\/\/\S+$/i

/** Where a link goes, as the page wrote it; of an element that is no anchor, the first attribute that is an address. */
export function addressOf(element: Element): string | undefined {
  const given = element.getAttribute('href')
  if (given) return /^(#|javascript:|data:|blob:)/i.test(given) ? undefined : given
  return [...element.attributes].find(({ value }) => isAbsolute.test(value))?.value
}

/** Longest label of a link, in UTF-16 units. */
const longestLabel = 200

/**
 * What elements that match `anchors` link to, each address and label once; not where they go nowhere or hold the data
 * themselves.
 */
export function linksIn(elements: readonly Element[], style: TextStyle): LinkInput[] {
  const links = new Map<string, LinkInput>()
  for (const anchor of elements) {
    const given = addressOf(anchor)
    if (!given) continue
    const url = /^[a-z][a-z\d+.-]*:/i.test(given) ? given : (anchor as HTMLAnchorElement).href
    const label = linkLabel(anchor, style)
    links.set(`${url} ${label}`, { url, label: label || null })
  }
  return [...links.values()]
}

/** The label of a link as a reader sees it, in one line; of a picture its text. */
export function linkLabel(anchor: Element, style: TextStyle): string {
  const named = [
    anchor.querySelector('[alt]')?.getAttribute('alt'),
    ...['aria-label', 'title'].map((name) => anchor.getAttribute(name)),
  ]
  const text = readableText(anchor, style) || named.find((one) => one?.trim()) || ''
  return text.replace(/\s+/g, ' ').trim().slice(0, longestLabel)
}
