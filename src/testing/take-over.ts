import type { PageAnswer, PageRequest } from './page-request.ts'

/** What `takeOver` is given: it runs in the page, and has nothing of this file. */
interface Given {
  bridge: string
  endpointPaths: string
  /** The fake collector's, which is reached as any other; `null` where no test runs yet. */
  ownOrigin: string | null
  siteEndpoint: string | null
}

/**
 * Runs in each page and frame, before the page's own scripts. A last request of a page that is being left can't wait for
 * an answer: it is held back, and chatlog sends again from the next page of the site. What the browser would send when
 * the page is gone (`fetchLater`) is not offered at all.
 */
export function takeOver({ bridge, endpointPaths, ownOrigin, siteEndpoint }: Given): void {
  const { fetch, navigator } = window
  const mark = `${bridge}IsHere`
  if (mark in window) return
  Object.defineProperty(window, mark, { value: true })
  const sendBeacon = navigator.sendBeacon.bind(navigator)
  const paths = new RegExp(endpointPaths)
  let isLeaving = false
  addEventListener('pagehide', () => {
    isLeaving = true
  })
  addEventListener('pageshow', () => {
    isLeaving = false
  })
  const base = () => (/^(about|blob|data):/.test(location.href) ? document.baseURI : location.href)
  /** Origin and path; `null` where it is no address, which the browser itself says best. */
  const addressOf = (given: RequestInfo | URL) => {
    try {
      const { origin, pathname } = new URL(given instanceof Request ? given.url : given, base())
      return { origin, pathname, whole: origin + pathname }
    } catch {
      return null
    }
  }
  type Address = NonNullable<ReturnType<typeof addressOf>>
  const isEndpoint = ({ pathname, whole }: Address) =>
    paths.test(pathname) || (!!siteEndpoint && [whole, pathname].includes(siteEndpoint))
  const call = (sent: PageRequest) => {
    const bridged = (window as unknown as Record<string, (sent: PageRequest) => Promise<PageAnswer>>)[bridge]
    return bridged?.(sent) ?? Promise.resolve(null)
  }
  const holdBack = ({ whole }: Address, body: string) => void call({ url: whole, headers: {}, body, isUnnamed: true })
  /** A conversation or a reaction as chatlog sends it, wherever it is sent. */
  const isRecorded = (body: string): boolean => {
    try {
      const { type, messages, messageId } = JSON.parse(body)
      const isConversation = /^(openai|support_ticket|support_copilot)$/.test(type) && Array.isArray(messages)
      return isConversation || (/^(positive|negative)$/.test(type) && typeof messageId === 'string')
    } catch {
      return false // another's request, of whatever shape
    }
  }
  /** Compressed bodies go over as they were before, as text. */
  const bodyOf = async (request: Request): Promise<string> => {
    const stream = (await request.clone().blob()).stream()
    const isPacked = request.headers.get('content-encoding') === 'gzip'
    return new Response(isPacked ? stream.pipeThrough(new DecompressionStream('gzip')) : stream).text()
  }
  const ask = async (request: Request, isUnnamed = false): Promise<Response> => {
    const { signal, url } = request
    const sent = { url, headers: Object.fromEntries(request.headers), body: await bodyOf(request), isUnnamed }
    const aborted = new Promise<never>((_, reject) => {
      const end = () => reject(signal.reason)
      if (signal.aborted) end()
      signal.addEventListener('abort', end)
    })
    const answered = await Promise.race([call(sent), aborted])
    if (!answered) throw new TypeError(`chatlog/testing: ${isUnnamed ? 'held back' : 'the connection broke'}`)
    const { status, headers } = answered
    return new Response([204, 205, 304].includes(status) ? null : answered.body, { status, headers })
  }
  /** What the page posts as JSON with a key may be a conversation, for an address that nobody named. */
  const guarded = async (address: Address, input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    // A page that is left waits for nothing: chatlog alone gives such bodies as a `Blob`.
    if (isLeaving) {
      holdBack(address, '')
      throw new TypeError('chatlog/testing: held back, the page is being left')
    }
    const request = new Request(input, { ...init, keepalive: false })
    const text = await bodyOf(request).catch(() => '')
    return isRecorded(text) ? ask(request, true) : fetch(input, init)
  }
  const mayBeRecorded = (input: RequestInfo | URL, init?: RequestInit) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}))
    if (!headers.has('authorization') || !/json/.test(headers.get('content-type') ?? '')) return false
    const { body } = init ?? {}
    return typeof body === 'string' ? isRecorded(body) : body instanceof Blob || (input instanceof Request && !body)
  }
  Object.assign(window, {
    fetchLater: undefined,
    fetch: (input: RequestInfo | URL, init?: RequestInit) => {
      const address = addressOf(input)
      const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
      if (!address || /^(get|head)$/i.test(method) || address.origin === ownOrigin) return fetch(input, init)
      if (!isEndpoint(address)) return mayBeRecorded(input, init) ? guarded(address, input, init) : fetch(input, init)
      if (isLeaving) return Promise.reject(new TypeError('chatlog/testing: held back, the page is being left'))
      return ask(new Request(input, { ...init, keepalive: false }))
    },
  })
  navigator.sendBeacon = (url, body) => {
    const address = addressOf(url)
    if (!address || address.origin === ownOrigin) return sendBeacon(url, body)
    const isHeldBack = !isEndpoint(address) && typeof body === 'string' && isRecorded(body)
    if (isHeldBack) holdBack(address, body)
    return !isHeldBack && !isEndpoint(address) && sendBeacon(url, body)
  }
}
