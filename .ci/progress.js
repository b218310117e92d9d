/** How often a step that takes long says that it still works, in milliseconds. */
const everyMs = 10_000

/**
 * Does a step, and says so in the console: a line as it begins, one every 10 seconds, and one with the seconds that it took.
 * A step that fails throws, and has no last line.
 *
 * @template Result
 * @param {string} doing such as `building chatlog`
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function step(doing, work) {
  const began = Date.now()
  const seconds = () => `${Math.round((Date.now() - began) / 1_000)} s`
  console.log(`chatlog: ${doing} …`)
  const timer = setInterval(() => console.log(`chatlog: ${doing} … ${seconds()}`), everyMs)
  try {
    const result = await work()
    console.log(`chatlog: ${doing} … done in ${seconds()}`)
    return result
  } finally {
    clearInterval(timer)
  }
}
