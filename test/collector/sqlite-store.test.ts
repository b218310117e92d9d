import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createSqliteReaders } from '../../src/collector/sqlite/readers.ts'
import { openDatabase, openSqliteStore, sqliteStoreIn } from '../../src/collector/sqlite/sqlite-store.ts'
import { createFold } from '../../src/collector/sqlite/tallies.ts'
import { type Store, StoreUnavailableError } from '../../src/collector/store/store.ts'
import { conversationOf, describeStore, messageOf } from './store-suite.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'chatlog-store-'))
  cleanUps.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function open(directory: string): Store {
  const store = openSqliteStore(directory)
  cleanUps.push(() => store.close())
  return store
}

describeStore('SQLite', async () => {
  const directory = temporaryDirectory()
  const store = open(directory)
  return {
    store,
    async reopen() {
      await store.close()
      return open(directory)
    },
    async fold(projectId) {
      const database = openDatabase(directory)
      cleanUps.push(() => database.close())
      const fold = createFold(database)
      while (fold(projectId) > 0);
    },
  }
})

describe('SQLite: the file', () => {
  test('lies in a directory that is made and that only its owner reads', () => {
    const directory = join(temporaryDirectory(), 'a', 'b')
    open(directory)

    expect(statSync(directory).mode & 0o777).toBe(0o700)
  })

  test('is written so that a commit survives a power cut, and readers don’t wait for the writer', () => {
    const database = openDatabase(temporaryDirectory())
    cleanUps.push(() => database.close())

    expect(database.pragma('synchronous')).toEqual([{ synchronous: 2 }])
    expect(database.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }])
  })

  test('may be open twice: what a command beside a running collector erases is told to who watches', async () => {
    const directory = temporaryDirectory()
    const [running, beside] = [open(directory), open(directory)]
    await running.upsertConversation('p', 'c1', () => conversationOf('c1', ['m1'], { userProperties: { id: 'v' } }))
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    cleanUps.push(() => vi.useRealTimers())
    const told: unknown[] = []
    const stop = await running.listenStored(
      () => ['p', 'p'],
      (notice) => told.push(notice),
    )
    vi.advanceTimersByTime(1_000)
    expect(told).toEqual([])

    await beside.forgetVisitor('p', 'v')

    vi.advanceTimersByTime(1_000)
    expect(told).toEqual([{ projectId: 'p', conversationId: null }])
    vi.advanceTimersByTime(5_000)
    expect(told).toHaveLength(1)
    await stop()
    await beside.upsertConversation('p', 'c2', () => conversationOf('c2', ['m2']))
    vi.advanceTimersByTime(5_000)
    expect(told).toHaveLength(1)
  })

  test('may be open twice: a key added beside a running collector is seen by it', async () => {
    const directory = temporaryDirectory()
    const [running, beside] = [open(directory), open(directory)]
    const key = { id: 'k', projectId: 'p', type: 'web', hash: '', origins: [], createdAt: '', revokedAt: null } as const

    await beside.addKey({ ...key, origins: [] })

    expect(await running.findKey('k')).toEqual(key)
  })

  test('keeps not a byte of what was erased', async () => {
    const directory = temporaryDirectory()
    const store = open(directory)
    const holds = (text: string) =>
      readdirSync(directory).some((name) => readFileSync(join(directory, name)).includes(text))
    const userProperties = { id: 'visitor-of-old' }
    const messages = [{ ...messageOf('c1', 'm1'), content: 'a secret told once' }]
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', [], { messages, userProperties }))
    await store.upsertConversation('p', 'c2', () => conversationOf('c2', ['something else']))
    expect(holds('a secret told once')).toBe(true)

    await store.forgetVisitor('p', 'visitor-of-old')

    expect(holds('a secret told once')).toBe(false)
    expect(holds('visitor-of-old')).toBe(false)
    expect(holds('something else')).toBe(true)
  })

  test('finds a page by the rarest thing that is asked for, in its order, and sorts nothing', async () => {
    const database = openDatabase(temporaryDirectory())
    cleanUps.push(() => database.close())
    database.exec(`
      with recursive n(n) as (select 1 union all select n + 1 from n where n < 6000)
      insert into conversations (project_id, id, created_ms, fields, messages) select 'p', 'c' || n, n, '{}', 0 from n;
      insert into facets (project_id, kind, value, conversation_id, created_ms, count)
      select 'p', 'tag', 'often', id, created_ms, 1 from conversations;
      insert into facets (project_id, kind, value, conversation_id, created_ms, count)
      values ('p', 'tag', 'rare', 'c7', 7, 1), ('p', 'page', 'https://a.example/', 'c7', 7, 1)`)
    const asked: string[] = []
    const prepare = database.prepare.bind(database)
    database.prepare = ((sql: string) => {
      asked.push(sql)
      return prepare(sql)
    }) as Database.Database['prepare']
    const store = sqliteStoreIn(database)
    const planOf = async (filter: object) => {
      asked.length = 0
      const { conversations, total } = await store.listConversations('p', { limit: 3, filter, withMessages: false })
      const [page = ''] = asked.filter((sql) => sql.includes('order by'))
      const plan = prepare(`explain query plan ${page}`).all() as { detail: string }[]
      return {
        found: conversations.map(({ id }) => id).length,
        total,
        plan: plan.map(({ detail }) => detail).join('; '),
      }
    }

    for (const filter of [
      { tag: 'rare' },
      { tag: 'rare', page: 'https://a.example/' },
      { page: 'https://a.ex', toMs: 9e15 },
    ]) {
      expect(await planOf(filter)).toMatchObject({ found: 1, total: 1, plan: expect.stringContaining('facets_newest') })
    }
    const often = await planOf({ tag: 'often', fromMs: 0 })
    expect(often).toMatchObject({ found: 3, total: 6_000, plan: expect.stringContaining('facets_newest') })
    expect(often.plan).not.toContain('USE TEMP B-TREE FOR ORDER BY')
  })

  test('what takes long is read beside: who sends is answered meanwhile, and the end waits for nothing', async () => {
    const directory = temporaryDirectory()
    const store = open(directory)
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['a']))
    const database = openDatabase(directory)
    cleanUps.push(() => database.close())
    const readers = createSqliteReaders(database, join(directory, 'chatlog.sqlite'))
    const forMinutes = 'with recursive n(n) as (select 1 union all select n + 1 from n) select count(*) from n'
    let isAnswered = false
    const long = [1, 2, 3].map(() => readers.long(forMinutes, []).finally(() => (isAnswered = true)))
    const outcomes = Promise.allSettled(long)

    for (const id of ['c2', 'c3', 'c4']) await store.upsertConversation('p', id, () => conversationOf(id, [id]))
    await store.ping()

    expect(isAnswered).toBe(false)
    readers.close()
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })

  test('what is asked of another process is answered as here, and a statement that fails says so', async () => {
    const directory = temporaryDirectory()
    const database = openDatabase(directory)
    cleanUps.push(() => database.close())
    const readers = createSqliteReaders(database, join(directory, 'chatlog.sqlite'))
    cleanUps.push(() => readers.close())
    const asked = (how: 'quick' | 'long') => readers[how]('select ? as number, ? as text, null as absent', [7.5, 'ß'])

    expect(await asked('long')).toEqual([{ number: 7.5, text: 'ß', absent: null }])
    expect(await asked('long')).toEqual((await asked('quick')).map((row) => ({ ...(row as object) })))
    await expect(readers.long('delete from keys', [])).rejects.toThrow(StoreUnavailableError)
    expect(await asked('long')).toHaveLength(1)
  })

  test('of a newer chatlog is left alone', () => {
    const directory = temporaryDirectory()
    const database = new Database(join(directory, 'chatlog.sqlite'))
    cleanUps.push(() => database.close())
    database.exec('create table theirs (a); pragma user_version = 1000')

    expect(() => openSqliteStore(directory)).toThrow('update chatlog')
    expect(database.prepare('select name from sqlite_master').all()).toEqual([{ name: 'theirs' }])
  })
})
