import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { startRetention } from '../../src/collector/conversations/retention.ts'
import { withoutConnection } from '../../src/collector/postgres/errors.ts'
import { serveCollector } from '../../src/collector/serve/serve-collector.ts'
import { takeDirectory } from '../../src/collector/sqlite/own-directory.ts'
import { openDatabase, openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { writeTransaction } from '../../src/collector/sqlite/write-transaction.ts'
import { StoreUnavailableError } from '../../src/collector/store/store.ts'
import { collectorUnderTest, conversation, message } from './collector-under-test.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'chatlog-surroundings-'))
  cleanUps.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

describe('the embedded store', () => {
  test('whose file was removed acknowledges nothing, says so to /health, and goes on once a file is back', async () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'chatlog.sqlite')
    const store = openSqliteStore(directory)
    cleanUps.push(() => store.close())
    const { post, get } = await collectorUnderTest({ store })
    expect((await post(conversation({ id: 'before' }))).status).toBe(200)

    renameSync(file, `${file}.away`)
    const away = [await post(conversation({ id: 'lost' })), await get('/health')]
    renameSync(`${file}.away`, file)
    const back = [await post(conversation({ id: 'after' })), await get('/health')]

    expect(away.map(({ status }) => status)).toEqual([503, 503])
    expect(away[0]?.headers.get('retry-after')).toBe('5')
    expect(back.map(({ status }) => status)).toEqual([200, 200])
    expect((await get('/conversations/lost')).status).toBe(404)
  })

  test('whose disk is full says why, and works again once there is room', () => {
    const database = openDatabase(temporaryDirectory())
    cleanUps.push(() => database.close())
    database.exec('create table filled (text text)')
    const fill = writeTransaction(database, (text: string) =>
      database.prepare('insert into filled values (?)').run(text),
    )
    const { page_count: pages } = database.prepare('pragma page_count').get() as { page_count: number }
    database.pragma(`max_page_count = ${pages + 2}`)

    expect(() => fill('x'.repeat(1_000_000))).toThrow(/full/)
    database.pragma('max_page_count = 100000')
    fill('x'.repeat(1_000_000))

    expect(database.prepare('select count(*) as count from filled').get()).toMatchObject({ count: 1 })
  })

  test('has one collector: a second one is told, until the first has gone', () => {
    const directory = temporaryDirectory()
    const leave = takeDirectory(directory)

    expect(() => takeDirectory(directory)).toThrow('another collector runs on this directory')
    leave()

    takeDirectory(directory)()
  })
})

test.each(['25P03', '25P02', '57P01', '57P05', '53300', '08006', '08P01', '57014'])(
  'what PostgreSQL answers with %s is a store that can’t be had now',
  (code) => {
    expect(withoutConnection(Object.assign(new Error('ended'), { code }))).toBeInstanceOf(StoreUnavailableError)
  },
)

describe('a collector that is told to end', () => {
  test('tells the balancer first, ends kept-alive connections with their answers, and refuses nobody meanwhile', async () => {
    const store = openSqliteStore(':memory:')
    const served = await serveCollector({ store, port: 0, drainMs: 300 })
    expect((await fetch(`${served.url}/health`)).headers.get('connection')).toBe('keep-alive')

    const closing = served.close()
    const health = await fetch(`${served.url}/health`)
    const other = await fetch(`${served.url}/openapi.json`)
    await closing

    expect([health.status, other.status]).toEqual([503, 200])
    expect([health.headers.get('connection'), other.headers.get('connection')]).toEqual(['close', 'close'])
    await expect(fetch(`${served.url}/health`)).rejects.toThrow()
  })
})

test.each(['GET /health HTTP/1.0\r\n\r\n', 'GET /health HTTP/1.0\r\nConnection: close\r\n\r\n'])(
  'a health check in HTTP/1.0 is answered 200: %j',
  async (head) => {
    const served = await serveCollector({ store: openSqliteStore(':memory:'), port: 0 })
    cleanUps.push(() => served.close())
    const socket = connect(served.port, '127.0.0.1')
    socket.setEncoding('utf8').write(head)

    const answer = await new Promise<string>((resolve) => socket.once('data', (text) => resolve(String(text))))
    socket.destroy()

    expect(answer).toMatch(/^HTTP\/1\.[01] 200 /)
  },
)

describe('retention', () => {
  test('with a clock that is a year ahead takes a fifth in a sweep, says so, and leaves the rest to be seen', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    cleanUps.push(() => vi.useRealTimers())
    const { store, store200 } = await collectorUnderTest()
    for (let index = 0; index < 100; index++)
      await store200(conversation({ id: `c${index}`, messages: [message(`m${index}`)] }))
    const told: unknown[] = []

    const retention = startRetention({
      store,
      days: 30,
      now: () => Date.now() + 365 * 86_400_000,
      reportError: (error) => told.push(error),
      onErased: (erased) => told.push(erased),
    })
    await vi.waitFor(() => expect(told).toHaveLength(1))
    await retention.stop()

    expect(told).toEqual([
      { projectId: 'default', conversations: 20, messages: 20, events: 0, feedback: 0, isHeld: true },
    ])
    expect(await store.listConversations('default', { limit: 1 })).toMatchObject({ total: 80 })
  })

  test('answers others between its slices, and ends in the middle when it is told to', async () => {
    const { store, store200 } = await collectorUnderTest()
    for (let index = 0; index < 200; index++) await store200(conversation({ id: `c${index}` }))
    let slices = 0
    const { deleteStoredBefore } = store
    store.deleteStoredBefore = async (...given) => {
      slices++
      const until = performance.now() + 25
      while (performance.now() < until);
      return deleteStoredBefore(...given)
    }

    const now = () => Date.now() + 365 * 86_400_000
    const retention = startRetention({ store, days: 1, now, share: 1, reportError: () => {} })
    await new Promise(setImmediate)
    await retention.stop()

    expect(slices).toBeLessThan(4)
    expect(await store.listConversations('default', { limit: 1 })).not.toMatchObject({ total: 0 })
  })
})
