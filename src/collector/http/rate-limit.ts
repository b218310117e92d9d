import { ProblemError } from '../problem-error.ts'

/**
 * What one key may send. All visitors of a site share its WEB key, so this is a bound for a site and not for a person.
 */
export type RateLimit = {
  /** Requests a minute that a key may send all the time; so many may also come at once. */
  requestsPerMinute: number
}

/** Far more than one site sends, and few enough that one key can't keep the collector from the others. */
export const defaultRateLimit: RateLimit = { requestsPerMinute: 30_000 }

/** A request that was let in. */
export type Turn = {
  /**
   * Says that the request's body was refused. A WEB key is public: the turn goes back, so that a stranger's bad bodies
   * keep no visitor from sending.
   *
   * @throws ProblemError `too_many_requests` in place of the refusal, once refused and other requests together are over
   *   the rate
   */
  wasRefused(): void
}

type Bucket = { all: number; own: number; filledAt: number }

/** Keeps keys to their rate. */
export type RateLimiter = {
  /**
   * Takes one request from the key's bucket.
   *
   * @throws ProblemError `too_many_requests`, with the seconds until the next request is allowed
   */
  takeOne(keyId: string): Turn
  /** Takes what other collectors let in, as far as there is something to take. */
  takeElsewhere(keyId: string, requests: number): void
}

/** A bucket of requests a key, full at first and refilled evenly. */
export function createRateLimiter({ requestsPerMinute }: RateLimit, now: () => number): RateLimiter {
  // `all` counts every request, `own` only those whose body wasn't refused: a sender of good bodies is held to `own`.
  const buckets = new Map<string, Bucket>()
  const perMs = requestsPerMinute / 60_000

  function bucketOf(keyId: string): Bucket {
    const bucket = buckets.get(keyId) ?? { all: requestsPerMinute, own: requestsPerMinute, filledAt: now() }
    // A clock set back must not empty the bucket.
    const filled = Math.max(0, now() - bucket.filledAt) * perMs
    bucket.all = Math.min(requestsPerMinute, bucket.all + filled)
    bucket.own = Math.min(requestsPerMinute, bucket.own + filled)
    bucket.filledAt = now()
    buckets.set(keyId, bucket)
    return bucket
  }

  function over(left: number): ProblemError {
    const waitSeconds = Math.ceil((1 - left) / perMs / 1000)
    const detail = `This key has sent more than ${requestsPerMinute} requests in a minute: try again in ${waitSeconds} s.`
    return new ProblemError('too_many_requests', detail, waitSeconds)
  }

  function takeOne(keyId: string): Turn {
    const bucket = bucketOf(keyId)
    if (bucket.own < 1) throw over(bucket.own)
    bucket.own -= 1
    const isOver = bucket.all < 1
    if (!isOver) bucket.all -= 1
    return {
      wasRefused() {
        bucket.own = Math.min(requestsPerMinute, bucket.own + 1)
        if (isOver) throw over(bucket.all)
      },
    }
  }

  return {
    takeOne,
    takeElsewhere(keyId, requests) {
      const bucket = bucketOf(keyId)
      bucket.own = Math.max(0, bucket.own - requests)
      bucket.all = Math.max(0, bucket.all - requests)
    },
  }
}
