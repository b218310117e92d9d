import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type BodySize, bodyOf, bodySizes } from '../bench-collector/bodies.ts'
import { createPoster, measure } from '../bench-collector/measure.ts'
import { buildCollector, runNode, type Started, startNode } from './built-collector.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

/** Resident memory that the collector may have at its highest, in MB. */
const maxResidentMb = 512
const senders = 64
const largest = bodySizes.at(-1) as BodySize

let built: ReturnType<typeof buildCollector>
const started: Started[] = []

beforeAll(() => {
  built = buildCollector()
})
afterAll(() => built.remove())
afterEach(async () => {
  for (const { process, ended } of started.splice(0)) {
    process.kill('SIGKILL')
    await ended
  }
})

/** Posts them all at once. @returns the collector's resident memory at its highest, in MB */
async function peakMbOf(place: string[]): Promise<number> {
  const { stdout } = await runNode([built.path, 'keys', 'add', '--type', 'web', ...place])
  const collector = startNode([built.path, '--port', '0', '--log-level', 'error', ...place])
  started.push(collector)
  const line = await collector.line(/^chatlog collector on /)
  const key = stdout.trimEnd().split('\n').at(-1) ?? ''
  const poster = createPoster(line.replace('chatlog collector on ', ''), key, senders)

  // Whatever is not answered with 200 is an error here.
  await measure(senders, senders, (index) => poster.post(Buffer.from(bodyOf(largest, `at-once-${index}`))))

  poster.close()
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${collector.process.pid}/status`, 'utf8'))?.[1]) / 1024
}

// Only Linux says what a process had at its highest.
describe.skipIf(!existsSync('/proc/self/status'))('64 bodies of 2 MB at once are all stored, in bounded memory', () => {
  test('on SQLite', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'chatlog-memory-'))
    try {
      expect(await peakMbOf(['--data', directory])).toBeLessThan(maxResidentMb)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  describe.skipIf(!hasPostgres)('on PostgreSQL', () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server?.remove())

    test('as well', async () => {
      const url = await server.createDatabase()

      expect(await peakMbOf(['--database-url', url])).toBeLessThan(maxResidentMb)
    })
  })
})
