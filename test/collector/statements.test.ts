import type Database from 'libsql'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createPostgresNotices } from '../../src/collector/postgres/notices.ts'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { postgresStoreIn } from '../../src/collector/postgres/store-in.ts'
import { fold } from '../../src/collector/postgres/tallies.ts'
import { openDatabase, sqliteStoreIn } from '../../src/collector/sqlite/sqlite-store.ts'
import { keepNotFoundPhrases } from '../../src/collector/store/not-found.ts'
import type { ConversationFilter, Store } from '../../src/collector/store/store.ts'
import { wordPrefixOf } from '../../src/collector/store/words.ts'
import { sourceFilesOf } from '../structure/source-files.ts'
import { connectTo, hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'
import { unboundTables } from './statements.ts'
import { conversationOf, messageOf } from './store-suite.ts'
import { eventOf, feedbackOf } from './store-suite-reactions.ts'

const filters: ConversationFilter[] = [
  {},
  { visitor: 'v', fromMs: 0, toMs: 2e12 },
  { tag: 't' },
  { tag: 't', page: 'https://a.example/', clicked: 'https://b.example/' },
  { page: 'https://a.' },
  { tag: 't', fromMs: 1, toMs: 2e12 + 1 },
  { fromMs: 1, toMs: 2e12 + 1 },
  { page: 'https://a.', tag: 't' },
  { visitor: 'v', tag: 't' },
  { feedback: 'negative' },
  { text: 'often' },
  { answer: 'error' },
  { hasClicks: true },
  { hasClicks: false },
  { feedback: 'any' },
  { feedback: 'none' },
  { answer: 'none' },
  { minMessages: 1, maxMessages: 3 },
  { isAskedAgain: true },
  { isNotFound: true },
  { hasNoGoodAnswer: true },
  { visitors: ['v', 'w'] },
  { text: 'm1' },
  { text: 'm1', tag: 't' },
]
const kinds = ['visitor', 'tag', 'page', 'clicked', 'shown', 'answer', 'day', 'turns', 'feedback'] as const

/** Calls whatever a request makes a collector call. */
async function callEverything(store: Store): Promise<void> {
  await keepNotFoundPhrases(store, 'p', ['could not find'])
  const chatlog = { page: { url: 'https://a.example/' }, linkClicks: [{ url: 'https://b.example/' }] }
  const fields = { tags: ['t'], userProperties: { id: 'v' }, properties: { chatlog } }
  const ids = (given: string[]) => given.map((id) => messageOf('c1', id))
  await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['m1', 'm9'], fields))
  // Between two others, in another order, without a tag, on another day, and again and again at one place.
  const put = (given: string[], more: object = fields) =>
    store.upsertConversation('p', 'c1', () => conversationOf('c1', [], { messages: ids(given), ...more }), 1, given)
  await put(['m1', 'm5', 'm9'])
  await put(['m9', 'm1'])
  await put(['m7'], { tags: [], createdAt: '2026-01-02T12:00:00Z' })
  const between = Array.from({ length: 20 }, (_, index) => `n${index}`)
  for (const id of between) await put(['m9', id, 'm1'], fields)
  await store.upsertConversation('p', 'c2', () => conversationOf('c2', ['m1'])).catch(() => {})
  const elsewhere = { chatlog: { page: { url: 'https://a.test/' } } }
  await store.upsertConversation('p', 'c3', () => conversationOf('c3', ['m3'], { properties: elsewhere }))
  await store.putEvent('p', eventOf('e', { messageId: 'm1', userProperties: { id: 'v' } }), 1)
  await store.putFeedback('p', feedbackOf('f', { messageId: 'm1', userProperties: { id: 'v' } }), 1)
  await store.findConversation('p', 'c1')
  await store.findStoredIds('p', ['c1'])
  await store.findReactions('p', 'c1')
  await store.listSearches('p', 1)
  await store.findVisitor('p', 'v')
  for (const what of [{ conversationId: 'c1' }, { visitorIds: ['v'] }]) await store.countErasable('p', what)
  await store.listSearches('p', 1, { visitor: 'v', fromMs: 0, toMs: 2e12 })
  await store.listFeedback('p', 1, 'negative')
  await store.listFeedback('p', 1, undefined, { tag: 't' })
  for (const filter of filters) {
    for (const withMessages of [true, false]) await store.listConversations('p', { limit: 1, filter, withMessages })
    await store.listConversations('p', { limit: 1, offset: 1, filter, withTotal: false })
    await store.listConversations('p', { limit: 1, filter, order: 'active' })
    await store.countConversationsByDay('p', filter)
    await store.countBySteps('p', filter, 'hour')
    await store.countFeedbackBySteps('p', filter, 'day')
    await store.listAnswerTimes('p', filter, 10)
    await store.countVisitors('p', filter)
    for (const kind of kinds) await store.countFacet('p', { kind, filter, limit: 1, without: 'clicked' })
  }
  await store.addSession({ projectId: 'p', hash: 'h', keyId: 'k', expiresMs: 1 })
  await store.findSession('p', 'h')
  for (const which of [{ hash: 'h' }, { keyId: 'k' }, { expiredMs: 1 }]) await store.deleteSessions('p', which)
  await store.addUsage('p', { keyId: 'k', day: 1, requests: 1, bytes: 1, conversations: 1 })
  await store.putRefusals('p', { collectorId: 'c', json: '{}', atMs: 1 })
  await store.listRefusals('p', 'd', 0)
  await store.deleteConversation('p', 'c1')
  await store.forgetVisitor('p', 'v')
  await store.deleteStoredBefore('p', 2e12, 10)
  // Somebody is left when the changes are counted.
  await store.upsertConversation('p', 'c4', () => conversationOf('c4', ['m4'], fields))
}

