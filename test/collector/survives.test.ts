import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildCollector, runNode, type Started, startNode } from './built-collector.ts'
import { missing, startLoad } from './load.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

/** `npm run test:kill` is the long form. */
const isLong = process.env.npm_lifecycle_event === 'test:kill'
const rounds = isLong ? 20 : 2
/** Acknowledged upserts before each kill. */
const upsertsEach = isLong ? 200 : 40

if (isLong) vi.setConfig({ testTimeout: 600_000 })

let built: ReturnType<typeof buildCollector>
const started: Started[] = []

beforeAll(() => {
  built = buildCollector()
})
afterAll(() => built.remove())
afterEach(async () => {
  for (const collector of started.splice(0)) await kill(collector)
})

async function kill(collector: Started) {
  collector.process.kill('SIGKILL')
  await collector.ended
}

async function addKey(place: string[], type: 'web' | 'api') {
  const { stdout } = await runNode([built.path, 'keys', 'add', '--type', type, ...place])
  return stdout.trimEnd().split('\n').at(-1) ?? ''
}

async function serve(place: string[]) {
  const collector = startNode([built.path, '--port', '0', '--log-level', 'error', ...place])
  started.push(collector)
  const line = await collector.line(/^chatlog collector on /)
  return { ...collector, url: line.replace('chatlog collector on ', '') }
}

/** Kills a collector under load and starts it again, round after round; what was lost of what it had acknowledged. */
async function lostByKills(place: string[]) {
  const [web, api] = [await addKey(place, 'web'), await addKey(place, 'api')]
  const lost: string[] = []
  let acknowledged = 0
  for (let round = 0; round < rounds; round++) {
    const collector = await serve(place)
    const load = startLoad(collector.url, web, { prefix: `round-${round}` })
    await load.more(upsertsEach)
    await kill(collector)
    await load.stop()
    acknowledged += load.statuses.get(200) ?? 0

    const again = await serve(place)
    lost.push(...(await missing(load, again.url, api)))
    await kill(again)
  }
  if (isLong) console.log(`${rounds} kills, ${acknowledged} upserts acknowledged, ${lost.length} lost (${place[0]})`)
  return lost
}

test('SQLite: whatever was acknowledged before a kill is there after it, whole', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chatlog-kill-'))
  try {
    expect(await lostByKills(['--data', directory])).toEqual([])
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

// `npm test` installs PostgreSQL where it can, and says so where it can't.
describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())

  test('whatever was acknowledged before a kill of the collector is there after it, whole', async () => {
    expect(await lostByKills(['--database-url', await server.createDatabase()])).toEqual([])
  })

  test('while the database falls over and comes back, senders get 503, then 200, and nothing acknowledged is lost', async () => {
    const place = ['--database-url', await server.createDatabase()]
    const [web, api] = [await addKey(place, 'web'), await addKey(place, 'api')]
    const { url } = await serve(place)
    const load = startLoad(url, web)

    for (const how of isLong ? (['crash', 'stop', 'crash'] as const) : (['crash'] as const)) {
      await load.more(upsertsEach)
      await server.stop(how)
      await load.more(20, 503)
      await server.start()
      await load.more(upsertsEach)
    }
    await load.stop()

    expect([...load.statuses.keys()].toSorted()).toEqual([200, 503])
    expect(await missing(load, url, api)).toEqual([])
    if (isLong) console.log('answers by status while PostgreSQL was restarted:', Object.fromEntries(load.statuses))
  })
})
