// How long the live view takes with many conversations: `npm run bench:live-view -- [count] [directory]`, after a
// build; with DATABASE_URL, on PostgreSQL. Seeds the store where it is empty, then asks a served collector, over HTTP,
// ten times each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleConversation } from './example-conversations.js'

const count = Number(process.argv[2] ?? 100_000)
const given = process.argv[3]
const databaseUrl = process.env.DATABASE_URL
const directory = given ?? mkdtempSync(join(tmpdir(), 'chatlog-bench-'))
const { addKey, createCollector, createLiveView, openPostgresStore, openSqliteStore, serveCollector } = await import(
  new URL('../../dist/collector.js', import.meta.url).href
)

const store = databaseUrl ? await openPostgresStore(databaseUrl) : openSqliteStore(directory)
const { key } = await addKey(store, { type: 'api' })
const { total } = await store.listConversations('default', { limit: 1 })
if (total === 0) await seed()

const liveView = createLiveView()
const served = await serveCollector({ store, port: 0, routes: liveView.routes })
const cookie = await signIn()
await measure('first page', '/live-view/conversations')
await measure('a tag', '/live-view/conversations?tag=beta')
await measure('a visitor', '/live-view/conversations?visitor=visitor-77')
await measure('clicked link', '/live-view/conversations?clicked=https%3A%2F%2Fdocs.example.com%2Fretries')
await measure('negative feedback', '/live-view/conversations?feedback=negative')
await measure('words, common', '/live-view/conversations?text=proxy')
await measure('words, of none', '/live-view/conversations?text=xylophone')
await measure(
  'statistics, 30 days',
  `/live-view/statistics?from=${new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10)}`,
)
await measure('statistics, all', '/live-view/statistics')
await measure('GET /conversations', '/conversations?limit=30')
await served.close()
await store.close()
if (!given) rmSync(directory, { recursive: true, force: true })

async function seed() {
  const { fetch } = createCollector({ store, rateLimit: { requestsPerMinute: 1e9 } })
  const nowMs = Date.now()
  const startedAt = performance.now()
  let next = 0
  const send = async () => {
    while (next < count) {
      const response = await fetch(
        new Request('http://localhost/conversations', {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify(exampleConversation(next++, count, nowMs, 90)),
        }),
      )
      if (response.status !== 200) throw new Error(await response.text())
    }
  }
  await Promise.all(Array.from({ length: 8 }, send))
  const seconds = (performance.now() - startedAt) / 1_000
  console.log(`stored ${count.toLocaleString('en')} conversations in ${seconds.toFixed(0)} s`)
}

async function signIn() {
  const answer = await fetch(`${served.url}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ apiKey: key }),
    redirect: 'manual',
  })
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

/** @param {string} name @param {string} path */
async function measure(name, path) {
  const times = []
  for (let round = 0; round < 10; round += 1) {
    const startedAt = performance.now()
    const answer = await fetch(served.url + path, { headers: { cookie, authorization: `Bearer ${key}` } })
    await answer.text()
    if (!answer.ok) return console.log(`${name.padEnd(22)} ${answer.status}`)
    times.push(performance.now() - startedAt)
  }
  times.sort((a, b) => a - b)
  const [first] = times
  const last = times.at(-1)
  console.log(
    `${name.padEnd(22)} ${times[5]?.toFixed(0).padStart(6)} ms  (${first?.toFixed(0)} to ${last?.toFixed(0)})`,
  )
}
