// `npm run build`: what `dist` holds. The modules come first, since they empty it; the other files as many at a time as
// there are cores.
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runToEnd } from './child-process.js'

const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url))
process.chdir(fileURLToPath(new URL('..', import.meta.url)))

/** What each mode of vite.config.ts makes. */
const made = {
  core: 'chatlog-core.js',
  iife: 'chatlog.js',
  observe: 'chatlog-observe.js',
  debug: 'chatlog-debug.js',
  collector: 'the collector',
  testing: 'what tests import',
}
const modes = Object.keys(made)
const steps = modes.length + 2
let done = 0

if (await builds('the modules and their types')) {
  await Promise.all(Array.from({ length: availableParallelism() }, buildNext))
  // It holds the hash of the core.
  if (!process.exitCode) await builds('chatlog-lazy.js', '--mode', 'lazy')
  for (const step of ['require-entries.js', 'name-scripts.js']) {
    if (!process.exitCode) await succeeds(fileURLToPath(new URL(step, import.meta.url)))
  }
}

async function buildNext() {
  for (let mode = modes.shift(); mode !== undefined; mode = modes.shift()) {
    if (!(await builds(made[/** @type {keyof made} */ (mode)], '--mode', mode))) return
  }
}

/**
 * Runs Vite, and says how long that took.
 *
 * @param {string} what
 * @param {readonly string[]} args
 */
async function builds(what, ...args) {
  const began = Date.now()
  if (!(await succeeds(vite, 'build', ...args))) return false
  done += 1
  console.log(`chatlog: built ${what} in ${Math.round((Date.now() - began) / 1_000)} s (${done} of ${steps})`)
  return true
}

/**
 * Runs a step, and says what it had to say when it is over. One that fails fails the build.
 *
 * @param {string} script
 * @param {readonly string[]} args
 */
async function succeeds(script, ...args) {
  const { code, output } = await runToEnd(process.execPath, [script, ...args], { quiet: true })
  process.stdout.write(output)
  if (code !== 0) process.exitCode = code
  return code === 0
}
