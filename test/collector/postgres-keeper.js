// Holds one PostgreSQL server for the tests, started by postgres-server.ts with what to run as JSON. Lines on its
// standard input: `start`, `stop` (a clean end), `crash` (an end without a checkpoint, as by a fault); each is answered
// with a line. It ends with its standard input, which the system closes however the tests end, and takes the server
// and its files with it.
import { spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** @type {{ binaries: string, port: number, settings: string[], user: { uid?: number, gid?: number } }} */
const { binaries, port, settings, user } = JSON.parse(process.argv[2] ?? '')
const always = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'lc_messages=C']
// The user that root's servers run as can't enter folders of root alone, as the tests' own temporary one is.
const folder = mkdtempSync(join(user.uid === undefined ? tmpdir() : '/tmp', 'chatlog-postgres-'))
const endings = /** @type {const} */ ({ stop: 'SIGINT', crash: 'SIGQUIT' })

/** @type {Awaited<ReturnType<typeof start>>} */
let server = null

// Nobody reads on once the tests are gone, and there is still something to tidy up.
process.stdout.on('error', () => {})
makeCluster()
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'start') server = await start()
  if (line === 'stop' || line === 'crash') await end(endings[line])
  console.log(server ? 'running' : 'ended')
}
await end('SIGQUIT')
rmSync(folder, { recursive: true, force: true })

function makeCluster() {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
  const options = ['--username=chatlog', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  const made = spawnSync(join(binaries, 'initdb'), ['--pgdata', join(folder, 'data'), ...options], {
    cwd: folder,
    encoding: 'utf8',
    ...user,
  })
  if (made.status !== 0) console.error(`initdb: ${made.error?.message ?? made.stderr}`)
}

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
