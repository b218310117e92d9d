import type { Platform } from '../platform.ts'
import type { Memo } from '../who/memo.ts'

const firstPauseMs = 15 * 60_000
const maxPauseMs = 24 * 3_600_000

/** The time for which a key that was refused isn't tried, remembered over pages. A changed key or endpoint ends it. */
export interface CoolDown {
  /** Milliseconds until the key may be tried again; 0 for now. */
  leftMs(): number
  /** Whether the key was refused before and has not been seen to work since. */
  isRemembered(): boolean
  /** What the endpoint said, while the key may not be tried. */
  reason(): string | null
  /** The key was refused once more. @returns how long it isn't tried now, in milliseconds */
  begin(reason: string): number
  /** The key works. */
  end(): void
}

/**
 * Reads what an earlier page left.
 *
 * @param mark tells keys and endpoints apart: another key, or the same at another endpoint, is tried at once
 */
export function openCoolDown({ now }: Platform, memo: Memo, mark: () => string): CoolDown {
  const remembered = () => {
    const { blocked } = memo.read()
    return blocked?.key === mark() ? blocked : undefined
  }
  const leftMs = () => {
    const { until, pauseMs } = remembered() ?? { until: 0, pauseMs: 0 }
    const left = until - now()
    // A pause that is longer than it was meant to be: the clock jumped.
    return left > pauseMs ? 0 : Math.max(left, 0)
  }
  return {
    leftMs,
    isRemembered: () => !!remembered(),
    reason: () => (leftMs() && remembered()?.reason) || null,
    begin(reason) {
      const pauseMs = Math.min((remembered()?.pauseMs ?? firstPauseMs / 2) * 2, maxPauseMs)
      memo.write({ blocked: { key: mark(), until: now() + pauseMs, pauseMs, reason: reason.slice(0, 120) } })
      return pauseMs
    },
    end() {
      if (remembered()) memo.write({ blocked: undefined })
    },
  }
}
