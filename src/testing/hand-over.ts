import type { BrowserContext } from 'playwright/test'
import { meantUrlHeader } from './fake-request.ts'
import type { PageAnswer, PageRequest } from './page-request.ts'
import { takeOver } from './take-over.ts'

/** What pages are handed over to. */
export interface HandOverTarget {
  /** The fake collector's. */
  endpoint: string
  /** The site's own endpoint, where its path isn't `…/conversations`. */
  siteEndpoint: string | null
  /** Told of each request that was recognised as chatlog's by its content, and held back. */
  onHeldBack(url: string): void
}

/** Name of the function that pages call; nothing of the site's own is called so. */
const bridge = '__chatlogTesting'

/** Paths of the endpoint and of its siblings, wherever a page sends them. */
const endpointPaths = '/(conversations|feedback|events)/?$'

const protectedContexts = new WeakSet<BrowserContext>()

/**
 * Hands what the pages of a context send to any `…/conversations`, `…/feedback` or `…/events` to the fake collector. In
 * the page, such a request never becomes one: the page calls this process, which asks the fake collector. So neither
 * the order of routes, nor a page that outlives its test, nor a fault lets anything out. What gets past the page's
 * globals all the same is refused by a route. A conversation that the page sends to any other address is held back.
 */
export async function handOver(context: BrowserContext, target: HandOverTarget): Promise<void> {
  if (protectedContexts.has(context)) return
  protectedContexts.add(context)
  const { origin } = new URL(target.endpoint)
  await context.exposeFunction(bridge, async (request: PageRequest) => {
    if (!request.isHeldBack) return forward(request, origin)
    target.onHeldBack(request.url)
    return null
  })
  await context.addInitScript(takeOver, { bridge, endpointPaths, ownOrigin: origin, siteEndpoint: target.siteEndpoint })
  await context.route(
    (url) => url.origin !== origin && (new RegExp(endpointPaths).test(url.pathname) || isAt(url, target.siteEndpoint)),
    (route) =>
      /^(POST|PUT|PATCH)$/.test(route.request().method()) ? route.abort('blockedbyclient') : route.fallback(),
  )
}

const isAt = ({ origin, pathname }: URL, siteEndpoint: string | null): boolean =>
  siteEndpoint !== null && [`${origin}${pathname}`, pathname].includes(siteEndpoint)

async function forward({ url, headers, body }: PageRequest, origin: string): Promise<PageAnswer> {
  const { 'content-encoding': _packed, ...kept } = headers
  const { pathname } = new URL(url)
  // The collector's own path, wherever the site has its endpoint.
  const [ownPath] = new RegExp(endpointPaths).exec(pathname) ?? ['/conversations']
  try {
    const answer = await fetch(`${origin}${ownPath}`, {
      method: 'POST',
      headers: { ...kept, [meantUrlHeader]: withoutKey(url) },
      body,
    })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  } catch {
    return null // hung and healed, reset, cut or offline: for the page the network failed
  }
}

/** A report is read by many: an address may hold the key, or what a visitor looked for. */
function withoutKey(address: string): string {
  const { origin, pathname } = new URL(address)
  return `${origin}${pathname}`
}
