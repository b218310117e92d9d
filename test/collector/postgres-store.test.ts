import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { fold } from '../../src/collector/postgres/tallies.ts'
import { MessageIdTakenError, StoreUnavailableError } from '../../src/collector/store/store.ts'
import { wordPrefixOf } from '../../src/collector/store/words.ts'
import type { StoredConversation } from '../../src/contract/answer.ts'
import { connectTo, hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'
import { conversationOf, describeStore, messageOf } from './store-suite.ts'

// `npm test` installs PostgreSQL where it can, and says so where it can't.
describe.skipIf(!hasPostgres)('on a PostgreSQL server of its own', () => {
  let server: PostgresServer
  const cleanUps: (() => unknown)[] = []

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  })

  async function open(url: string) {
    const store = await openPostgresStore(url)
    cleanUps.push(() => store.close())
    return store
  }

  async function query(url: string) {
    const sql = await connectTo(url)
    cleanUps.push(() => sql.end())
    return sql
  }

  describeStore('PostgreSQL', async () => {
    const url = await server.createDatabase()
    const store = await open(url)
    return {
      store,
      async reopen() {
        await store.close()
        return open(url)
      },
      async fold(projectId) {
        const sql = await query(url)
        while ((await fold(sql, projectId)) > 0);
      },
    }
  })

  test('any number of collectors may start at once on an empty database', async () => {
    const url = await server.createDatabase()

    const stores = await Promise.all(Array.from({ length: 12 }, () => open(url)))

    await Promise.all(stores.map((store) => store.ping()))
    const sql = await query(url)
    expect(await sql`select version from chatlog.version`).toHaveLength(1)
  })

  test('a database of a newer chatlog is left alone', async () => {
    const url = await server.createDatabase()
    const sql = await query(url)
    await sql`create schema chatlog`
    await sql`create table chatlog.version as select 1000 as version`

    await expect(openPostgresStore(url)).rejects.toThrow('update chatlog')

    const tables = await sql`select relname from pg_class where relnamespace = 'chatlog'::regnamespace`
    expect(tables.map(({ relname }) => relname)).toEqual(['version'])
  })

  test('eight collectors writing one conversation, each its own message, lose nothing in 200 rounds', async () => {
    const url = await server.createDatabase()
    const collectors = await Promise.all(Array.from({ length: 8 }, () => open(url)))
    const complete = collectors.map((_, writer) => `m${writer}`)
    const damaged: unknown[] = []

    for (let round = 0; round < 200; round++) {
      const id = `c${round}`
      await Promise.all(
        collectors.map((store, writer) =>
          store.upsertConversation('p', id, (before) => withMessage(before, id, `${id}-m${writer}`)),
        ),
      )
      const stored = await collectors[0]?.findConversation('p', id)
      const ids = stored?.messages.map((message) => message.id.slice(id.length + 1)) ?? []
      if (ids.toSorted().join() !== complete.join() || stored?.tags?.join() !== ids.join()) damaged.push({ id, ids })
    }

    expect(damaged).toEqual([])
  })

  test('two conversations that claim each other’s message ids at once: one has them, the other is refused', async () => {
    const url = await server.createDatabase()
    const [one, other] = [await open(url), await open(url)]
    const claims = (id: string, messageIds: string[]) => () => conversationOf(id, messageIds)

    for (let round = 0; round < 20; round++) {
      const ids = [`a${round}`, `b${round}`]
      const outcomes = await Promise.allSettled([
        one.upsertConversation('p', `c${round}`, claims(`c${round}`, ids)),
        other.upsertConversation('p', `d${round}`, claims(`d${round}`, ids.toReversed())),
      ])
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
      expect(reasons).toEqual([expect.any(MessageIdTakenError)])
    }
  })

  test('what is stored is JSON to the database, and not text inside JSON', async () => {
    const url = await server.createDatabase()
    const store = await open(url)
    await store.upsertConversation('p', 'c1', (before) => withMessage(before, 'c1', 'm1'))

    const sql = await query(url)
    const kinds = await sql`
      select json_typeof(fields) as kind, fields ->> 'id' as id from chatlog.conversations
      union all select json_typeof(fields), fields ->> 'id' from chatlog.messages`

    expect(kinds.map(({ kind, id }) => [kind, id])).toEqual([
      ['object', 'c1'],
      ['object', 'm1'],
    ])
  })

  test('every table is found by the project first; the keys, which say which project it is, by themselves', async () => {
    const url = await server.createDatabase()
    await open(url)

    const sql = await query(url)
    const indexes = await sql<{ indexname: string; indexdef: string }[]>`
      select indexname, indexdef from pg_indexes where schemaname = 'chatlog' order by indexname`

    const others = indexes.filter(({ indexdef }) => !/\(project_id[,)]/.test(indexdef))
    // The others hold lists: of words, each of which begins with its project, and of the few ids of those who react.
    expect(others.map(({ indexname }) => indexname)).toEqual([
      'events_visitors',
      'feedback_visitors',
      'keys_pkey',
      'messages_words',
    ])
  })

  test.each([
    ['never said', 0],
    ['said', 30],
    ['rarely', 3],
  ])('a search for %j finds %i conversations by indexes, and never reads all there are', async (text, count) => {
    const url = await server.createDatabase()
    const store = await open(url)
    const sql = await query(url)
    const [often, rarely] = ['said', 'rarely'].map((word) => wordPrefixOf('p') + word) as [string, string]
    await sql`
      insert into chatlog.conversations (project_id, id, created_ms, fields, messages)
      select 'p', 'c' || number, number, '{}', 2 from generate_series(1, 10000) as number`
    await sql`
      insert into chatlog.messages (project_id, conversation_id, id, position, fields, words)
      select 'p', 'c' || number / 2, 'm' || number, number, '{}',
        array_to_tsvector(case when number % 6000 = 0 then array[${rarely}] else array[${often}] end)
      from generate_series(1, 20000) as number`
    await sql`analyze`

    const page = await store.listConversations('p', { limit: 30, filter: { text }, withMessages: false })
    // Connections that end say what they have read.
    await store.close()

    expect(page.conversations).toHaveLength(count)
    const read = async () => {
      const [table] = await sql<{ bySequence: number; byIndex: number }[]>`
        select seq_tup_read::int as "bySequence", idx_scan::int as "byIndex" from pg_stat_user_tables
        where schemaname = 'chatlog' and relname = 'messages'`
      return table
    }
    await vi.waitFor(async () => expect((await read())?.byIndex).toBeGreaterThanOrEqual(1), { timeout: 10_000 })
    expect((await read())?.bySequence).toBe(0)
  })

  test('while the database is away every call says so, and afterwards they work again by themselves', async () => {
    const store = await open(await server.createDatabase())
    await store.upsertConversation('p', 'c1', (before) => withMessage(before, 'c1', 'm1'))
    const write = () => store.upsertConversation('p', 'c1', (before) => withMessage(before, 'c1', 'm2'))

    await server.stop()
    for (const call of [() => store.ping(), () => store.findConversation('p', 'c1'), write]) {
      await expect(call()).rejects.toThrow(StoreUnavailableError)
    }
    await server.start()

    await write()
    const stored = await store.findConversation('p', 'c1')
    expect(stored?.messages.map(({ id }) => id)).toEqual(['m1', 'm2'])
  })

  test('a database that can’t be reached is an error that names neither user nor password', async () => {
    const refused = openPostgresStore('postgres://someone:secret@127.0.0.1:1/nowhere')

    await expect(refused).rejects.toThrow(StoreUnavailableError)
    await expect(refused).rejects.not.toThrow(/someone|secret/)
  })
})

/** The conversation with one message more, and its tags, which name the messages that its writer knew of. */
function withMessage(before: StoredConversation | null, id: string, messageId: string): StoredConversation {
  const messages = [...(before?.messages ?? []), messageOf(id, messageId)]
  return { ...conversationOf(id, []), messages, tags: messages.map((message) => message.id.slice(id.length + 1)) }
}
