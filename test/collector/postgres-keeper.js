// Holds one PostgreSQL server for the tests, started by postgres-server.ts with what to run as JSON. Lines on its
// standard input: `start`, `stop` (a clean end), `crash` (an end without a checkpoint, as by a fault); each is answered
// with a line. It ends with its standard input, which the system closes however the tests end, and takes the server
// and its files with it.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** @type {{ binaries: string, folder: string, port: number, settings: string[], user: { uid?: number, gid?: number } }} */
const { binaries, folder, port, settings, user } = JSON.parse(process.argv[2] ?? '')
const always = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'lc_messages=C']
const endings = /** @type {const} */ ({ stop: 'SIGINT', crash: 'SIGQUIT' })

/** @type {Awaited<ReturnType<typeof start>>} */
let server = null

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'start') server = await start()
  if (line === 'stop' || line === 'crash') await end(endings[line])
  console.log(server ? 'running' : 'ended')
}
await end('SIGQUIT')
rmSync(folder, { recursive: true, force: true })

/** Resolves with the server once it answers, with null when it ended before that. */
async function start() {
  const options = [...always, ...settings].flatMap((setting) => ['-c', setting])
  const started = spawn(join(binaries, 'postgres'), ['-D', join(folder, 'data'), ...options], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  })
  const ended = new Promise((resolve) => started.on('exit', resolve).on('error', resolve))
  const ready = new Promise((resolve) => {
    started.stderr.setEncoding('utf8').on('data', (text) => {
      if (text.includes('ready to accept connections')) resolve(true)
    })
  })
  const isReady = await Promise.race([ready, ended.then(() => false)])
  return isReady ? { started, ended } : null
}

/** @param {'SIGINT' | 'SIGQUIT'} signal */
async function end(signal) {
  server?.started.kill(signal)
  await server?.ended
  server = null
}
