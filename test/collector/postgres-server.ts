import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { postgresBinaries } from '../../.ci/postgres.js'
import { connect, type Sql, type SqlOptions } from '../../src/collector/postgres/sql.ts'

/** Whether this machine has a PostgreSQL to start; without it the tests of that store are left out. */
export const hasPostgres = postgresBinaries() !== null

/** A PostgreSQL server of a test's own, on 127.0.0.1, its files in a temporary folder. */
export type PostgresServer = {
  /** Number of the system's user that the server runs as. */
  user: string
  /** Makes an empty database; its URL. */
  createDatabase(): Promise<string>
  start(): Promise<void>
  /** Ends it, its connections with it. `crash`: without a checkpoint, as a fault would. */
  stop(how?: 'stop' | 'crash'): Promise<void>
  /** Ends the server and deletes its files. Happens by itself when the process ends without it. */
  remove(): Promise<void>
}

/** Connections of a test's own, apart from those of a collector. One, unless more are asked for. */
export async function connectTo(url: string, own: Partial<SqlOptions> = {}): Promise<Sql> {
  const named = new URL(url)
  named.searchParams.set('application_name', 'chatlog-test')
  return connect(named.href, { max: 1, statementTimeoutMs: 0, connectTimeoutMs: 30_000, ...own })
}

/** Settings of a server whose files needn't outlive a power cut; a crash of its own they do. */
const quickSettings = ['fsync=off', 'full_page_writes=off', 'shared_buffers=32MB']

/** Starts a server. @param settings `name=value`; the quick ones when left out */
export async function startPostgres(settings = quickSettings): Promise<PostgresServer> {
  const binaries = postgresBinaries()
  if (binaries === null) throw new Error('there is no PostgreSQL here')
  const user = unprivilegedUser()
  const port = await freePort()
  const given = JSON.stringify({ binaries, port, settings, user })
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'postgres-keeper.js'), given], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: what ends the tests' group (Ctrl-C, a runner) must not end what tidies up after them.
    detached: true,
  })
  const lines = createInterface({ input: keeper.stdout })
  const tell = async (command: string, wanted: string) => {
    keeper.stdin.write(`${command}\n`)
    const [answer] = await once(lines, 'line')
    if (answer !== wanted) throw new Error(`PostgreSQL: ${command} left it ${answer}`)
  }
  await tell('start', 'running')
  let databases = 0

  return {
    user: String(user.uid ?? process.getuid?.() ?? ''),
    async createDatabase() {
      const sql = await connectTo(`postgres://chatlog@127.0.0.1:${port}/postgres`)
      const name = `test_${++databases}`
      await sql.unsafe(`create database ${name}`)
      await sql.end()
      return `postgres://chatlog@127.0.0.1:${port}/${name}`
    },
    start: () => tell('start', 'running'),
    stop: (how = 'stop') => tell(how, 'ended'),
    async remove() {
      keeper.stdin.end()
      await once(keeper, 'close')
    },
  }
}

/** PostgreSQL refuses to run as root: then as its own user, or as nobody. */
export function unprivilegedUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((what) => spawnSync('id', [what, name], { encoding: 'utf8' }).stdout.trim())
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody')
}

/** A port that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
