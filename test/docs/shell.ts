import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

/** Where a script runs. */
export interface ScriptPlace {
  cwd: string
  environment?: Record<string, string>
}

/** A script that goes on until it is ended. */
export interface RunningScript {
  /** Everything printed so far. */
  output(): string
  /** Sends Ctrl-C to the script and what it started, and waits until all of it has ended. */
  end(): Promise<void>
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Runs a script to its end. @returns what it printed. @throws Error with that, when a command of it fails */
export async function runScript(script: string, place: ScriptPlace): Promise<string> {
  const { ended, output } = start(script, place)
  const code = await ended
  if (code !== 0) throw new Error(`exit code ${code}:\n${output()}`)
  return output()
}

/** Starts a script and waits for a line. @throws Error with what it printed, when it ends without that line */
export async function startScript(script: string, line: RegExp, place: ScriptPlace): Promise<RunningScript> {
  const { child, ended, output } = start(script, place)
  await new Promise<void>((resolve, reject) => {
    const look = () => line.test(output()) && resolve()
    child.stdout.on('data', look)
    void ended.then((code) => reject(new Error(`exit code ${code} before ${line}:\n${output()}`)))
  })
  return {
    output,
    async end() {
      // The whole process group, as a terminal does: the shell alone would leave what it started.
      if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGINT')
      // `close` comes when nobody holds the output any more, so not before the last of them is gone.
      await ended
    },
  }
}

function start(script: string, { cwd, environment = {} }: ScriptPlace) {
  const { VITEST: _vitest, NODE_ENV: _environment, ...inherited } = process.env
  const child = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script], {
    cwd,
    env: { ...inherited, npm_config_update_notifier: 'false', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, ended, output: () => printed }
}
