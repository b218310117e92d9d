/**
 * What one cell of the table took.
 * @typedef {{ perSecond: number, p50Ms: number, p99Ms: number }} Measured
 */

/**
 * Does `count` tasks, so many at a time.
 * @param {number} count
 * @param {number} atOnce
 * @param {(index: number) => Promise<void>} task
 * @returns {Promise<Measured>}
 */
export async function measure(count, atOnce, task) {
  /** @type {number[]} */
  const tookMs = []
  let next = 0
  async function work() {
    while (next < count) {
      const index = next++
      const startedAt = performance.now()
      await task(index)
      tookMs.push(performance.now() - startedAt)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: atOnce }, work))
  const seconds = (performance.now() - startedAt) / 1_000
  tookMs.sort((a, b) => a - b)
  const percentile = (/** @type {number} */ share) =>
    tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0
  return { perSecond: count / seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99) }
}
