import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createStatistics } from '../../src/collector/live-view/statistics.ts'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { openDatabase, openSqliteStore, sqliteStoreIn } from '../../src/collector/sqlite/sqlite-store.ts'
import type { ConversationFilter, ConversationPageRequest, Store } from '../../src/collector/store/store.ts'
import { exampleConversation } from '../bench/example-conversations.js'
import { connectTo, hasPostgres, startPostgres } from '../collector/postgres-server.ts'
import { storedOf } from './bodies.ts'
import { copyInPostgres, copyInSqlite } from './copies.ts'
import { measure } from './measure.js'
import { describeMachine } from './report.ts'

const size = Number(process.env.CHATLOG_BENCH_SIZE ?? 0)
const days = 90
const rounds = 21
/** From this size on, the database copies nine tenths of the conversations: through the store they would take an hour. */
const copiedFrom = 500_000
const step = size >= copiedFrom ? 10 : 1
const shown = 30

/** One row of the table: what is asked, how it compares with a bare statement, and what was aimed at. */
type Row = { what: string; medianMs: number; bareMs: number; atMost: number }
type Bare = (statement: string) => Promise<unknown>
/** A store under measurement, and its database without it. `table` is how the database calls a table. */
interface Measured {
  store: Store
  bare: Bare
  table(name: string): string
  analyze(): Promise<unknown>
}

const opens = { sqlite: openSqlite, postgresql: openPostgres }
const only = process.env.CHATLOG_BENCH_STORE
const stores = Object.entries(opens).filter(([name]) => !only || only === name)

test.skipIf(size === 0).each(stores)('reading stays quick: %s', { timeout: 21_600_000 }, async (name, open) => {
  const machine = describeMachine()
  const opened = await open()
  if (!opened) return console.log(`${name} is not installed here, and left out`)
  await opened.measured.analyze()
  const rows = await rowsOf(opened.measured)
  const beside = await besideReading(opened.measured.store)
  await opened.close()
  const head = `Written by \`npm run bench:collector -- --size ${size} --store ${name}\` on ${new Date().toISOString().slice(0, 10)}:
${machine}.`
  const found = `${head}\n\n${tableOf(rows)}\n\n${beside}`
  console.log(found)
  publish(name, found)
  expect(rows.length).toBeGreaterThan(0)
})

