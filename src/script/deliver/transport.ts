import { maxKeepaliveBytes } from '../../contract/limits.ts'
import { senderActionFor } from '../../contract/sender-action.ts'
import { parseJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { BodyPiece, OutgoingRequest, Platform } from '../platform.ts'

/** Why a request is tried again: the status, or what stood in the place of an answer. */
export type RetryCause = { kind: 'status'; status: number } | { kind: 'network' | 'timeout' }

/** What became of a request. */
export type DeliveryOutcome =
  | { kind: 'delivered' }
  /** `afterMs`: what the server asked for, `null` where it didn't. */
  | { kind: 'retry'; afterMs: number | null; cause: RetryCause }
  | { kind: 'refused' | 'blocked'; status: number; detail: string }

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
   * @param lasting it should outlive the page. What does can't be taken back (measured: Chromium 156).
   */
  deliver(body: Body, bytes: number, lasting: boolean): Delivery
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
  let keepaliveBytes = 0
  const underWay = new Set<AbortController>()

  const requestOf = (body: Body): OutgoingRequest => ({
    url: endpoint,
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey()}` },
  })

  // One budget a document, shared by all its requests, and given back only when the answer is read.
  // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
  const fitsKeepalive = (bytes: number) => keepaliveBytes + bytes <= maxKeepaliveBytes

  const deliver = (body: Body, bytes: number, lasting: boolean, zip: boolean): Delivery => {
    const controller = new AbortController()
    const { signal } = controller
    const delivery = { keepalive: false, abort: (cause) => controller.abort(cause) } as Delivery

    const attempt = async (): Promise<DeliveryOutcome> => {
      const cancelTimeout = platform.setTimer(() => controller.abort('timeout'), timeoutMs(bytes))
      underWay.add(controller)
      let budgetBytes = 0
      try {
        const request = { ...requestOf(body), signal }
        const zipped = zip ? await platform.gzip(body) : null
        if (zipped) {
          request.body = [zipped]
          request.headers['content-encoding'] = 'gzip'
        }
        const size = zipped?.size ?? bytes
        delivery.keepalive = lasting && fitsKeepalive(size)
        if (delivery.keepalive) keepaliveBytes += budgetBytes = size
        return await readOutcome(await platform.fetch({ ...request, keepalive: delivery.keepalive }), platform.now())
      } catch {
        return { kind: 'retry', afterMs: null, cause: { kind: signal.reason ?? 'network' } }
      } finally {
        cancelTimeout()
        underWay.delete(controller)
        keepaliveBytes -= budgetBytes
      }
    }

    delivery.outcome = attempt()
    return delivery
  }

  return {
    deliver: (body, bytes, lasting) => deliver(body, bytes, lasting, merges && bytes > minGzipBytes),
    handOver(body, bytes) {
      // A `text/plain` beacon needs no preflight and is refused synchronously when it is too large; it can't carry the
      // key in a header, so only our own collector understands it.
      if (merges && bytes <= maxKeepaliveBytes) {
        const url = `${endpoint}${endpoint.includes('?') ? '&' : '?'}key=${encodeURIComponent(apiKey())}`
        if (platform.sendBeacon(url, body.join(''))) return true
      }
      // Plain fetch is the last resort: it gets through only where the preflight is cached and the line is fast.
      return deliver(body, bytes, true, false).keepalive
    },
    arm: fetchLater && ((body, bytes) => (bytes <= maxKeepaliveBytes ? fetchLater(requestOf(body)) : null)),
    abort() {
      for (const request of underWay) request.abort('network')
    },
  }
}

/** Reads every answer to its end: until then the browser keeps the request's `keepalive` budget. */
async function readOutcome(response: Response, now: number): Promise<DeliveryOutcome> {
  const { status } = response
  const action = senderActionFor(status)
  if (action === 'delivered') {
    await response.arrayBuffer()
    return { kind: action }
  }
  const text = await response.text()
  if (action === 'retry') {
    return {
      kind: action,
      afterMs: retryAfterMs(response.headers.get('retry-after'), now),
      cause: { kind: 'status', status },
    }
  }
  const problem = parseJson(text) as { detail?: unknown } | null | undefined
  return { kind: action, status, detail: String(problem?.detail ?? text.slice(0, 200)) }
}

/** `Retry-After` is a number of seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfterMs(header: string | null, now: number): number | null {
  if (!header) return null
  const afterMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isNaN(afterMs) ? null : Math.min(Math.max(afterMs, 0), maxRetryAfterMs)
}
