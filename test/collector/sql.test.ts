import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect, isConnectionLost, type Sql } from '../../src/collector/postgres/sql.ts'
import { transact } from '../../src/collector/postgres/transaction.ts'
import { connectTo, hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function closing(sql: Sql): Sql {
  cleanUps.push(() => sql.end({ timeoutMs: 1_000 }))
  return sql
}

const inTime = <Result>(work: Promise<Result>) => Promise.race([work, setTimeout(20_000, 'never ended' as const)])

describe.skipIf(!hasPostgres)('connections to PostgreSQL', () => {
  let server: PostgresServer
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.createDatabase()
  })
  afterAll(() => server?.remove())

  test('that are lost at any moment, fail what was asked on them, and nothing else: every call ends, the next one works', async () => {
    const administrator = closing(await connectTo(url))
    const endAll = () => administrator`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`
    const options = { max: 2, connectTimeoutMs: 5_000, statementTimeoutMs: 20_000 }
    const sql = closing(await connect(`${url}?application_name=victim`, options))
    const own = new Error('of the work itself')
    const failures: Promise<unknown>[] = []
    const failureOf = (work: PromiseLike<unknown>) =>
      work.then(
        () => undefined,
        (reason) => reason,
      ) as Promise<unknown>

    for (let round = 0; round < 150; round++) {
      failures.push(
        failureOf(sql`select ${round}::integer as round`),
        failureOf(
          transact(sql, async (transaction) => {
            await transaction`select ${round}::integer as round`
            // Nobody waits for the connection then, and it may be lost.
            if (round % 2 === 0) await setTimeout(round % 11)
            await Promise.all([transaction`select pg_sleep(0.002)`, transaction`select 1 as one`])
            if (round % 5 === 0) throw own
          }),
        ),
      )
      await setTimeout(round % 7)
      if (round % 3 === 0) await endAll()
    }

    const settled = await inTime(Promise.all(failures))
    const reasons = [settled].flat().filter((reason) => reason !== undefined)
    expect(reasons.filter((reason) => reason !== own && !isConnectionLost(reason))).toEqual([])
    expect(reasons.some(isConnectionLost)).toBe(true)
    // Both connections are there again, and neither is in a transaction.
    await vi.waitFor(() => Promise.all([sql`select pg_sleep(0.1)`, sql`select pg_sleep(0.1)`]), { timeout: 5_000 })
    const lasting = await Promise.all([sql`select pg_current_xact_id_if_assigned()`, sql`select 1 from pg_sleep(0.1)`])
    expect(lasting.map(({ length }) => length)).toEqual([1, 1])
    expect(await inTime(sql.end({ timeoutMs: 1_000 }))).toBeUndefined()
  })

  test('that a server accepts and never answers, are given up after their time, however often', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    cleanUps.push(() => {
      for (const socket of sockets) socket.destroy()
      silent.close()
    })
    const address = `postgres://chatlog@127.0.0.1:${(silent.address() as AddressInfo).port}/none`
    const sql = closing(await connect(address, { max: 1, connectTimeoutMs: 40, statementTimeoutMs: 0 }))

    for (let tries = 0; tries < 4; tries++) {
      const outcome = await inTime(sql`select 1`.then(Boolean, isConnectionLost))
      expect(outcome).toBe(true)
    }
    expect(sockets).toHaveLength(4)
  })

  test('wait for a free one as long as it takes: only connecting has a limit', async () => {
    const sql = closing(await connect(url, { max: 1, connectTimeoutMs: 100, statementTimeoutMs: 0 }))
    await sql`select 1`

    const [, answer] = await Promise.all([sql`select pg_sleep(0.4)`, sql`select 'there' as word`])

    expect(answer).toEqual([{ word: 'there' }])
  })

  test('that are in use when all end, end once they are given back, or at the end of the time', async () => {
    const sql = await connectTo(url, { max: 2 })
    const quick = sql`select 'done' as word`.execute()
    const slow = sql`select pg_sleep(60)`.execute()
    slow.catch(() => {})
    await quick

    expect(await inTime(sql.end({ timeoutMs: 50 }))).toBeUndefined()

    await expect(slow).rejects.toSatisfy(isConnectionLost)
    await expect(sql`select 1`).rejects.toSatisfy(isConnectionLost)
  })

  test('that are given back within a transaction, are given to nobody else', async () => {
    const sql = closing(await connectTo(url))
    const own = await sql.reserve()
    await own.unsafe(`begin; set local application_name = 'within'`)

    own.release()

    expect(await sql`select current_setting('application_name') as name`).toEqual([{ name: 'chatlog-test' }])
  })

  test('a statement is sent once, however often it is awaited, and never as a part of another', async () => {
    const sent: string[] = []
    const sql = closing(await connectTo(url, { onStatement: (text) => sent.push(text) }))
    const part = sql`where number > ${1} ${sql``}`
    const whole = sql<{ number: number }[]>`select number from generate_series(1, ${3}::integer) as number ${part}`

    expect(await whole).toEqual(await whole)

    expect(await whole).toEqual([{ number: 2 }, { number: 3 }])
    expect(sent).toEqual(['select number from generate_series(1, $1::integer) as number where number > $2 '])
  })

  test('a value that is missing is an error, and not null', async () => {
    const sql = closing(await connectTo(url))

    await expect(sql`select ${undefined}::text as word`).rejects.toThrow('a value is missing in the statement')
    expect(await sql`select ${null}::text as word`).toEqual([{ word: null }])
  })

  test('a statement that was planned before a migration changed a column, is planned anew', async () => {
    const sql = closing(await connectTo(url, { max: 3 }))
    await sql.unsafe('create table changing (number integer); insert into changing values (1)')
    const read = () => sql`select changing.*, pg_sleep(0.05)::text from changing where number > ${0}::integer`
    await Promise.all([read(), read(), read()])

    await sql.unsafe('alter table changing alter column number type bigint')

    expect(await read()).toEqual([{ number: '1', pg_sleep: '' }])
  })

  test.each(['disable', undefined])('with ?sslmode=%s a server without TLS is reached', async (mode) => {
    const sql = closing(await connectTo(mode === undefined ? url : `${url}?sslmode=${mode}`))

    expect(await sql`select current_setting('jit') as jit`).toEqual([{ jit: 'off' }])
  })

  test.skipIf(!hasOpenssl)(
    'with ?sslmode=require a server with TLS is, by TLS; with verify-full only one that is known',
    async () => {
      // Not in the folder of the run, which only its own user may enter.
      const directory = mkdtempSync('/tmp/chatlog-tls-')
      cleanUps.push(() => rmSync(directory, { recursive: true, force: true }))
      const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')]
      const own = [
        '-keyout',
        key,
        '-out',
        certificate,
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      ]
      spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...own])
      // PostgreSQL reads a key that its own user alone can read.
      spawnSync('chown', ['-R', server.user, directory])
      const withTls = await startPostgres(['ssl=on', `ssl_key_file=${key}`, `ssl_cert_file=${certificate}`])
      cleanUps.push(() => withTls.remove())
      const address = await withTls.createDatabase()
      const isByTls = async (mode: string) => {
        const sql = closing(await connectTo(`${address}?sslmode=${mode}`))
        return sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
      }

      expect(await isByTls('require')).toEqual([{ ssl: true }])
      await expect(isByTls('verify-full')).rejects.toThrow('self-signed certificate')
      expect(await isByTls(`verify-full&sslrootcert=${certificate}`)).toEqual([{ ssl: true }])
    },
  )

  test('with ?sslmode=require a server without TLS is not', async () => {
    const sql = closing(await connectTo(`${url}?sslmode=require`))

    await expect(sql`select 1`).rejects.toThrow('does not support SSL')
  })
})
