import { maxKeepaliveBytes } from '../../contract/limits.ts'
import type { ResolvedOptions } from '../options.ts'
import { type Abort, type BodyPiece, createAbort, type OutgoingRequest, type Platform } from '../platform.ts'
import { type DeliveryOutcome, readOutcome } from './answer.ts'

/** A request under way. */
export interface PendingRequest {
  outcome: Promise<DeliveryOutcome>
  /** The request outlives the page; `false` until it has begun. */
  keepalive: boolean
  /** Takes the request back; its outcome is then a retry for that cause. */
  abort(cause: 'network' | 'timeout'): void
}

export interface Transport {
  /**
   * Sends a body and reads the answer. Never rejects.
   *
   * @param id the conversation's id on the wire, by which the endpoint's own answer is known
   * @param lasting the request should outlive the page; it can't be taken back then (measured: Chromium 156)
   */
  deliver(body: Body, bytes: number, id: string, lasting: boolean): PendingRequest
  /** Sends a body from a page that goes; nobody reads the answer. @returns whether it outlives the page */
  handOver(body: Body, bytes: number): boolean
  /**
   * Leaves a body with the browser, which sends it once the page is gone. `null` where the browser has no `fetchLater`.
   *
   * @returns the abort; `null` where the browser didn't take it
   */
  arm: ((body: Body, bytes: number) => (() => void) | null) | null
  /** Takes back all requests under way. */
  abort(): void
}

/** The endpoint with the key in its URL, which only our own collector takes: a beacon can't have the header. */
export const keyedUrl = (endpoint: string, apiKey: string): string =>
  `${endpoint}${endpoint.includes('?') ? '&' : '?'}key=${encodeURIComponent(apiKey)}`

/** JSON text in pieces. */
type Body = readonly BodyPiece[]

/** Least bytes that are worth compressing. */
const minGzipBytes = 1_000

/** Longest wait for an answer, in milliseconds: 10 s, and the time that the body takes on a slow line (16 KB/s). */
const timeoutMs = (bytes: number) => 10_000 + bytes / 16

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
  const underWay = new Set<Abort>()
  const findRedirect = createRedirectFinder(endpoint, platform)
  const zipping = createZipping(platform, merges)

  const requestOf = (body: Body): OutgoingRequest => ({
    url: endpoint,
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey()}` },
  })

  // All requests of a document share one budget, and a request gives its bytes back only once its answer is read.
  // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
  const fitsKeepalive = (bytes: number) => keepaliveBytes + bytes <= maxKeepaliveBytes

  /** @param tell called once with the outcome, perhaps long before the answer has come to its end */
  const attempt = async (given: SentRequest, controller: Abort, tell: (outcome: DeliveryOutcome) => void) => {
    const { body, bytes, id, lasting, zip, pending } = given
    const { signal } = controller
    const cancelTimeout = platform.setTimer(() => controller.abort('timeout'), timeoutMs(bytes))
    underWay.add(controller)
    let budgetBytes = 0
    try {
      const zipped = zip && (await platform.gzip(body))
      const size = zipped ? zipped.size : bytes
      pending.keepalive = lasting && fitsKeepalive(size)
      if (pending.keepalive) keepaliveBytes += budgetBytes = size
      // A redirect isn't followed: it may turn the POST into a GET or lose the key, and somebody else would answer.
      const request = { ...requestOf(body), signal, redirect: 'manual' as const, keepalive: pending.keepalive }
      const response = await zipping.post(request, zipped || null)
      if (response.type === 'opaqueredirect' || response.redirected) {
        return tell({ kind: 'retry', afterMs: null, cause: { kind: 'redirected', to: await findRedirect() } })
      }
      await readOutcome(response, id, platform.now(), tell)
    } catch {
      tell({ kind: 'retry', afterMs: null, cause: { kind: signal?.reason ?? 'network' } })
    } finally {
      cancelTimeout()
      underWay.delete(controller)
      keepaliveBytes -= budgetBytes
    }
  }

  const deliver = (body: Body, bytes: number, id: string, lasting: boolean, zip: boolean): PendingRequest => {
    const controller = createAbort()
    const pending = { keepalive: false, abort: (cause) => controller.abort(cause) } as PendingRequest
    const given = { body, bytes, id, lasting, zip, pending }
    pending.outcome = new Promise((tell) => void attempt(given, controller, tell))
    return pending
  }

  return {
    deliver: (body, bytes, id, lasting) => deliver(body, bytes, id, lasting, zipping.isWorth(bytes)),
    handOver(body, bytes) {
      // A `text/plain` beacon needs no preflight and is refused synchronously when it is too large; it can't carry the
      // key in a header, so only our own collector understands it.
      if (merges && bytes <= maxKeepaliveBytes) {
        if (platform.sendBeacon(keyedUrl(endpoint, apiKey()), body.join(''))) return true
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
  pending: PendingRequest
}

/** Sends bodies compressed, until something on the way strips the `content-encoding` or refuses it. */
function createZipping(platform: Platform, takesGzip: boolean) {
  let zips = takesGzip
  return {
    isWorth: (bytes: number) => zips && bytes > minGzipBytes,
    /**
     * @returns the answer. A body that was refused compressed is sent once more as it is, and later ones uncompressed
     */
    async post(request: OutgoingRequest, zipped: Blob | null): Promise<Response> {
      if (!zipped) return platform.fetch(request)
      const headers = { ...request.headers, 'content-encoding': 'gzip' }
      const response = await platform.fetch({ ...request, body: [zipped], headers })
      if (response.status !== 400 && response.status !== 415) return response
      zips = false
      await response.text()
      return platform.fetch(request)
    },
  }
}

/**
 * Finds where the endpoint redirects to, `null` where the browser doesn't tell. It asks once a page by a GET without
 * key or content: the answer to a POST whose redirect isn't followed doesn't say.
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
