import type { Ledger } from '../ledger.ts'
import type { Platform } from '../platform.ts'

const maxBackoffMs = 600_000

/** How often a page tries that seems offline: what browsers say of it may be wrong, and `online` doesn't always come. */
const offlineRetryMs = 30_000

/** Failures without a single answer on this page after which the endpoint counts as unreachable. */
const unreachableAfter = 3

/** How long the next request waits after failures. */
export interface Backoff {
  /** Milliseconds until the next request may go; 0 for now. */
  leftMs(): number
  /** Why it waits, `null` where it doesn't. */
  cause(): string | null
  /** @param afterMs what the endpoint asked for, `null` where it asked for nothing */
  failed(cause: string, afterMs: number | null): void
  /** The endpoint has answered, well or not. */
  heard(): void
  /** The endpoint has taken or refused the request: none waits any more. */
  end(): void
  /** The next request need not wait: the network is back. */
  hurry(): void
  isUnreachable(): boolean
}

export function createBackoff({ elapsedMs, random, isOnline }: Platform, ledger: Ledger): Backoff {
  let failures = 0
  let answered = false
  let retryAt = 0
  let cause: string | null = null

  const isUnreachable = () => !answered && failures >= unreachableAfter && isOnline()

  /** Quick at first, so that a short outage ends before the visitor leaves; then full jitter under a doubling bound. */
  const backoffMs = () =>
    failures < 3 ? 100 + random() * 200 : 500 + random() * Math.min(maxBackoffMs, 1_000 * 2 ** (failures - 2))

  return {
    leftMs: () => Math.max(retryAt - elapsedMs(), 0),
    cause: () => cause,
    failed(reason, afterMs) {
      failures++
      const delayMs = Math.max(isOnline() ? backoffMs() : offlineRetryMs, afterMs ?? 0)
      retryAt = elapsedMs() + delayMs
      cause = reason
      ledger.emit('retrying', { afterMs: Math.round(delayMs), cause: reason })
      if (isUnreachable() && failures === unreachableAfter) {
        ledger.complain('no answer from the endpoint at all: an ad blocker, the page’s CSP (connect-src) or CORS?')
      }
    },
    heard() {
      answered = true
    },
    end() {
      failures = retryAt = 0
      cause = null
    },
    hurry() {
      retryAt = 0
    },
    isUnreachable,
  }
}
