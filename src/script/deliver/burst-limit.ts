/** After a burst, one in this many milliseconds. */
export const armEveryMs = 100

/** So many at once. */
const burst = 20

/** Says whether one more may be done now: a burst at once, then one every 100 ms. */
export function createBurstLimit(elapsedMs: () => number): () => boolean {
  let left = burst
  let asked = 0
  return () => {
    left = Math.min(burst, left + (elapsedMs() - asked) / armEveryMs)
    asked = elapsedMs()
    if (left < 1) return false
    left--
    return true
  }
}
