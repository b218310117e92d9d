import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { buildCollector, startNode } from './built-collector.ts'
import { conversation } from './collector-under-test.ts'
import { connectTo, hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

let built: ReturnType<typeof buildCollector>
beforeAll(() => {
  built = buildCollector()
})
afterAll(() => built?.remove())

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function dataWithKey() {
  const data = mkdtempSync(join(tmpdir(), 'chatlog-outlives-'))
  cleanUps.push(() => rmSync(data, { recursive: true, force: true }))
  const store = openSqliteStore(data)
  const { key } = await addKey(store, { type: 'web' })
  await store.close()
  return { data, key }
}

const statusOf = (url: string, key: string, id: string) =>
  fetch(`${url}/conversations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(conversation({ id, messages: [{ id: `${id}-1`, role: 'user', content: 'hello' }] })),
  }).then(
    ({ status }) => status,
    () => 'no answer',
  )

test('a collector outlives the pipe of its log', async () => {
  const { data, key } = await dataWithKey()
  const started = startNode([built.path, '--port', '0', '--data', data])
  cleanUps.push(() => started.process.kill('SIGKILL'))
  const url = (await started.line(/^chatlog collector on/)).split(' ').at(-1) ?? ''

  started.process.stderr?.destroy()
  started.process.stdout?.destroy()

  for (const id of ['c1', 'c2', 'c3', 'c4']) expect(await statusOf(url, key, id)).toBe(200)
  expect(started.process.exitCode).toBeNull()
})

test.skipIf(process.platform !== 'linux')('a collector outlives the disk of its log being full', async () => {
  const { data, key } = await dataWithKey()
  const child = spawn(process.execPath, [built.path, '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
  })
  cleanUps.push(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout as Readable, 'data')
  const url = String(line).trim().split(' ').at(-1) ?? ''

  for (const id of ['c1', 'c2', 'c3', 'c4']) expect(await statusOf(url, key, id)).toBe(200)
  expect(child.exitCode).toBeNull()
})

test('a second collector on one directory says so and ends; the first goes on', async () => {
  const { data, key } = await dataWithKey()
  const first = startNode([built.path, '--port', '0', '--data', data])
  cleanUps.push(() => first.process.kill('SIGKILL'))
  const url = (await first.line(/^chatlog collector on/)).split(' ').at(-1) ?? ''

  const second = await startNode([built.path, '--port', '0', '--data', data]).ended

  expect(second.code).toBe(1)
  expect(second.stderr).toContain('another collector runs on this directory')
  expect(await statusOf(url, key, 'c1')).toBe(200)
})

describe.skipIf(!hasPostgres)('with PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())

  test('connections that an administrator ends cost no more than a 503, and nothing that was acknowledged', async () => {
    const url = await server.createDatabase()
    const store = await openPostgresStore(url)
    cleanUps.push(() => store.close())
    const { key } = await addKey(store, { type: 'web' })
    const started = startNode([built.path, '--port', '0', '--database-url', url, '--log-level', 'warn'])
    cleanUps.push(() => started.process.kill('SIGKILL'))
    const address = (await started.line(/^chatlog collector on/)).split(' ').at(-1) ?? ''
    const sql = await connectTo(url)
    cleanUps.push(() => sql.end())
    const statuses = new Map<string, unknown>()
    let isOver = false
    const send = async (sender: number) => {
      for (let index = 0; !isOver; index++) {
        const id = `s${sender}-${index}`
        statuses.set(id, await statusOf(address, key, id))
      }
    }
    const senders = Array.from({ length: 16 }, (_, sender) => send(sender))

    for (let round = 0; round < 12; round++) {
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'chatlog-collector' and pid <> pg_backend_pid()`
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    isOver = true
    await Promise.all(senders)

    expect(started.process.exitCode).toBeNull()
    expect([...new Set(statuses.values())].filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(await statusOf(address, key, 'afterwards')).toBe(200)
    const acknowledged = [...statuses].filter(([, status]) => status === 200).map(([id]) => id)
    const [row] =
      await sql`select count(*)::int as count from chatlog.conversations where id = any(${acknowledged}::text[])`
    expect(row?.count).toBe(acknowledged.length)
    expect(acknowledged.length).toBeGreaterThan(10)
  })
})
