import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, describe, expect, test } from 'vitest'
import { createSqliteList } from '../../src/collector/sqlite/list.ts'
import { openDatabase, openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import type { Store } from '../../src/collector/store/store.ts'
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

  test('of the first version is brought up to date: its conversations are found and counted', async () => {
    const directory = temporaryDirectory()
    const store = open(directory)
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['a'], { tags: ['docs'] }))
    await store.close()
    const database = new Database(join(directory, 'chatlog.sqlite'))
    database.exec(`drop table facets; drop table events; drop table feedback; drop table reaction_visitors;
      drop index conversations_stored; alter table conversations drop column stored_ms; pragma user_version = 1`)
    database.close()

    const updated = open(directory)

    expect(await updated.listConversations('p', { limit: 1, filter: { tag: 'docs' } })).toMatchObject({ total: 1 })
    expect(await updated.countFacet('p', { kind: 'turns', limit: 1 })).toMatchObject([{ value: '1' }])
    expect(await updated.deleteStoredBefore('p', Date.now() - 3_600_000, 10)).toMatchObject({ conversations: 0 })
  })

  test('finds what is rare by the filter, and walks through the dates for what is not', async () => {
    const database = openDatabase(temporaryDirectory())
    cleanUps.push(() => database.close())
    database.exec(`
      with recursive n(n) as (select 1 union all select n + 1 from n where n < 6000)
      insert into conversations (project_id, id, created_ms, fields) select 'p', 'c' || n, n, '{}' from n;
      insert into facets (project_id, kind, value, conversation_id, created_ms, count)
      select 'p', 'tag', 'often', id, created_ms, 1 from conversations;
      insert into facets (project_id, kind, value, conversation_id, created_ms, count)
      values ('p', 'tag', 'rare', 'c7', 7, 1)`)
    const asked: string[] = []
    const prepare = (sql: string) => {
      asked.push(sql)
      return database.prepare(sql)
    }
    const read = (_projectId: string, id: string) => conversationOf(id, [])
    const watched = { prepare, transaction: database.transaction.bind(database) } as unknown as Database.Database
    const { listConversations } = createSqliteList(watched, read)
    const indexesOf = async (tag: string, text?: string) => {
      asked.length = 0
      const { conversations } = await listConversations('p', { limit: 3, filter: { tag, ...(text && { text }) } })
      const [page = ''] = asked.filter((sql) => sql.includes('order by'))
      const plan = database.prepare(`explain query plan ${page}`).all() as { detail: string }[]
      return {
        found: conversations.length,
        byDates: plan.some(({ detail }) => detail.includes('conversations_newest')),
      }
    }

    expect(await indexesOf('rare')).toEqual({ found: 1, byDates: false })
    expect(await indexesOf('rare', 'words')).toEqual({ found: 0, byDates: false })
    expect(await indexesOf('often')).toEqual({ found: 3, byDates: true })
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
