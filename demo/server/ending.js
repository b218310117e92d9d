import { onOrphaned } from '../../.ci/orphan.js'

/**
 * Ends this process well when it is asked to, or when the npm that started it is gone.
 *
 * @param {() => Promise<void>} close
 */
export function endOnSignal(close) {
  let isEnding = false
  const end = async () => {
    // Ctrl-C reaches this process twice: from the terminal and from npm.
    if (isEnding) return
    isEnding = true
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
  onOrphaned(end)
}

/**
 * Says in one line what went wrong.
 *
 * @param {unknown} error
 */
export function complain(error) {
  console.error(`chatlog: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
