import { maxKeepaliveBytes } from '../../contract/limits.ts'
import { senderActionFor } from '../../contract/sender-action.ts'
import { parseJson, toJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { BodyPiece, OutgoingRequest, Platform } from '../platform.ts'

/** Why a request is tried again. */
export type RetryCause =
  | { kind: 'status'; status: number }
  | { kind: 'network' | 'timeout' }
  /** It was answered, but not by the endpoint: a page of the site's host, a login, a service worker's. */
  | { kind: 'foreign_answer'; status: number; contentType: string }
  /** The endpoint redirects; `to` where the browser tells. */
  | { kind: 'redirected'; to: string | null }

/** What became of a request. */
export type DeliveryOutcome =
  | { kind: 'delivered' }
  /** `afterMs`: what the server asked for, `null` where it didn't. */
  | { kind: 'retry'; afterMs: number | null; cause: RetryCause }
  | { kind: 'refused'; status: number; detail: string }
  /** 401 or 403. `isProblem`: a problem document says so, as the endpoint's own answers are. */
  | { kind: 'blocked'; status: number; detail: string; isProblem: boolean }

/** A request under way. */
export interface Delivery {
  outcome: Promise<DeliveryOutcome>
  /** It outlives the page; known once it has begun. */
  keepalive: boolean
  /** Takes it back; its outcome is a retry for that cause. */
  abort(cause: 'network' | 'timeout'): void
}

export interface Transport {
  /**
   * Sends a body and reads the answer. Never rejects.
   *
   * @param id the conversation's, on the wire: the endpoint's own answer has it
   * @param lasting it should outlive the page. What does can't be taken back (measured: Chromium 156).
   */
  deliver(body: Body, bytes: number, id: string, lasting: boolean): Delivery
  /** Sends a body from a page that goes; nobody reads the answer. @returns whether it outlives the page */
  handOver(body: Body, bytes: number): boolean
  /**
   * Leaves a body with the browser for when the page is gone. `null` where the browser has no such thing.
   *
   * @returns the abort, `null` where it wasn't taken
   */
  arm: ((body: Body, bytes: number) => (() => void) | null) | null
  /** Ends all that is under way. */
  abort(): void
}

/** JSON text in pieces. */
type Body = readonly BodyPiece[]

/** Least bytes that are worth compressing. */
const minGzipBytes = 1_000

/** Longest wait for an answer, in milliseconds: the body's time on a slow line (16 KB/s) on top. */
const timeoutMs = (bytes: number) => 10_000 + bytes / 16

/** Longest `Retry-After` that is obeyed, in milliseconds. */
const maxRetryAfterMs = 3_600_000

export interface TransportParts extends Pick<ResolvedOptions, 'endpoint' | 'server'> {
  apiKey(): string
  platform: Platform
}

/** How bodies get to the endpoint: `fetch`, with `keepalive` while that fits, a beacon, or `fetchLater`. */
export function createTransport({ endpoint, server, apiKey, platform }: TransportParts): Transport {
  const { fetchLater } = platform
  /** Our own collector also takes the key as `?key=`, and compressed bodies. */
  const merges = server === 'chatlog'
  /** A proxy on the way may strip or refuse what says that a body is compressed. */
  let zips = merges
  let keepaliveBytes = 0
  const underWay = new Set<AbortController>()
  const findRedirect = createRedirectFinder(endpoint, platform)

  const requestOf = (body: Body): OutgoingRequest => ({
    url: endpoint,
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey()}` },
  })

  // One budget a document, shared by all its requests, and given back only when the answer is read.
  // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
  const fitsKeepalive = (bytes: number) => keepaliveBytes + bytes <= maxKeepaliveBytes

  /** @returns the answer; a body that was refused compressed is sent once more as it is, and so are all after it */
  const post = async (request: OutgoingRequest, zipped: Blob | null): Promise<Response> => {
    if (!zipped) return platform.fetch(request)
    const headers = { ...request.headers, 'content-encoding': 'gzip' }
    const response = await platform.fetch({ ...request, body: [zipped], headers })
    if (response.status !== 400 && response.status !== 415) return response
    zips = false
    await response.text()
    return platform.fetch(request)
  }

  /** @param tell gets what became of the request; an answer may go on for long after that is known */
  const attempt = async (given: SentRequest, controller: AbortController, tell: (outcome: DeliveryOutcome) => void) => {
    const { body, bytes, id, lasting, zip, delivery } = given
    const { signal } = controller
    const cancelTimeout = platform.setTimer(() => controller.abort('timeout'), timeoutMs(bytes))
    underWay.add(controller)
    let budgetBytes = 0
    try {
      const zipped = zip ? await platform.gzip(body) : null
      const size = zipped?.size ?? bytes
      delivery.keepalive = lasting && fitsKeepalive(size)
      if (delivery.keepalive) keepaliveBytes += budgetBytes = size
      // Followed, a redirect may turn the POST into a GET, or lose the key; and whoever answers then isn't the endpoint.
      const request = { ...requestOf(body), signal, redirect: 'manual' as const, keepalive: delivery.keepalive }
      const response = await post(request, zipped)
      if (response.type === 'opaqueredirect' || response.redirected) {
        return tell({ kind: 'retry', afterMs: null, cause: { kind: 'redirected', to: await findRedirect() } })
      }
      await readOutcome(response, id, platform.now(), tell)
    } catch {
      tell({ kind: 'retry', afterMs: null, cause: { kind: signal.reason ?? 'network' } })
    } finally {
      cancelTimeout()
      underWay.delete(controller)
      keepaliveBytes -= budgetBytes
    }
  }

  const deliver = (body: Body, bytes: number, id: string, lasting: boolean, zip: boolean): Delivery => {
    const controller = new AbortController()
    const delivery = { keepalive: false, abort: (cause) => controller.abort(cause) } as Delivery
    const request = { body, bytes, id, lasting, zip, delivery }
    delivery.outcome = new Promise((tell) => void attempt(request, controller, tell))
    return delivery
  }

  return {
    deliver: (body, bytes, id, lasting) => deliver(body, bytes, id, lasting, zips && bytes > minGzipBytes),
    handOver(body, bytes) {
      // A `text/plain` beacon needs no preflight and is refused synchronously when it is too large; it can't carry the
      // key in a header, so only our own collector understands it.
      if (merges && bytes <= maxKeepaliveBytes) {
        const url = `${endpoint}${endpoint.includes('?') ? '&' : '?'}key=${encodeURIComponent(apiKey())}`
        if (platform.sendBeacon(url, body.join(''))) return true
      }
      // Plain fetch is the last resort: it gets through only where the preflight is cached and the line is fast.
      return deliver(body, bytes, '', true, false).keepalive
    },
    arm: fetchLater && ((body, bytes) => (bytes <= maxKeepaliveBytes ? fetchLater(requestOf(body)) : null)),
    abort() {
      for (const request of underWay) request.abort('network')
    },
  }
}

interface SentRequest {
  body: Body
  bytes: number
  id: string
  lasting: boolean
  zip: boolean
  delivery: Delivery
}

/**
 * Where the endpoint redirects to, as far as the browser tells: asked once a page, without key or content, since the
 * answer to a POST that isn't followed doesn't say.
 */
function createRedirectFinder(endpoint: string, platform: Platform): () => Promise<string | null> {
  let found: Promise<string | null> | undefined
  return () => {
    found ??= platform.fetch({ url: endpoint, method: 'GET', body: [], headers: {} }).then(
      ({ redirected, url }) => (redirected ? url : null),
      () => null,
    )
    return found
  }
}

/**
 * Reads every answer to its end: until then the browser keeps the request's `keepalive` budget.
 *
 * @param tell called once, as soon as the answer says enough
 */
async function readOutcome(
  response: Response,
  id: string,
  now: number,
  tell: (outcome: DeliveryOutcome) => void,
): Promise<void> {
  const { status, headers } = response
  const action = senderActionFor(status)
  const contentType = headers.get('content-type') ?? ''
  if (action === 'delivered') {
    const delivered = () => tell({ kind: action })
    const text = await readUntil(response, `"id":${toJson(id)}`, delivered)
    if (text === null) return
    if (isOwnAnswer(status, text, id)) delivered()
    else tell({ kind: 'retry', afterMs: null, cause: { kind: 'foreign_answer', status, contentType } })
    return
  }
  const text = await response.text()
  if (action === 'retry') {
    const cause: RetryCause = { kind: 'status', status }
    return tell({ kind: action, afterMs: retryAfterMs(headers.get('retry-after'), now), cause })
  }
  const problem = parseJson(text) as { detail?: unknown } | null | undefined
  const detail = String(problem?.detail ?? text.slice(0, 200))
  if (action === 'refused') return tell({ kind: action, status, detail })
  tell({ kind: action, status, detail, isProblem: contentType.startsWith('application/problem+json') })
}

/**
 * Only the endpoint's own answer acknowledges: the conversation's JSON, or from a relay that keeps nothing to show, 202,
 * 204 or 205 without a body. A host that answers every path with its start page says 200 too.
 */
const isOwnAnswer = (status: number, text: string, id: string): boolean =>
  status > 201 ? /^20[245]$/.test(`${status}`) && !text : (parseJson(text) as { id?: unknown } | undefined)?.id === id

/**
 * Reads an answer to its end.
 *
 * @param onFound called once what is looked for has come in JSON, though more may follow, or never end
 * @returns its text; `null` where it was found
 */
async function readUntil(response: Response, wanted: string, onFound: () => void): Promise<string | null> {
  const reader = response.body?.getReader?.()
  if (!reader) return response.text()
  const decoder = new TextDecoder()
  let text: string | null = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text
    if (text === null) continue
    const from = Math.max(0, text.length - wanted.length)
    text += decoder.decode(value, { stream: true })
    if (response.status > 201 || text[0] !== '{' || text.indexOf(wanted, from) < 0) continue
    onFound()
    text = null
  }
}

/** `Retry-After` is a number of seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfterMs(header: string | null, now: number): number | null {
  if (!header) return null
  const afterMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isNaN(afterMs) ? null : Math.min(Math.max(afterMs, 0), maxRetryAfterMs)
}
