/** Most calls that are kept while consent is pending; the oldest are dropped, and counted. */
export const maxPendingCalls = 1_000

/** Calls that wait until the visitor has consented. */
export interface PendingCalls<Target> {
  /** Keeps a call that was made at that time. @returns whether the oldest had to be dropped for it */
  add(at: number, call: (target: Target) => unknown): boolean
  /**
   * Drops calls that were made before a logout at that time, milliseconds since 1970.
   *
   * @param now drops calls of a later time too: they were made before the clock jumped back
   */
  dropBefore(at: number, now?: number): void
  /**
   * Takes all calls, oldest first.
   *
   * @param since gives a time, milliseconds since 1970: calls from before it are dropped. Asked only where calls wait.
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
