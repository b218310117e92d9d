import type { LinkInput } from '../../script/chatlog.ts'

/** Longest label of a link, in UTF-16 units. */
const longestLabel = 200

/** What anchors link to, each address and label once; not where they go nowhere or hold the data themselves. */
export function linksIn(anchors: readonly Element[]): LinkInput[] {
  const links = new Map<string, LinkInput>()
  for (const anchor of anchors) {
    const given = anchor.getAttribute('href') ?? ''
    if (!given || /^(#|javascript:|data:|blob:)/i.test(given)) continue
    const url = /^[a-z][a-z\d+.-]*:/i.test(given) ? given : (anchor as HTMLAnchorElement).href
    const label = labelOf(anchor)
    links.set(`${url} ${label}`, { url, label: label || null })
  }
  return [...links.values()]
}

const labelOf = (anchor: Element): string => {
  const text = anchor.textContent?.trim() || anchor.querySelector('[alt]')?.getAttribute('alt') || ''
  return text.replace(/\s+/g, ' ').slice(0, longestLabel)
}
