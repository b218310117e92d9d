/**
 * What the fake collector does instead of storing and answering.
 *
 * - a status: answers it, and stores nothing: 429 and 5xx pass with time, 401 and 403 need a person
 * - `hang`: takes the request and never answers
 * - `reset`: resets the connection once the request is there
 * - `slow`: stores, and answers `delayMs` later
 * - `cut`: stores, and breaks off in the middle of the answer
 * - `offline`: refuses connections
 */
export type Fault = 'hang' | 'reset' | 'slow' | 'cut' | 'offline' | 401 | 403 | 408 | 413 | 422 | 429 | 500 | 503

/** How long a fault lasts, and the settings of some faults. */
export interface FaultSettings {
  /** Requests that fail; after them it heals by itself. Not for `offline`. @defaultValue all until `heal()` */
  times?: number
  /** Sent as `Retry-After` with a status, in seconds. */
  retryAfterSeconds?: number
  /** How long `slow` waits before it answers, in milliseconds. @defaultValue 1_000 */
  delayMs?: number
}

/** The fault that is on. */
export interface FaultSwitch {
  set(fault: Exclude<Fault, 'offline'>, settings: FaultSettings): void
  clear(): void
  /** The fault of the next request, which it counts. */
  take(): { fault: Exclude<Fault, 'offline'>; settings: FaultSettings } | null
}

export function createFaultSwitch(): FaultSwitch {
  let current: ReturnType<FaultSwitch['take']> = null
  let left = 0
  return {
    set(fault, settings) {
      current = { fault, settings }
      left = settings.times ?? Number.POSITIVE_INFINITY
    },
    clear() {
      left = 0
    },
    take() {
      if (left <= 0) return null
      left -= 1
      return current
    },
  }
}