/** What the source holds of statements on a project's tables: the longest piece of each that stands there as it is. */
function piecesIn(folder: string): string[] {
  const pieces: string[] = []
  const isStatement =
    /\b(from|join|update|into) (chatlog\.)?(conversations|messages|facets|events|feedback|reaction|tall|sessions|usage)/
  for (const { path, syntax } of sourceFilesOf(folder)) {
    // Migrations are for every project.
    if (/(migrations|fill)\.ts$/.test(path)) continue
    const visit = (node: ts.Node): void => {
      const texts = ts.isNoSubstitutionTemplateLiteral(node)
        ? [node.text]
        : ts.isTemplateExpression(node)
          ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]
          : ts.isStringLiteral(node)
            ? [node.text]
            : []
      const longest = texts.map(inOneLine).toSorted((one, other) => other.length - one.length)[0] ?? ''
      if (isStatement.test(inOneLine(texts.join(' x '))) && !/^ ?\{/.test(longest)) pieces.push(longest.trim())
      ts.forEachChild(node, visit)
    }
    visit(syntax)
  }
  return pieces
}

const inOneLine = (text: string) => text.replace(/\s+/g, ' ')

function expectBound(statements: Iterable<string>, folder: string): void {
  const all = [...new Set([...statements].map((statement) => inOneLine(statement).trim()))]
  expect(piecesIn(folder).filter((piece) => !all.some((statement) => statement.includes(piece)))).toEqual([])
  expect(all.length).toBeGreaterThan(40)
  expect(all.flatMap(unboundTables)).toEqual([])
}

describe('a statement that doesn’t name its project', () => {
  test.each([
    'select id from messages where id = ?',
    'select id from messages m join conversations c on c.id = m.conversation_id where c.project_id = ?',
    'select 1 from messages m join conversations c on c.project_id = m.project_id and c.id = m.conversation_id',
    'delete from facets where project_id = $1 and conversation_id in (select id from chatlog.conversations)',
    'select id from events where project_id = ? union all select id from events where id = ?',
    'insert into messages (id, position) values (?, ?)',
    "update messages set fields = 'project_id = ?' where id = ?",
  ])('is found: %s', (statement) => {
    expect(unboundTables(statement)).toHaveLength(1 + Number(statement.includes('c.project_id = m.project_id')))
  })
})

test('every statement on SQLite names its project itself', async () => {
  const statements = new Set<string>()
  const database = openDatabase(':memory:')
  const prepare = database.prepare.bind(database)
  database.prepare = ((sql: string) => {
    statements.add(sql)
    return prepare(sql)
  }) as Database.Database['prepare']
  const store = sqliteStoreIn(database)

  await callEverything(store)
  await store.close()

  expectBound(statements, 'src/collector/sqlite')
})

describe.skipIf(!hasPostgres)('on PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())

  test('every statement names its project itself', async () => {
    const url = await server.createDatabase()
    await (await openPostgresStore(url)).close()
    const statements = new Set<string>()
    const sql = await connectTo(url, { max: 10, onStatement: (text) => void statements.add(text) })
    const store = postgresStoreIn(sql, sql)

    await sql`
      insert into chatlog.messages (project_id, conversation_id, id, position, words, fields)
      select 'p', 'c0', 'w' || number, number, array_to_tsvector(array[${`${wordPrefixOf('p')}often`}]), '{}'
      from generate_series(1, 6000) as number`
    await sql`analyze chatlog.messages`
    await callEverything(store)
    await fold(sql, 'p')
    // As behind a pooler that lets no notices through: then it asks.
    const unheard = { listen: async () => async () => {} }
    const notices = createPostgresNotices(Object.assign(sql, unheard) as never)
    await notices.listenStored(
      () => ['p'],
      () => {},
    )
    await vi.waitFor(() => expect([...statements].join()).toContain('stored_ms >'), { timeout: 20_000 })
    await notices.stop()
    await store.close()

    expectBound(statements, 'src/collector/postgres')
  })
})
