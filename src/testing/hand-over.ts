import type { BrowserContext, Route } from 'playwright/test'

/**
 * Hands every `POST …/conversations` of a browser to the fake collector, wherever the page sends it: a test of a page
 * that is deployed stores nothing where that page does.
 */
export async function handOver(context: BrowserContext, endpoint: string): Promise<void> {
  const { origin } = new URL(endpoint)
  await context.addInitScript(holdLastRequests, origin)
  await context.route(
    (url) => url.pathname.endsWith('/conversations') && url.origin !== origin,
    (route) => (route.request().method() === 'POST' ? forward(route, endpoint) : route.fallback()),
  )
}

/**
 * Requests of a page that is being left go past routes (Playwright 1.65, Chromium 156), and a public page may not send to
 * this machine without asking. So they are held back: chatlog sends again from the next page of the site. What the
 * browser would send when the page is gone is not armed at all. Runs in the page.
 */
function holdLastRequests(ownOrigin: string): void {
  const { fetch, navigator } = window
  const sendBeacon = navigator.sendBeacon.bind(navigator)
  let isLeaving = false
  const isHeld = (given: string | URL) => {
    const { origin, pathname } = new URL(given, location.href)
    return isLeaving && origin !== ownOrigin && pathname.endsWith('/conversations')
  }
  addEventListener('pagehide', () => {
    isLeaving = true
  })
  addEventListener('pageshow', () => {
    isLeaving = false
  })
  Object.assign(window, {
    fetchLater: undefined,
    fetch: (input: RequestInfo | URL, init?: RequestInit) =>
      isHeld(input instanceof Request ? input.url : input)
        ? Promise.reject(new TypeError('chatlog/testing: held back, the page is being left'))
        : fetch(input, init),
  })
  navigator.sendBeacon = (url, body) => !isHeld(url) && sendBeacon(url, body)
}

async function forward(route: Route, endpoint: string): Promise<void> {
  const request = route.request()
  const { host: _host, 'content-length': _length, ...headers } = request.headers()
  const body = request.postDataBuffer()
  try {
    const answer = await fetch(endpoint, { method: 'POST', headers, ...(body && { body: new Uint8Array(body) }) })
    const answered = Buffer.from(await answer.arrayBuffer())
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: answered })
  } catch {
    // Hung, reset, cut or offline, and the page may be gone by now: for it the network failed.
    await route.abort('connectionreset').catch(() => {})
  }
}
