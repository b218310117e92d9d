import type { BrowserContext, Route } from 'playwright/test'

/**
 * Hands every `POST …/conversations` of a browser to the fake collector, wherever the page sends it: a test of a page
 * that is deployed stores nothing where that page does.
 */
export async function handOver(context: BrowserContext, endpoint: string): Promise<void> {
  const { origin } = new URL(endpoint)
  // Requests that the browser sends when a page is gone go past routes: none may be armed.
  await context.addInitScript(() => Object.assign(window, { fetchLater: undefined }))
  await context.route(
    (url) => url.pathname.endsWith('/conversations') && url.origin !== origin,
    (route) => (route.request().method() === 'POST' ? forward(route, endpoint) : route.fallback()),
  )
}

async function forward(route: Route, endpoint: string): Promise<void> {
  const request = route.request()
  const { host: _host, 'content-length': _length, ...headers } = await request.allHeaders()
  const body = request.postDataBuffer()
  try {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: withoutPseudo(headers),
      ...(body && { body: new Uint8Array(body) }),
    })
    const answered = Buffer.from(await answer.arrayBuffer())
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: answered })
  } catch {
    // Hung, reset, cut or offline, and the page may be gone by now: for it the network failed.
    await route.abort('connectionreset').catch(() => {})
  }
}

/** HTTP/2 names method and path in headers of their own, which `fetch` refuses. */
const withoutPseudo = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')))
