/** After a burst, one more is allowed every so many milliseconds. */
export const armEveryMs = 100

/** How many are allowed at once. */
const burst = 20

/** Says whether one more may be done now: 20 at once, then one every 100 ms. */
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
