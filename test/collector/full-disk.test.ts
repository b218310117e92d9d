import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import type { Store } from '../../src/collector/store/store.ts'
import { collectorUnderTest, contentsOf, conversation } from './collector-under-test.ts'
import { connectTo, hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A disk of so many MB of the test's own, and how it gets room again; `null` where this user may not mount one. */
function smallDisk(megabytes: number, reservedMegabytes: number) {
  // PostgreSQL's own user can't enter folders of root alone, as the tests' temporary one is.
  const path = mkdtempSync('/tmp/chatlog-disk-')
  chmodSync(path, 0o755)
  const size = `size=${megabytes}m`
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', path]).status !== 0) {
    rmSync(path, { recursive: true })
    return null
  }
  const reserved = join(path, 'reserved')
  writeFileSync(reserved, Buffer.alloc(reservedMegabytes * 1_000_000))
  return {
    path,
    makeRoom: () => rmSync(reserved),
    remove() {
      // Lazily: what a failed test left open must not keep it.
      spawnSync('umount', ['--lazy', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}

const probe = smallDisk(1, 0)
probe?.remove()

/** What differs from text to text: a database would keep repetitions in a hundredth of the room. */
const textOf = (index: number) =>
  Array.from({ length: 5_000 }, (_, place) => ((index * 7_919 + place * 104_729) % 0xffffff).toString(36)).join(' ')

/** Fills the store's disk, then gives it room; what is wrong with what the collector said meanwhile. */
async function expectNothingLost(store: Store, makeRoom: () => void): Promise<void> {
  const collector = await collectorUnderTest({ store })
  const { post, get, api } = collector
  const statuses: number[] = []
  const put = async (index: number) => {
    const messages = [{ id: `m${index}`, role: 'user', content: textOf(index) }]
    const response = await post(conversation({ id: `c${index}`, messages }))
    statuses.push(response.status)
    return response
  }
  for (let index = 0; statuses.at(-1) !== 503 && index < 2_000; index++) await put(index)
  expect(new Set(statuses)).toEqual(new Set([200, 503]))

  const again = [await put(statuses.length), await put(statuses.length)]
  expect(again.map(({ status }) => status)).toEqual([503, 503])
  expect(again[0]?.headers.get('retry-after')).toBe('5')
  expect((await get('/health')).status).toBe(503)
  makeRoom()
  // A balancer sends nothing while it says so: it has to find out by itself.
  await vi.waitFor(async () => expect((await get('/health')).status).toBe(200), { timeout: 15_000, interval: 500 })
  // PostgreSQL may give the room to itself first.
  await vi.waitFor(async () => expect((await put(statuses.length)).status).toBe(200), {
    timeout: 15_000,
    interval: 500,
  })

  for (const [index, status] of statuses.entries()) {
    const found = await get(`/conversations/c${index}`, { authorization: `Bearer ${api.key}` })
    expect([index, found.status]).toEqual([index, status === 200 ? 200 : 404])
    if (status === 200) expect(contentsOf(await found.json())).toEqual([textOf(index)])
  }
}

describe.skipIf(probe === null)(
  'on a disk that fills, nothing is acknowledged that isn’t kept, and room is enough',
  () => {
    const disk = (megabytes: number) => {
      const made = smallDisk(megabytes, 3)
      if (!made) throw new Error('a disk could be mounted a moment ago')
      cleanUps.push(made.remove)
      return made
    }

    test('on SQLite', async () => {
      const { path, makeRoom } = disk(9)
      const store = openSqliteStore(join(path, 'data'))
      cleanUps.push(() => store.close())

      await expectNothingLost(store, makeRoom)
    })

    describe.skipIf(!hasPostgres)('with PostgreSQL', () => {
      let server: PostgresServer
      beforeAll(async () => {
        server = await startPostgres()
      })
      afterAll(() => server?.remove())

      test('in a tablespace', async () => {
        const { path, makeRoom } = disk(24)
        const place = join(path, 'tables')
        mkdirSync(place)
        // The server's user, whichever that is, owns it.
        spawnSync('chown', [server.user, place])
        const url = new URL(await server.createDatabase())
        const sql = await connectTo(url.href)
        await sql.unsafe(`create tablespace small location '${place}'`)
        await sql.unsafe('create database small tablespace small')
        // The files of a new database have holes, which a checkpoint fills: it would take the room that is made later.
        await sql.unsafe('checkpoint')
        cleanUps.push(async () => {
          await sql.unsafe('drop database small with (force)')
          await sql.unsafe('drop tablespace small')
          await sql.end()
        })
        url.pathname = '/small'
        const store = await openPostgresStore(url.href)
        cleanUps.push(() => store.close())

        await expectNothingLost(store, makeRoom)
      })
    })
  },
)
