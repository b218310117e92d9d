import type { BrowserContext, Request } from 'playwright/test'

/** What was seen of a test's pages while it ran. */
export interface Seen {
  /** chatlog's console lines, oldest first. */
  lines: { url: string; type: string; text: string }[]
  /** Scripts of chatlog that were not loaded. */
  failedScripts: { page: string; url: string; why: string }[]
  /** Addresses to which a conversation was sent, and that are no endpoint: without their query. */
  heldBack: string[]
  /** How many pages were opened. */
  pages: number
}

/** Most lines that are kept: a page may write the same one on every render. */
const maxLines = 200

export const nothingSeen = (): Seen => ({ lines: [], failedScripts: [], heldBack: [], pages: 0 })

/**
 * Writes down what a context's pages say and fail to load, from now on.
 *
 * @param seenNow gives where to write; `null` while no test runs, when nothing is written down
 */
export function witness(context: BrowserContext, seenNow: () => Seen | null): void {
  context.on('page', () => {
    const seen = seenNow()
    if (seen) seen.pages += 1
  })
  const keep = (url: string, type: string, text: string) => {
    const { lines } = seenNow() ?? {}
    if (lines && /^chatlog\b/.test(text) && lines.length < maxLines) lines.push({ url, type, text })
  }
  context.on('console', (message) => keep(message.page()?.url() ?? '', message.type(), message.text()))
  context.on('weberror', (thrown) => keep(thrown.page()?.url() ?? '', 'uncaught', thrown.error().message))
  const failed = (request: Request, why: string) => {
    if (request.resourceType() !== 'script' || !/chatlog[^/]*\.js/.test(request.url())) return
    seenNow()?.failedScripts.push({ page: pageOf(request), url: request.url(), why })
  }
  context.on('requestfailed', (request) => failed(request, request.failure()?.errorText ?? 'failed'))
  context.on('response', (response) => {
    if (response.status() >= 400) failed(response.request(), `${response.status()}`)
  })
}

function pageOf(request: Request): string {
  try {
    return request.frame().url()
  } catch {
    return '' // the frame is gone, or a worker made the request
  }
}
