import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { postgresBinaries } from '../../.ci/postgres.js'
import { buildCollector, runNode, startNode } from './built-collector.ts'
import { missing, startLoad } from './load.ts'
import {
  connectTo,
  freePort,
  hasPostgres,
  type PostgresServer,
  startPostgres,
  unprivilegedUser,
} from './postgres-server.ts'

/** `npm run test:surroundings`: it takes minutes, and programs that few machines have. */
const isAsked = process.env.npm_lifecycle_event === 'test:surroundings' && hasPostgres
const hasProgram = (name: string) => spawnSync('which', [name]).status === 0
const upserts = 300

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

describe.skipIf(!isAsked)('behind programs of others', () => {
  let built: ReturnType<typeof buildCollector>
  let server: PostgresServer
  beforeAll(async () => {
    built = buildCollector()
    server = await startPostgres()
  })
  afterAll(async () => {
    built?.remove()
    await server?.remove()
  })

  async function keysOf(place: string[]): Promise<{ web: string; api: string }> {
    const keyOf = async (type: string) =>
      (await runNode([built.path, 'keys', 'add', '--type', type, ...place])).stdout.trimEnd().split('\n').at(-1) ?? ''
    return { web: await keyOf('web'), api: await keyOf('api') }
  }

  async function serve(place: string[], port = 0, more: string[] = []) {
    const started = startNode([built.path, '--port', String(port), '--log-level', 'error', ...place, ...more])
    cleanUps.push(async () => {
      started.process.kill('SIGKILL')
      await started.ended
    })
    const line = await started.line(/^chatlog collector on /)
    const end = async (signal: NodeJS.Signals) => {
      started.process.kill(signal)
      return started.ended
    }
    return { url: line.replace('chatlog collector on ', ''), end }
  }

  /** Starts a program with a file of its own; the test ends it. */
  function run(name: string, given: (file: string) => string[], text: string): ChildProcess {
    const folder = mkdtempSync('/tmp/chatlog-behind-')
    const user = unprivilegedUser()
    if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
    chmodSync(folder, 0o755)
    const file = join(folder, `${name}.conf`)
    writeFileSync(file, text)
    const child = spawn(name, given(file), { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder, ...user })
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (more) => {
      said += more
    })
    child.on('exit', (code) => code && console.error(`${name} ended with ${code}: ${said.slice(-2_000)}`))
    cleanUps.push(async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    })
    return child
  }

  const answers = (url: string) =>
    vi.waitFor(async () => expect((await fetch(`${url}/health`)).status).toBe(200), { timeout: 30_000 })

  describe.skipIf(!hasProgram('haproxy'))('haproxy', () => {
    /** Two collectors behind it, both of which it knows to be up. */
    async function behindHaproxy() {
      const place = ['--database-url', await server.createDatabase()]
      const keys = await keysOf(place)
      const ports = [await freePort(), await freePort()]
      const [front, statistics] = [await freePort(), await freePort()]
      const start = (index: number) => serve(place, ports[index], ['--drain-ms', '3000'])
      const collectors = [await start(0), await start(1)]
      run(
        'haproxy',
        (file) => ['-db', '-f', file],
        `
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option redispatch
  retries 3
frontend senders
  bind 127.0.0.1:${front}
  default_backend collectors
frontend statistics
  bind 127.0.0.1:${statistics}
  stats enable
  stats uri /
backend collectors
  option httpchk GET /health
  default-server check inter 300ms fall 2 rise 2
  server one 127.0.0.1:${ports[0]}
  server two 127.0.0.1:${ports[1]}
`,
      )
      const allUp = () =>
        vi.waitFor(
          async () => {
            const table = await (await fetch(`http://127.0.0.1:${statistics}/;csv`)).text()
            expect(table.match(/^collectors,(one|two),.*,UP,/gm)).toHaveLength(2)
          },
          { timeout: 30_000, interval: 200 },
        )
      const url = `http://127.0.0.1:${front}`
      await answers(url)
      await allUp()
      return { url, keys, collectors, start, allUp }
    }

    test('a rolling restart loses nothing and refuses nobody', async () => {
      const { url, keys, collectors, start, allUp } = await behindHaproxy()
      const load = startLoad(url, keys.web)

      for (const round of [0, 1, 2, 3]) {
        await load.more(upserts)
        expect(await collectors[round % 2]?.end('SIGTERM')).toMatchObject({ code: 0 })
        collectors[round % 2] = await start(round % 2)
        await allUp()
      }
      await load.more(upserts)
      await load.stop()

      console.log('rolling restart behind haproxy, answers by status:', Object.fromEntries(load.statuses))
      expect([...load.statuses.keys()]).toEqual([200])
      expect(await missing(load, url, keys.api)).toEqual([])
    })

    test('kill -9 of one after the other loses nothing that was acknowledged', async () => {
      const { url, keys, collectors, start, allUp } = await behindHaproxy()
      const load = startLoad(url, keys.web)

      for (const round of [0, 1, 2, 3]) {
        await load.more(upserts)
        await collectors[round % 2]?.end('SIGKILL')
        await load.more(upserts)
        collectors[round % 2] = await start(round % 2)
        await allUp()
      }
      await load.stop()

      console.log('kill -9 behind haproxy, answers by status:', Object.fromEntries(load.statuses))
      const others = [...load.statuses.keys()].filter((status) => ![0, 200, 502, 503].includes(status))
      expect(others).toEqual([])
      expect(await missing(load, url, keys.api)).toEqual([])
    })
  })

  test.skipIf(!hasProgram('pgbouncer'))(
    'pgbouncer that pools by transaction: what one stores the other shows, also in its live view',
    async () => {
      const direct = new URL(await server.createDatabase())
      const port = await freePort()
      run(
        'pgbouncer',
        (file) => [file],
        `
[databases]
* = host=127.0.0.1 port=${direct.port} user=chatlog
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
ignore_startup_parameters = statement_timeout, options
`,
      )
      // Tables are made past it: a pooler ends no connection that waits for a lock.
      await runNode([built.path, 'migrate', '--database-url', direct.href])
      const pooled = `postgres://chatlog@127.0.0.1:${port}${direct.pathname}?prepare=false`
      const keys = await keysOf(['--database-url', direct.href])
      const [a, b] = [await serve(['--database-url', pooled]), await serve(['--database-url', pooled])]
      const signedIn = await fetch(`${a.url}/sign-in`, {
        method: 'POST',
        body: new URLSearchParams({ apiKey: keys.api }),
        redirect: 'manual',
      })
      const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
      const stop = new AbortController()
      const stream = await fetch(`${b.url}/live-view/events`, { headers: { cookie }, signal: stop.signal })
      const reader = (stream.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader()
      const load = startLoad(a.url, keys.web, { writers: 8 })

      let seen = ''
      while (!seen.includes('event: stored')) seen += (await reader.read()).value ?? ''
      await load.more(upserts)
      await load.stop()
      stop.abort()

      expect([...load.statuses.keys()]).toEqual([200])
      expect(await missing(load, b.url, keys.api)).toEqual([])
    },
  )

  test('a standby that is promoted has everything that was acknowledged, and goes on', async () => {
    const primary = await startPostgres()
    cleanUps.push(() => primary.remove())
    const database = new URL(await primary.createDatabase())
    const standby = await startStandby(database)
    await acknowledgeWhatBothHave(database)
    const switched = await startSwitch(Number(database.port))
    database.port = String(switched.port)
    const place = ['--database-url', database.href]
    const keys = await keysOf(place)
    const { url } = await serve(place)
    const load = startLoad(url, keys.web)
    await load.more(upserts)

    await primary.stop('crash')
    await load.more(20, 503)
    await standby.promote()
    switched.to(standby.port)
    await load.more(upserts)
    await load.stop()

    console.log('standby promoted, answers by status:', Object.fromEntries(load.statuses))
    expect([...load.statuses.keys()].toSorted()).toEqual([200, 503])
    expect(await missing(load, url, keys.api)).toEqual([])
  })

  /** From now on the server acknowledges a commit once its standby has it too: before there is one it would wait for ever. */
  async function acknowledgeWhatBothHave({ href }: URL): Promise<void> {
    const sql = await connectTo(href)
    await sql`alter system set synchronous_standby_names = '*'`
    await sql`select pg_reload_conf()`
    await vi.waitFor(async () => {
      const [standby] = await sql`select sync_state from pg_stat_replication`
      expect(standby?.sync_state).toBe('sync')
    })
    await sql.end()
  }

  /** A copy of the server that follows it. */
  async function startStandby(from: URL) {
    const binaries = postgresBinaries() ?? ''
    const user = unprivilegedUser()
    const folder = mkdtempSync('/tmp/chatlog-standby-')
    if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
    const data = join(folder, 'data')
    const given = ['-h', '127.0.0.1', '-p', from.port, '-U', 'chatlog', '-D', data, '-R', '-c', 'fast']
    const copied = spawnSync(join(binaries, 'pg_basebackup'), given, { ...user, cwd: folder, encoding: 'utf8' })
    if (copied.status !== 0) throw new Error(copied.stderr)
    const port = await freePort()
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'lc_messages=C']
    const options = [...settings, 'fsync=off', 'synchronous_standby_names='].flatMap((setting) => ['-c', setting])
    const child = spawn(join(binaries, 'postgres'), ['-D', data, ...options], {
      ...user,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    cleanUps.push(async () => {
      child.kill('SIGQUIT')
      if (child.exitCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    })
    await new Promise<void>((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text) => {
        if (text.includes('started streaming')) resolve()
      })
    })
    return {
      port,
      async promote() {
        const done = spawnSync(join(binaries, 'pg_ctl'), ['promote', '-w', '-D', data], { ...user, cwd: folder })
        expect(done.status).toBe(0)
      },
    }
  }
})

/** An address that stays while the server behind it changes, as a cluster's own is. */
async function startSwitch(firstPort: number) {
  let target = firstPort
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1')
    for (const one of [socket, onward]) {
      sockets.add(one)
      one
        .on('error', () => {})
        .on('close', () => {
          for (const each of [socket, onward]) {
            each.destroy()
            sockets.delete(each)
          }
        })
    }
    socket.pipe(onward).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    to(port: number) {
      target = port
      for (const socket of sockets) socket.destroy()
    },
  }
}
