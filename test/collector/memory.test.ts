import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type BodySize, bodyOf, bodySizes } from '../bench-collector/bodies.ts'
import { startSender } from '../bench-collector/start-sender.ts'
import { buildCollector, runNode, type Started, startNode } from './built-collector.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

/** `npm run test:memory` is the long form: conversations at their bound, and others who want memory at the same time. */
const isLong = process.env.npm_lifecycle_event === 'test:memory'

if (isLong) vi.setConfig({ testTimeout: 900_000 })

/** Resident memory that the collector may have at its highest, in MB. */
const maxResidentMb = 512
const senders = 64
const readers = 3
/** Bytes of the body that a stranger sends to the sign-in. */
const signInBytes = 2_000_000_000
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

type Running = { port: number; web: string; api: string; peakMb(): number }

async function run(place: string[]): Promise<Running> {
  const keyOf = async (type: string) =>
    (await runNode([built.path, 'keys', 'add', '--type', type, ...place])).stdout.trimEnd().split('\n').at(-1) ?? ''
  const [web, api] = [await keyOf('web'), await keyOf('api')]
  const collector = startNode([built.path, '--port', '0', '--log-level', 'error', ...place])
  started.push(collector)
  const line = await collector.line(/^chatlog collector on /)
  const status = () => readFileSync(`/proc/${collector.process.pid}/status`, 'utf8')
  return {
    port: Number(new URL(line.replace('chatlog collector on ', '')).port),
    web,
    api,
    peakMb: () => Number(/VmHWM:\s+(\d+)/.exec(status())?.[1]) / 1024,
  }
}

/** Posts them all at once, in the long form over and over. @returns the collector's resident memory at its highest, in MB */
async function peakMbOf(place: string[]): Promise<number> {
  const running = await run(place)
  const { port, web: key } = running
  const sender = startSender()
  // Whatever is not answered with 200 is an error here.
  const send = (body: string) =>
    sender.send({ port, key, body, prefix: 'at-once', count: senders, connections: senders })
  try {
    await send(bodyOf(largest, '@id@'))
    if (isLong) await besideOthers(running, send)
  } finally {
    await sender.end()
  }
  if (isLong) console.log(`${place[0]}: ${Math.round(running.peakMb())} MB resident at most`)
  return running.peakMb()
}

/** The same conversations filled to their bound and changed there, beside a huge sign-in and readers of the largest pages. */
async function besideOthers({ port, api }: Running, send: (body: string) => Promise<unknown>): Promise<void> {
  const others = (text: string) => bodyOf(largest, '@id@').replaceAll('"@id@-', '"@id@-b').replaceAll('Open the', text)
  await send(others('Close the'))
  const stop = new AbortController()
  const reading = Array.from({ length: readers }, () => readUntil(stop.signal, port, api))
  await Promise.all([send(others('Shut the')), signInWith(port, signInBytes)])
  stop.abort()
  const pages = await Promise.all(reading)
  expect(Math.min(...pages)).toBeGreaterThan(0)
}

/** Reads pages of conversations with their messages, one after the other. @returns how many */
async function readUntil(signal: AbortSignal, port: number, api: string): Promise<number> {
  let pages = 0
  while (!signal.aborted) {
    const headers = { authorization: `Bearer ${api}` }
    const response = await fetch(`http://127.0.0.1:${port}/conversations?limit=100&messages=true`, { headers })
    expect(response.status).toBe(200)
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(4_000_000)
    pages++
  }
  return pages
}

/** Sends a form of so many bytes to the sign-in, until the collector has had enough of it. */
async function signInWith(port: number, bytes: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.on('error', () => {}).resume()
  const head = ['POST /sign-in HTTP/1.1', 'Host: x', 'Content-Type: application/x-www-form-urlencoded']
  socket.write(`${[...head, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n`)
  const piece = `${(65_536).toString(16)}\r\n${'a'.repeat(65_536)}\r\n`
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += 65_536) {
    if (!socket.write(piece)) await Promise.race([closed, once(socket, 'drain').catch(() => {})])
  }
  socket.end()
  await closed
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
