import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fillConversations as fillPostgres } from '../../src/collector/postgres/fill.ts'
import { migrations as postgresSteps } from '../../src/collector/postgres/migrations.ts'
import { openPostgresStore, planPostgresMigration } from '../../src/collector/postgres/postgres-store.ts'
import { fillConversations as fillSqlite } from '../../src/collector/sqlite/fill.ts'
import { migrations as sqliteSteps } from '../../src/collector/sqlite/migrations.ts'
import { openSqliteStore, planSqliteMigration } from '../../src/collector/sqlite/sqlite-store.ts'
import type { Store } from '../../src/collector/store/store.ts'
import { connectTo, hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'
import { conversationOf, messageOf } from './store-suite.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

// `CHATLOG_MIGRATED=20000 npx vitest run test/collector/migrations.test.ts` is the long form.
const counts = [3, 499, 500, 1_500, ...(process.env.CHATLOG_MIGRATED ? [Number(process.env.CHATLOG_MIGRATED)] : [])]
/**
 * Every version before the newest, with each number of conversations. In the short form, versions that differ from their
 * neighbours in small things have one number.
 */
const casesOf = (steps: readonly unknown[]) =>
  counts
    .flatMap((count) => steps.slice(1).map((_, index): [number, number] => [index + 1, count]))
    .filter(([version, count]) => process.env.CHATLOG_MIGRATED || version <= 3 || count === 500)
/** From this version on a test can fill conversations as that version did; those of others wait to be filled. */
const filledFrom = 7

/** A conversation as earlier versions stored it: two messages, a tag, a status that somebody invented. */
function storedBefore(index: number) {
  const id = `c${index}`
  const answer = {
    ...messageOf(id, `${id}-2`),
    role: 'assistant',
    properties: { chatlog: { status: index % 2 ? 'complete' : 'invented' } },
  }
  const { messages, ...fields } = conversationOf(id, [`${id}-1`], {
    createdAt: new Date(Date.parse('2026-01-01T12:00:00Z') + (index % 50) * 7 * 60_000).toISOString(),
    tags: [`t${index % 3}`, 'all'],
    userProperties: { id: `u${index % 7}` },
  })
  return { id, createdMs: Date.parse(fields.createdAt), fields, messages: [...messages, answer] }
}

/** What is true of a store of so many such conversations, whichever version wrote them. */
async function expectComplete(store: Store, count: number): Promise<void> {
  const facet = (kind: 'tag' | 'turns' | 'answer') => store.countFacet('p', { kind, limit: 10 })
  expect((await facet('tag'))[0]).toEqual({ value: 'all', conversations: count, count })
  expect(await facet('turns')).toEqual([{ value: '1', conversations: count, count }])
  expect(await store.listConversations('p', { limit: 1, withMessages: false })).toMatchObject({ total: count })
  // What is kept counted is what looking at each conversation gives.
  const looking = { minMessages: 0 }
  for (const step of ['day', 'hour', 'quarter'] as const) {
    expect(await store.countBySteps('p', {}, step)).toEqual(await store.countBySteps('p', looking, step))
    expect(await store.countFeedbackBySteps('p', {}, step)).toEqual(
      await store.countFeedbackBySteps('p', looking, step),
    )
  }
  expect(await store.countVisitors('p', {})).toBe(await store.countVisitors('p', looking))
  expect(await store.countVisitors('p', { fromMs: 0 })).toBe(await store.countVisitors('p', { fromMs: 0, ...looking }))
  expect(await store.countVisitors('p', {})).toBe(Math.min(count, 7))
  const search = await store.listConversations('p', { limit: 2, filter: { text: 'C1' } })
  expect(search.conversations.map(({ id }) => id)).toEqual(['c1'])
  const answers = Object.fromEntries((await facet('answer')).map(({ value, count }) => [value, count]))
  expect(answers).toEqual({ complete: Math.floor(count / 2), other: Math.ceil(count / 2) })
  const { messages, ...fields } = storedBefore(1)
  expect(await store.findConversation('p', 'c1')).toEqual({ ...fields.fields, messages })
  // What is written now goes on with what was stored then.
  await store.upsertConversation(
    'p',
    'c1',
    (before) => ({ ...conversationOf('c1', []), ...before, messages: [messageOf('c1', 'c1-3')] }),
    undefined,
    ['c1-3'],
  )
  expect((await store.findConversation('p', 'c1'))?.messages.map(({ id }) => id)).toEqual(['c1-1', 'c1-2', 'c1-3'])
  expect((await facet('turns')).map(({ value, count }) => [value, count])).toEqual([
    ['1', count - 1],
    ['2', 1],
  ])
}

describe('SQLite', () => {
  function fileOf(version: number, count: number): string {
    const directory = mkdtempSync(join(tmpdir(), 'chatlog-migrations-'))
    cleanUps.push(() => rmSync(directory, { recursive: true, force: true }))
    const database = new Database(join(directory, 'chatlog.sqlite'))
    for (const step of sqliteSteps.slice(0, version)) {
      if (typeof step === 'string') database.exec(step)
      else step(database)
    }
    const columns = version === 1 ? '' : ', stored_ms'
    const addOne = database.prepare(
      `insert into conversations (project_id, id, created_ms, fields${columns}) values ('p', ?, ?, ?${columns && ', 7'})`,
    )
    const addMessage = database.prepare(
      `insert into messages (project_id, conversation_id, id, position, fields) values ('p', ?, ?, ?, ?)`,
    )
    database.exec('begin')
    for (let index = 0; index < count; index++) {
      const { id, createdMs, fields, messages } = storedBefore(index)
      addOne.run(id, createdMs, JSON.stringify(fields))
      for (const [position, message] of messages.entries())
        addMessage.run(id, message.id, position, JSON.stringify(message))
    }
    if (version > 1) database.exec(`insert into facets values ('p', 'answer', 'invented', 'c0', 0, 1)`)
    database.exec(`pragma user_version = ${version}; commit`)
    if (version >= filledFrom) fillSqlite(database, () => {})
    database.close()
    return directory
  }

  test.each(casesOf(sqliteSteps))(
    'from version %i with %i conversations nothing is missing',
    async (version, count) => {
      const directory = fileOf(version, count)
      const conversations = version < filledFrom ? count : 0
      expect(planSqliteMigration(directory)).toEqual({ version, newest: sqliteSteps.length, conversations })

      const store = openSqliteStore(directory)
      cleanUps.push(() => store.close())

      await expectComplete(store, count)
    },
  )

  test('what was broken off is taken up again', async () => {
    const directory = fileOf(2, 500)
    await openSqliteStore(directory).close()
    const database = new Database(join(directory, 'chatlog.sqlite'))
    database.exec(
      `update conversations set messages = null where id > 'c3'; delete from facets where conversation_id > 'c3'`,
    )
    database.close()

    const store = openSqliteStore(directory)
    cleanUps.push(() => store.close())

    await expectComplete(store, 500)
  })
})

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())

  async function databaseOf(version: number, count: number) {
    const url = await server.createDatabase()
    const sql = await connectTo(url)
    cleanUps.push(() => sql.end())
    await sql.unsafe('create schema chatlog; create table chatlog.version as select 0 as version')
    for (const step of postgresSteps.slice(0, version)) await sql.unsafe(step)
    const all = Array.from({ length: count }, (_, index) => storedBefore(index))
    const rows = all.map(({ id, createdMs, fields }) => ({ id, created_ms: createdMs, fields }))
    const messages = all.flatMap(({ id, messages }) =>
      messages.map((message, position) => ({ conversation_id: id, id: message.id, position, fields: message })),
    )
    await sql`
      insert into chatlog.conversations (project_id, id, created_ms, fields)
      select 'p', id, created_ms, fields
      from json_to_recordset(${JSON.stringify(rows)}::json) as given (id text, created_ms bigint, fields json)`
    await sql`
      insert into chatlog.messages (project_id, conversation_id, id, position, fields)
      select 'p', conversation_id, id, position, fields from json_to_recordset(${JSON.stringify(messages)}::json)
        as given (conversation_id text, id text, position integer, fields json)`
    if (version > 1) await sql`insert into chatlog.facets values ('p', 'answer', 'invented', 'c0', 0, 1)`
    await sql`update chatlog.version set version = ${version}`
    if (version >= filledFrom) await fillPostgres(sql, () => {})
    return { url, sql }
  }

  test.each(casesOf(postgresSteps))(
    'from version %i with %i conversations nothing is missing',
    async (version, count) => {
      const { url } = await databaseOf(version, count)
      const conversations = version < filledFrom ? count : 0
      expect(await planPostgresMigration(url)).toEqual({ version, newest: postgresSteps.length, conversations })

      const stores = await Promise.all([openPostgresStore(url), openPostgresStore(url)])
      cleanUps.push(...stores.map((store) => () => store.close()))

      await expectComplete(stores[0] as Store, count)
    },
  )

  test('a conversation that no migration has come by is filled by its next upsert', async () => {
    const { url, sql } = await databaseOf(2, 3)
    const store = await openPostgresStore(url)
    cleanUps.push(() => store.close())
    await sql`update chatlog.conversations set messages = null, bytes = null, questions = null where id = 'c1'`
    await sql`delete from chatlog.facets where conversation_id = 'c1'`

    await store.upsertConversation('p', 'c1', (before) => before ?? conversationOf('c1', []))

    await expectComplete(store, 3)
  })

  test('what a collector of an earlier version writes during an update is found, counted and sized by the next upsert', async () => {
    const { url, sql } = await databaseOf(3, 3)
    const store = await openPostgresStore(url)
    cleanUps.push(() => store.close())
    const late = { ...messageOf('c2', 'c2-late'), content: 'late words' }
    const changed = { ...messageOf('c2', 'c2-1'), content: 'other words than before' }
    await sql`
      insert into chatlog.messages (project_id, conversation_id, id, position, created_ms, role, bytes, fields)
      values ('p', 'c2', 'c2-late', 9, 0, 'user', 5, ${JSON.stringify(late)}::json)`
    await sql`
      update chatlog.messages set fields = ${JSON.stringify(changed)}::json
      where project_id = 'p' and id = 'c2-1'`

    await store.upsertConversation('p', 'c2', (before) => before ?? conversationOf('c2', []), undefined, [])

    for (const text of ['late', 'other before']) {
      expect(await store.listConversations('p', { limit: 9, filter: { text } })).toMatchObject({
        conversations: [{ id: 'c2' }],
        total: null,
      })
    }
    expect(await store.listConversations('p', { limit: 1 })).toMatchObject({ total: 3 })
    expect(await store.countFacet('p', { kind: 'turns', limit: 9 })).toEqual([
      { value: '1', conversations: 2, count: 2 },
      { value: '2', conversations: 1, count: 1 },
    ])
    const [size] = await sql`select messages, bytes from chatlog.conversations where id = 'c2'`
    const [real] = await sql`
      select count(*)::int as messages, sum(octet_length(fields::text)) as bytes from chatlog.messages
      where conversation_id = 'c2'`
    expect(size).toEqual(real)
  })
})
