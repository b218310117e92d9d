import type { BrowserContext } from 'playwright/test'

/** A request as the page hands it over: its body as text, whatever it was. */
interface HandedOver {
  path: string
  headers: Record<string, string>
  body: string
}

/** What the page gets for it; `null` where the connection broke. */
type Answered = { status: number; headers: Record<string, string>; body: string } | null

/** Name of the function that pages call; nothing of the site's own is called so. */
const bridge = '__chatlogTesting'

/** Paths of the endpoint and of its siblings, wherever a page sends them. */
const endpointPaths = '/(conversations|feedback|events)/?$'

const protectedContexts = new WeakSet<BrowserContext>()

/**
 * Hands what the pages of a context send to any `…/conversations`, `…/feedback` or `…/events` to the fake collector. In
 * the page, such a request never becomes one: the page calls this process, which asks the fake collector. So neither
 * the order of routes, nor a page that outlives its test, nor a fault lets anything out. What gets past the page's
 * globals all the same is refused by a route.
 */
export async function handOver(context: BrowserContext, endpoint: string): Promise<void> {
  if (protectedContexts.has(context)) return
  protectedContexts.add(context)
  const { origin } = new URL(endpoint)
  await context.exposeFunction(bridge, (request: HandedOver) => forward(request, origin))
  await context.addInitScript(takeOver, { bridge, endpointPaths, ownOrigin: origin })
  await context.route(
    (url) => new RegExp(endpointPaths).test(url.pathname) && url.origin !== origin,
    (route) =>
      /^(POST|PUT|PATCH)$/.test(route.request().method()) ? route.abort('blockedbyclient') : route.fallback(),
  )
}

/**
 * Runs in each page and frame, before the page's own scripts. A last request of a page that is being left can't wait for
 * an answer: it is held back, and chatlog sends again from the next page of the site. What the browser would send when
 * the page is gone (`fetchLater`) is not offered at all.
 */
function takeOver(given: { bridge: string; endpointPaths: string; ownOrigin: string }): void {
  const { fetch, navigator } = window
  const sendBeacon = navigator.sendBeacon.bind(navigator)
  const paths = new RegExp(given.endpointPaths)
  let isLeaving = false
  const isEndpoint = (address: string | URL) => {
    const { origin, pathname } = new URL(address, location.href)
    return origin !== given.ownOrigin && paths.test(pathname)
  }
  addEventListener('pagehide', () => {
    isLeaving = true
  })
  addEventListener('pageshow', () => {
    isLeaving = false
  })
  const ask = async (request: Request): Promise<Response> => {
    const { signal } = request
    const body = await bodyOf(request)
    const call = (window as unknown as Record<string, (sent: HandedOver) => Promise<Answered>>)[given.bridge]
    const sent = { path: new URL(request.url).pathname, headers: Object.fromEntries(request.headers), body }
    const aborted = new Promise<never>((_, reject) => {
      const end = () => reject(signal.reason)
      if (signal.aborted) end()
      signal.addEventListener('abort', end)
    })
    const answered = await Promise.race([call?.(sent) ?? null, aborted])
    if (!answered) throw new TypeError('chatlog/testing: the connection to the fake collector broke')
    const { status, headers } = answered
    return new Response([204, 205, 304].includes(status) ? null : answered.body, { status, headers })
  }
  /** Compressed bodies go over as they were before, as text. */
  const bodyOf = async (request: Request): Promise<string> => {
    const stream = (await request.clone().blob()).stream()
    const isPacked = request.headers.get('content-encoding') === 'gzip'
    return new Response(isPacked ? stream.pipeThrough(new DecompressionStream('gzip')) : stream).text()
  }
  Object.assign(window, {
    fetchLater: undefined,
    fetch: (input: RequestInfo | URL, init?: RequestInit) => {
      const address = input instanceof Request ? input.url : input
      const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
      if (!isEndpoint(address) || method === 'GET' || method === 'HEAD') return fetch(input, init)
      if (isLeaving) return Promise.reject(new TypeError('chatlog/testing: held back, the page is being left'))
      return ask(new Request(input, { ...init, keepalive: false }))
    },
  })
  navigator.sendBeacon = (url, body) => !isEndpoint(url) && sendBeacon(url, body)
}

async function forward({ path, headers, body }: HandedOver, origin: string): Promise<Answered> {
  const { 'content-encoding': _packed, ...kept } = headers
  try {
    // The collector's own path, wherever the site has its endpoint.
    const ownPath = path.slice(path.search(new RegExp(endpointPaths)))
    const answer = await fetch(`${origin}${ownPath}`, {
      method: 'POST',
      headers: kept,
      body,
    })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  } catch {
    return null // hung and healed, reset, cut or offline: for the page the network failed
  }
}
