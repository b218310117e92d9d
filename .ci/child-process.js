import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { onOrphaned } from './orphan.js'

/** Where a group of processes can be made and ended as one; Windows has no such groups. */
const hasProcessGroups = process.platform !== 'win32'

/** @type {readonly NodeJS.Signals[]} */
const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** How long an interrupted or overdue command may take to end by itself, in milliseconds. */
const graceMs = 5_000

/** How many commands run at this moment. */
let running = 0

/**
 * Runs a command to its end and leaves nothing of it behind: it gets a process group of its own, and what is left of
 * that group is ended with it. An interruption of this process is passed on; once the command and those that run beside
 * it have ended, this process ends too, with the exit code that shells expect.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string>, timeoutMs?: number, inBackground?: boolean,
 *   onLine?: (line: string) => void }} [options] `quiet` drops the output but for what is returned, and for `onLine`, which
 *   gets each line as it comes; `timeoutMs` ends an overdue command (default: no limit);
 *   `inBackground` lets it have what of the processor nobody else wants
 * @returns {Promise<{ code: number, output: string }>} 127 when the command isn't there, 124 when overdue; `output` is
 *   empty unless `quiet`
 */
export function runToEnd(command, args, { quiet = false, env = {}, timeoutMs, inBackground = false, onLine } = {}) {
  return new Promise((resolve) => {
    running += 1
    const child = spawn(command, args, {
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
      detached: hasProcessGroups,
      // npm is a .cmd file there, which only a shell starts.
      shell: process.platform === 'win32' && !command.endsWith('.exe'),
    })
    if (inBackground && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => (output += data))
      if (stream && onLine) createInterface({ input: stream }).on('line', onLine)
    }

    const passing = passInterruptions(child)
    let isOverdue = false
    let isFinished = false
    const overdue = setTimeout(
      () => {
        isOverdue = true
        askToEnd(child, 'SIGTERM')
      },
      timeoutMs ?? 2 ** 31 - 1,
    )

    /** @param {number} code */
    const finish = (code) => {
      // A command that isn't there has an error and then closes.
      if (isFinished) return
      isFinished = true
      clearTimeout(overdue)
      running -= 1
      const interruption = passing.stop()
      if (interruption && running === 0) process.exit(128 + constants.signals[interruption])
      // Whoever waits for an interrupted command would start the next one.
      if (interruption) return
      resolve({ code: isOverdue ? 124 : code, output })
    }
    child.on('error', () => finish(127))
    child.on('exit', () => signalGroup(child, 'SIGKILL'))
    child.on('close', (code) => finish(code ?? 1))
  })
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {{ stop: () => NodeJS.Signals | null }} `stop` ends the passing and tells whether there was an interruption
 */
function passInterruptions(child) {
  /** @type {NodeJS.Signals | null} */
  let interruption = null
  /** @param {NodeJS.Signals} signal */
  const interrupt = (signal) => {
    interruption = signal
    askToEnd(child, signal)
  }
  for (const signal of interruptions) process.on(signal, interrupt)
  const stopWatching = onOrphaned(() => interrupt('SIGTERM'))
  return {
    stop() {
      for (const signal of interruptions) process.off(signal, interrupt)
      stopWatching()
      return interruption
    },
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function askToEnd(child, signal) {
  signalGroup(child, signal)
  setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs).unref()
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return
  try {
    if (hasProcessGroups) process.kill(-child.pid, signal)
    else child.kill(signal)
  } catch {
    // ESRCH: everything in the group has ended already, which is what is wanted.
  }
}
