import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey, keyIdOf } from '../../src/collector/store/keys.ts'
import type { Store } from '../../src/collector/store/store.ts'
import { buildCollector, type Started, startNode } from '../collector/built-collector.ts'
import { hasPostgres, startPostgres } from '../collector/postgres-server.ts'
import { type BodySize, bodyOf, bodySizes, storedOf } from './bodies.ts'
import { type Measured, measure } from './measure.js'
import { type Cell, describeMachine, type Peak, writeReport } from './report.ts'
import { type Sender, startSender } from './start-sender.ts'

const isAsked = process.env.npm_lifecycle_event === 'bench:collector'
const connectionCounts = [1, 16]
/** Upserts of a measurement, enough for its code to be compiled in the first; collector and bare store take turns. */
const upserts: Record<string, number> = { '10 KB': 1_500, '2 MB': 24 }
const turns = 3

type Opened = { name: string; place: string[]; store: Store }

test.skipIf(!isAsked)('benchmark', { timeout: 1_200_000 }, async () => {
  const machine = describeMachine()
  const built = buildCollector()
  const directory = mkdtempSync(join(tmpdir(), 'chatlog-bench-'))
  // Durable, as in production: none of the quick settings of the tests.
  const server = hasPostgres ? await startPostgres([]) : null
  const sender = startSender()
  const cells: Cell[] = []
  const peaks: Peak[] = []
  try {
    const sqlite = { name: 'SQLite', place: ['--data', directory], store: openSqliteStore(directory) }
    const opened: Opened[] = [sqlite]
    if (server) {
      const url = await server.createDatabase()
      opened.push({ name: 'PostgreSQL', place: ['--database-url', url], store: await openPostgresStore(url) })
    }
    for (const each of opened) {
      const { key } = await addKey(each.store, { type: 'web' })
      await withCollector(built.path, each, async (port, peakMb) => {
        for (const size of bodySizes) {
          for (const connections of connectionCounts) {
            cells.push(await cellOf(each, sender, { port, key, size, connections }))
          }
        }
        peaks.push({ what: `${each.name}: all of the above`, peakMb: peakMb() })
      })
      await withCollector(built.path, each, async (port, peakMb) => {
        const body = bodyOf(bodySizes.at(-1) as BodySize, '@id@')
        await sender.send({ port, key, body, prefix: 'at-once', count: 64, connections: 64 })
        peaks.push({ what: `${each.name}: 64 bodies of 2 MB at once`, peakMb: peakMb() })
      })
      await each.store.close()
    }
    writeReport(cells, peaks, { date: new Date(), machine })
  } finally {
    await sender.end()
    await server?.remove()
    rmSync(directory, { recursive: true, force: true })
    built.remove()
  }
  for (const { peakMb } of peaks.filter(({ what }) => what.includes('64'))) expect(peakMb).toBeLessThan(512)
})

async function withCollector(
  path: string,
  { place }: Opened,
  use: (port: number, peakMb: () => number) => Promise<void>,
) {
  const collector: Started = startNode([path, '--port', '0', '--rate-limit', '1000000000', ...place])
  try {
    const line = await collector.line(/^chatlog collector on /)
    const status = `/proc/${collector.process.pid}/status`
    const peakMb = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024
    await use(Number(new URL(line.replace('chatlog collector on ', '')).port), peakMb)
  } finally {
    collector.process.kill('SIGTERM')
    await collector.ended
  }
}

type CellPlan = { port: number; key: string; size: BodySize; connections: number }

/** The first turn of each side is its warming up, and doesn't count. */
async function cellOf({ name, store }: Opened, sender: Sender, { port, key, size, connections }: CellPlan) {
  const count = upserts[size.name] ?? 0
  const body = bodyOf(size, '@id@')
  const [collector, bare]: [Measured[], Measured[]] = [[], []]
  for (let turn = 0; turn <= turns; turn++) {
    const prefix = `${size.name}-${connections}-${turn}`
    collector.push(await sender.send({ port, key, body, prefix, count, connections }))
    bare.push(await measureBare(store, key, { size, prefix, count, connections }))
  }
  return {
    store: name,
    size: size.name,
    connections,
    collector: middle(collector.slice(1)),
    bare: middle(bare.slice(1)),
  }
}

type BarePlan = { size: BodySize; prefix: string; count: number; connections: number }

/** What the collector asks of its store for an upsert, and nothing else. */
function measureBare(store: Store, key: string, { size, prefix, count, connections }: BarePlan): Promise<Measured> {
  const stored = Array.from({ length: count }, (_, index) => {
    const id = `${prefix}-bare-${index}`
    return storedOf(bodyOf(size, id), id)
  })
  return measure(count, connections, async (index) => {
    const conversation = stored[index] as (typeof stored)[number]
    await store.findKey(keyIdOf(key) ?? '')
    await store.upsertConversation('default', conversation.id, () => conversation)
  })
}

/** The turn of middling speed: others may have had the machine in one of them. */
function middle(measured: Measured[]): Measured {
  const sorted = measured.toSorted((a, b) => a.perSecond - b.perSecond)
  return sorted[Math.floor(sorted.length / 2)] as Measured
}
