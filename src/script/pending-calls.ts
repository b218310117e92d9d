/** Most calls that are kept while consent is pending; the oldest are dropped, and counted. */
export const maxPendingCalls = 1_000

/** Calls that wait until the visitor has consented. */
export interface PendingCalls<Target> {
  /** Keeps one. @returns whether the oldest had to go for it */
  add(at: number, call: (target: Target) => unknown): boolean
  /**
   * Drops those that were made before, milliseconds since 1970: by somebody who has logged out since.
   *
   * @param now those that seem to have been made after this came before the clock jumped back, and are dropped too
   */
  dropBefore(at: number, now?: number): void
  /**
   * Takes them all, oldest first.
   *
   * @param since asked only where there are any: those that were made before it, milliseconds since 1970, are dropped
   */
  take(since?: () => number): ((target: Target) => unknown)[]
}

export function createPendingCalls<Target>(): PendingCalls<Target> {
  let calls: { at: number; call: (target: Target) => unknown }[] = []
  const dropBefore = (at: number, now = Number.POSITIVE_INFINITY) => {
    calls = calls.filter((call) => call.at >= at && call.at <= now)
  }
  return {
    add(at, call) {
      const isFull = calls.push({ at, call }) > maxPendingCalls
      if (isFull) calls.shift()
      return isFull
    },
    dropBefore,
    take(since) {
      if (since && calls.length) dropBefore(since())
      return calls.splice(0).map(({ call }) => call)
    },
  }
}
