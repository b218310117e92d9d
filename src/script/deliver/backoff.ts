import type { Ledger } from '../ledger.ts'
import type { Platform } from '../platform.ts'

const maxBackoffMs = 600_000

/**
 * How long a page that seems offline waits between tries, in milliseconds: browsers may be wrong about it, and their
 * event `online` doesn't always come.
 */
const offlineRetryMs = 30_000

/** Failures without a single answer on this page after which the endpoint counts as unreachable. */
const unreachableAfter = 3

/** How long the next request waits after failures. */
export interface Backoff {
  /** Milliseconds until the next request may go; 0 for now. */
  leftMs(): number
  /** What failed last, in a word; `null` after a request that was answered well. */
  cause(): string | null
  /** @param afterMs what the endpoint asked for, `null` where it asked for nothing */
  failed(cause: string, afterMs: number | null): void
  /** The endpoint has answered, well or not: it is reachable. */
  heard(): void
  /** The endpoint has taken or refused a request: the next one needn't wait. */
  endWait(): void
  /** The next request needn't wait, for instance as the network is back; further failures still make longer waits. */
  hurry(): void
  /** The page's Content Security Policy keeps requests from the endpoint. */
  forbid(): void
  /** Three tries and more failed on this page without a single answer, though the browser says that it is online. */
  isUnreachable(): boolean
}

export function createBackoff({ elapsedMs, random, isOnline }: Platform, ledger: Ledger): Backoff {
  let failures = 0
  let answered = false
  let retryAt = 0
  let cause: string | null = null
  let forbidden = false

  const isUnreachable = () => !answered && failures >= unreachableAfter && isOnline()

  /**
   * The first two waits are short, so that a short outage ends before the visitor leaves; later ones jitter up to a
   * bound that doubles.
   */
  const backoffMs = () =>
    failures < 3 ? 100 + random() * 200 : 500 + random() * Math.min(maxBackoffMs, 1_000 * 2 ** (failures - 2))

  return {
    leftMs: () => Math.max(retryAt - elapsedMs(), 0),
    cause: () => cause,
    failed(reason, afterMs) {
      failures++
      const delayMs = Math.max(isOnline() ? backoffMs() : offlineRetryMs, afterMs ?? 0)
      retryAt = elapsedMs() + delayMs
      cause = forbidden ? 'connect-src' : reason
      ledger.emit('retrying', { afterMs: Math.round(delayMs), cause })
      if (isUnreachable() && failures === unreachableAfter) {
        ledger.complain(
          forbidden
            ? 'the page’s CSP forbids the endpoint: add it to connect-src'
            : 'the endpoint never answers: is it an ad blocker or CORS?',
        )
      }
    },
    heard() {
      answered = true
    },
    endWait() {
      failures = retryAt = 0
      cause = null
    },
    hurry() {
      retryAt = 0
    },
    forbid() {
      forbidden = true
    },
    isUnreachable,
  }
}
