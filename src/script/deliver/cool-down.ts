import type { Platform } from '../platform.ts'
import type { Memo } from '../who/memo.ts'

const firstPauseMs = 15 * 60_000
const maxPauseMs = 24 * 3_600_000

/**
 * The pause in which a refused key isn't tried: 15 minutes, doubled at each further refusal up to a day. localStorage
 * keeps it over pages. A changed key or endpoint ends it.
 */
export interface CoolDown {
  /** Milliseconds until the key may be tried again; 0 for now. */
  leftMs(): number
  /** Whether the key was refused before and has not been seen to work since. */
  isRemembered(): boolean
  /** What the endpoint said, while the key may not be tried. */
  reason(): string | null
  /** The key was refused once more. @returns how long it isn't tried now, in milliseconds */
  startPause(reason: string): number
  /** The key works: forgets the pause, and that there was one. */
  endPause(): void
}

/**
 * Reads what an earlier page left.
 *
 * @param mark names key and endpoint: another key, or the same key at another endpoint, is tried without a pause
 */
export function openCoolDown({ now }: Platform, memo: Memo, mark: () => string): CoolDown {
  const remembered = () => {
    const { blocked } = memo.read()
    return blocked?.key === mark() ? blocked : undefined
  }
  const leftMs = () => {
    const { until, pauseMs } = remembered() ?? { until: 0, pauseMs: 0 }
    const left = until - now()
    // More is left than the pause was long: the clock jumped back, and the key would be shut out for too long.
    return left > pauseMs ? 0 : Math.max(left, 0)
  }
  return {
    leftMs,
    isRemembered: () => !!remembered(),
    reason: () => (leftMs() && remembered()?.reason) || null,
    startPause(reason) {
      const pauseMs = Math.min((remembered()?.pauseMs ?? firstPauseMs / 2) * 2, maxPauseMs)
      memo.write({ blocked: { key: mark(), until: now() + pauseMs, pauseMs, reason: reason.slice(0, 120) } })
      return pauseMs
    },
    endPause() {
      if (remembered()) memo.write({ blocked: undefined })
    },
  }
}
