/** What the page's own tag of chatlog has come to, as far as the browser tells. */
export interface TagOnPage {
  src: string
  hasKey: boolean
  /** HTTP status; 0 where the browser doesn't say, `null` where nothing was asked for or nothing came yet. */
  status: number | null
}

/** The tag of `chatlog.js` or `chatlog-observe.js`; `null` where the page has none. */
export function tagOnPage(): TagOnPage | null {
  const tag = document.querySelector<HTMLScriptElement>(
    'script[src*=chatlog]:not([src*=chatlog-debug]):not([src*=chatlog-stub])',
  )
  if (!tag) return null
  const [entry] = performance.getEntriesByName(tag.src) as (PerformanceResourceTiming & { responseStatus?: number })[]
  return { src: tag.src, hasKey: Boolean(tag.dataset.apiKey), status: entry ? (entry.responseStatus ?? 0) : null }
}
