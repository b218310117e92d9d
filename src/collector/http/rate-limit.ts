import { ProblemError } from '../problem-error.ts'

/** What one key may send. A WEB key is shared by all of a site's visitors: think of the site, not of a person. */
export type RateLimit = {
  /** Requests a minute, lasting; so many may also come at once. */
  requestsPerMinute: number
}

/** Far more than one site sends, and few enough that one key can't keep the collector from the others. */
export const defaultRateLimit: RateLimit = { requestsPerMinute: 30_000 }

/**
 * A bucket of requests a key, full at first and refilled evenly. In this process only: several collectors each allow
 * the whole rate.
 *
 * @returns takes one request from the key's bucket
 * @throws ProblemError `too_many_requests`, from what it returns, with the seconds until the next request is allowed
 */
export function createRateLimiter({ requestsPerMinute }: RateLimit, now: () => number) {
  const buckets = new Map<string, { requests: number; filledAt: number }>()
  const perMs = requestsPerMinute / 60_000

  return function takeOne(keyId: string): void {
    const before = buckets.get(keyId) ?? { requests: requestsPerMinute, filledAt: now() }
    // A clock set back must not empty the bucket.
    const elapsedMs = Math.max(0, now() - before.filledAt)
    const requests = Math.min(requestsPerMinute, before.requests + elapsedMs * perMs)
    const isAllowed = requests >= 1
    buckets.set(keyId, { requests: isAllowed ? requests - 1 : requests, filledAt: now() })
    if (isAllowed) return
    const waitSeconds = Math.ceil((1 - requests) / perMs / 1000)
    const detail = `This key is over its ${requestsPerMinute} requests a minute: try again in ${waitSeconds} s.`
    throw new ProblemError('too_many_requests', detail, waitSeconds)
  }
}
