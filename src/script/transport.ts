import { maxKeepaliveBytes } from '../contract/limits.ts'
import { senderActionFor } from '../contract/sender-action.ts'
import { parseJson } from './json.ts'
import type { ResolvedOptions } from './options.ts'
import type { OutgoingRequest, Platform } from './platform.ts'

/** Why a request is tried again: the status, or what stood in its place. */
export type RetryCause = `${number}` | 'network' | 'timeout'

/** What became of a request. */
export type DeliveryOutcome =
  | { kind: 'delivered' }
  /** `afterMs`: what the server asked for, `null` where it didn't. */
  | { kind: 'retry'; afterMs: number | null; cause: RetryCause }
  | { kind: 'refused' | 'shrink' | 'blocked'; status: number; detail: string }

/** A request under way. */
export interface Delivery {
  outcome: Promise<DeliveryOutcome>
  /** It outlives the page. */
  keepalive: boolean
}

export interface Transport {
  /** Sends a body and reads the answer. Never rejects. */
  deliver(body: string, bytes: number): Delivery
  /** Sends a body from a page that goes; nobody reads the answer. @returns whether the browser took it */
  handOver(body: string, bytes: number): boolean
  /** Leaves a body with the browser for when the page is gone. @returns the abort, `null` where it can't be */
  arm(body: string, bytes: number): (() => void) | null
  /** Takes over a changed key. */
  setApiKey(apiKey: string): void
  /** Ends all that is under way. */
  abort(): void
}

/** Longest wait for an answer, in milliseconds: the body's time on a slow line (16 KB/s) on top. */
const timeoutMs = (bytes: number) => 10_000 + bytes / 16

/** Longest `Retry-After` that is obeyed, in milliseconds. */
const maxRetryAfterMs = 3_600_000

/** How bodies get to the endpoint: `fetch`, with `keepalive` while that fits, a beacon, or `fetchLater`. */
export function createTransport(options: ResolvedOptions, platform: Platform): Transport {
  const { endpoint } = options
  let apiKey = options.apiKey
  let keepaliveBytes = 0
  const underWay = new Set<AbortController>()

  const requestOf = (body: string): OutgoingRequest => ({
    url: endpoint,
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
  })

  // One budget a document, shared by all its requests, and given back only when the answer is read.
  // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
  const fitsKeepalive = (bytes: number) => keepaliveBytes + bytes <= maxKeepaliveBytes

  const attempt = async (body: string, bytes: number, keepalive: boolean): Promise<DeliveryOutcome> => {
    const abort = new AbortController()
    const cancelTimeout = platform.setTimer(() => abort.abort(), timeoutMs(bytes))
    underWay.add(abort)
    try {
      const response = await platform.fetch({ ...requestOf(body), keepalive, signal: abort.signal })
      return await readOutcome(response, platform.now())
    } catch {
      return { kind: 'retry', afterMs: null, cause: abort.signal.aborted ? 'timeout' : 'network' }
    } finally {
      cancelTimeout()
      underWay.delete(abort)
      if (keepalive) keepaliveBytes -= bytes
    }
  }

  const deliver = (body: string, bytes: number): Delivery => {
    const keepalive = fitsKeepalive(bytes)
    if (keepalive) keepaliveBytes += bytes
    return { outcome: attempt(body, bytes, keepalive), keepalive }
  }

  return {
    deliver,
    handOver(body, bytes) {
      // A `text/plain` beacon needs no preflight and is refused synchronously when it is too large; it can't carry the
      // key in a header, so only our own collector understands it.
      if (options.server === 'chatlog') {
        const url = `${endpoint}${endpoint.includes('?') ? '&' : '?'}key=${encodeURIComponent(apiKey)}`
        if (platform.sendBeacon(url, body)) return true
      }
      // Plain fetch is the last resort: it gets through only where the preflight is cached and the line is fast.
      void deliver(body, bytes).outcome
      return true
    },
    arm: (body, bytes) => (bytes <= maxKeepaliveBytes ? platform.fetchLater(requestOf(body)) : null),
    setApiKey(changed) {
      apiKey = changed
    },
    abort() {
      for (const request of underWay) request.abort()
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
    return { kind: action, afterMs: retryAfterMs(response.headers.get('retry-after'), now), cause: `${status}` }
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
