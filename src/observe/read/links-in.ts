import type { LinkInput } from '../../script/chatlog.ts'
import { readableText, type TextStyle } from './readable-text.ts'

/** Longest label of a link, in UTF-16 units. */
const longestLabel = 200

/** What anchors link to, each address and label once; not where they go nowhere or hold the data themselves. */
export function linksIn(anchors: readonly Element[], style: TextStyle): LinkInput[] {
  const links = new Map<string, LinkInput>()
  for (const anchor of anchors) {
    const given = anchor.getAttribute('href') ?? ''
    if (!given || /^(#|javascript:|data:|blob:)/i.test(given)) continue
    const url = /^[a-z][a-z\d+.-]*:/i.test(given) ? given : (anchor as HTMLAnchorElement).href
    const label = linkLabel(anchor, style)
    links.set(`${url} ${label}`, { url, label: label || null })
  }
  return [...links.values()]
}

/** The label of a link as a reader sees it: blocks in it are words apart; of a picture what it shows. */
export function linkLabel(anchor: Element, style: TextStyle): string {
  const text = readableText(anchor, style) || anchor.querySelector('[alt]')?.getAttribute('alt') || ''
  return text.replace(/\s+/g, ' ').trim().slice(0, longestLabel)
}