async function openSqlite() {
  const directory = mkdtempSync(join(tmpdir(), 'chatlog-size-'))
  // What fills it needn't survive a power cut: waiting for the disk would take hours.
  const quick = openDatabase(directory)
  quick.pragma('synchronous = off')
  const filled = sqliteStoreIn(quick)
  await fill(filled, async () => quick.prepare('select 1 from tally_changes limit 1').all().length > 0)
  await filled.close()
  if (step > 1) copyInSqlite(directory, size / step)
  const store = openSqliteStore(directory)
  const database = openDatabase(directory)
  const bare: Bare = async (statement) => database.prepare(statement)[/^select/.test(statement) ? 'all' : 'run']()
  const measured: Measured = {
    store,
    bare,
    table: (name) => name,
    analyze: async () => {},
  }
  return {
    measured,
    async close() {
      await store.close()
      database.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function openPostgres() {
  if (!hasPostgres) return null
  const server = await startPostgres(['shared_buffers=512MB'])
  const url = await server.createDatabase()
  const admin = await connectTo(url)
  await admin.unsafe('alter role chatlog set synchronous_commit = off')
  const filled = await openPostgresStore(url)
  await fill(filled, async () => (await admin`select from chatlog.tally_changes limit 1`).length > 0)
  await filled.close()
  if (step > 1) await copyInPostgres(admin, size / step)
  await admin.unsafe('alter role chatlog reset synchronous_commit')
  await admin.end()
  const store = await openPostgresStore(url)
  const sql = await connectTo(url)
  // Prepared once, as the store's own are.
  const bare: Bare = (statement) => sql(Object.assign([statement], { raw: [statement] })).execute()
  const measured: Measured = {
    store,
    bare,
    table: (name) => `chatlog.${name}`,
    analyze: () => sql.unsafe('vacuum analyze').execute(),
  }
  return {
    measured,
    async close() {
      await store.close()
      await sql.end()
      await server.remove()
    },
  }
}

/**
 * Through the store itself, as collectors do; every twentieth conversation also has an event and feedback. Of many, every
 * tenth: the others are copied.
 */
async function fill(store: Store, hasCounts: () => Promise<boolean>): Promise<void> {
  const nowMs = Date.now()
  await measure(size / step, 16, async (place) => {
    const index = place * step
    if (place % Math.ceil(size / step / 20) === 0)
      console.log(`${place} conversations after ${Math.round(performance.now() / 1_000)} s`)
    const body = exampleConversation(index, size, nowMs, days)
    const stored = storedOf(JSON.stringify(body), body.id)
    await store.upsertConversation('default', body.id, () => stored)
    if (place % 20 > 0) return
    const createdAt = stored.createdAt
    const messageId = `${body.id}-a0`
    await store.putFeedback('default', { id: `f${index}`, type: 'negative', messageId, createdAt }, nowMs)
    const event = { id: `e${index}`, type: 'copied', entityType: 'message' as const, messageId, createdAt }
    await store.putEvent('default', { ...event, projectId: 'default', integrationId: null } as never, nowMs)
  })
  console.log(`filled after ${Math.round(performance.now() / 1_000)} s`)
  // Counts are taken in two seconds after the last write, and where there are many, in some more.
  while (await hasCounts()) await new Promise((resolve) => setTimeout(resolve, 1_000))
}

type Asked = [what: string, atMost: number, ours: () => Promise<unknown>, bareStatement: () => string]

function askedOf({ store, table }: Pick<Measured, 'store' | 'table'>): Asked[] {
  const newest = (offset = 0) =>
    `select id, fields from ${table('conversations')} where project_id = 'default'
     order by created_ms desc, arrival desc limit ${shown} offset ${offset}`
  const page =
    (filter: ConversationFilter, more: Partial<ConversationPageRequest> = {}) =>
    () =>
      store.listConversations('default', { limit: shown, withMessages: false, withTotal: false, filter, ...more })
  // Each anew, so that nothing is kept from the last.
  const statisticsOf = (filter: ConversationFilter) => createStatistics(store, Date.now)('default', filter)
  const middle = Math.floor(size / 2)
  let erased = 0
  return [
    ['first page', 3, page({}), newest],
    ['filter by tag', 5, page({ tag: 'beta' }), newest],
    ['filter by feedback', 5, page({ feedback: 'negative' }), newest],
    ['filter by clicked link', 5, page({ clicked: 'https://docs.example.com/retries' }), newest],
    ['filter by visitor', 5, page({ visitor: 'visitor-77' }), newest],
    ['filter by tag and page', 5, page({ tag: 'beta', page: 'https://docs.example.com/api' }), newest],
    ['search for a word that nobody said', 5, page({ text: 'xylophone' }), newest],
    ['search for a common word', 5, page({ text: 'proxy' }), newest],
    ['search for two words', 5, page({ text: 'backup region' }), newest],
    ['search for a rare word', 5, page({ text: '"error 77"' }), newest],
    [`offset ${middle}`, 2, page({}, { offset: middle }), () => newest(middle)],
    ['statistics, all time', 20, () => statisticsOf({}), newest],
    ['statistics, 30 days and some hours', 20, () => statisticsOf({ fromMs: Date.now() - 30.3 * 86_400_000 }), newest],
    [
      'one conversation, with events and feedback',
      3,
      async () => {
        await store.findConversation('default', `example-${middle}`)
        await store.findReactions('default', `example-${middle}`)
      },
      () => `select fields from ${table('messages')}
        where project_id = 'default' and conversation_id = 'example-${middle}' order by position`,
    ],
    [
      'delete one conversation',
      20,
      () => store.deleteConversation('default', `example-${100 + erased++}`),
      () => `delete from ${table('events')} where project_id = 'default' and id = 'e${20 * erased++}'`,
    ],
    [
      'forget one visitor',
      20,
      () => store.forgetVisitor('default', `visitor-${200 + erased++}`),
      () => `delete from ${table('events')} where project_id = 'default' and id = 'e${20 * erased++}'`,
    ],
  ]
}

async function rowsOf(measured: Measured): Promise<Row[]> {
  const rows: Row[] = []
  for (const [what, atMost, ours, bareStatement] of askedOf(measured)) {
    const times: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      times[0].push(await msOf(ours))
      times[1].push(await msOf(() => measured.bare(bareStatement())))
    }
    const [medianMs, bareMs] = times.map(median) as [number, number]
    rows.push({ what, medianMs, bareMs, atMost })
  }
  return rows
}

/** What an upsert takes alone, and while an export, statistics of a selection and a search go on beside it. */
async function besideReading(store: Store): Promise<string> {
  let next = 0
  const upserts = async () => {
    const times: number[] = []
    for (let round = 0; round < 60; round++) {
      const body = exampleConversation(next, size, Date.now(), days)
      const id = `beside-${next++}`
      const stored = storedOf(JSON.stringify(body).replaceAll(body.id, id), id)
      times.push(await msOf(() => store.upsertConversation('default', id, () => stored)))
    }
    return median(times)
  }
  await upserts()
  const alone = await upserts()
  let isReading = true
  const reading = [
    async () => {
      let cursor: string | undefined
      while (isReading) {
        const page = await store.listConversations('default', { limit: 100, cursor })
        cursor = page.nextCursor ?? undefined
      }
    },
    async () => {
      while (isReading) await store.countFacet('default', { kind: 'shown', filter: { tag: 'docs' }, limit: 10 })
    },
    async () => {
      while (isReading) await store.listConversations('default', { limit: shown, filter: { text: 'proxy a*' } })
    },
  ]
  const readers = reading.map((read) => read())
  const beside = await upserts()
  const health = await msOf(() => store.ping())
  isReading = false
  await Promise.all(readers)
  return `An upsert alone takes ${alone.toFixed(1)} ms (the median of 60). It takes ${beside.toFixed(1)} ms while an export, a search, and the
statistics of a tag that every conversation has run without a pause. The write of \`/health\` then takes ${health.toFixed(1)} ms.`
}

async function msOf(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await call()
  return performance.now() - startedAt
}

const median = (times: readonly number[]) => times.toSorted((one, other) => one - other)[times.length >> 1] ?? 0

const isOver = ({ medianMs, bareMs, atMost }: Omit<Row, 'what'>) => medianMs / bareMs > atMost

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ what, medianMs, bareMs, atMost }) => {
    const mark = isOver({ medianMs, bareMs, atMost }) ? ' **over**' : ''
    const ratio = (medianMs / bareMs).toFixed(1)
    return `| ${what} | ${medianMs.toFixed(2)} | ${bareMs.toFixed(2)} | ${ratio}${mark} | ${atMost} |`
  })
  return ['| what | ms | bare ms | ratio | at most |', '| -- | -- | -- | -- | -- |', ...lines].join('\n')
}

/** Puts what was measured into the document of that size. Whatever else a person wrote there stays. */
function publish(store: string, found: string): void {
  const file = join(import.meta.dirname, `../../docs/evidence/collector-size-${size}.md`)
  const document = existsSync(file) ? readFileSync(file, 'utf8') : emptyReport
  const [start, end] = [`<!-- measured: ${store} -->`, `<!-- end of what was measured: ${store} -->`]
  const [before, rest = ''] = document.split(start)
  const after = rest.split(end)[1] ?? ''
  writeFileSync(file, `${before}${start}\n${found}\n${end}${after}`)
}

const emptyReport = `# How fast reading is with ${size.toLocaleString('en')} conversations

After reading this page you can say how long the live view and the API take with many conversations.

Each number is the median of ${rounds} rounds. In each round the store and a bare statement of its database take turns, from the same
process. The bare statement depends on the row:

- For the pages, the searches and the statistics it reads the newest ${shown} conversations by the index of dates.
- For an offset it does the same, with the offset.
- For one conversation it reads the messages by their key.
- For deleting and forgetting it deletes one row by its key.

## SQLite

<!-- measured: sqlite -->

## PostgreSQL

<!-- measured: postgresql -->
`
