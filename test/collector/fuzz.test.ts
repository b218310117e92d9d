import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { problemCodes, problemMediaType, problemSchema } from '../../src/contract/problem.ts'
import { buildCollector, runNode, type Started, startNode } from './built-collector.ts'
import { type MalformedRequest, malformedRequest, seeded } from './fuzz.ts'

/** `npm run test:fuzz` is the long form; CHATLOG_SEED tries other requests. */
const isLong = process.env.npm_lifecycle_event === 'test:fuzz'
const requests = isLong ? 100_000 : 1_000
const connections = 8
/** Resident memory that the collector may gain from the first tenth of the requests to the last, in the long form. */
const maxGrowthMb = 64

if (isLong) vi.setConfig({ testTimeout: 1_800_000 })

let built: ReturnType<typeof buildCollector>
let directory: string
let collector: Started
let port: number
let keys: string[]

beforeAll(async () => {
  built = buildCollector()
  directory = mkdtempSync(join(tmpdir(), 'chatlog-fuzz-'))
  keys = await Promise.all(
    ['web', 'api'].map(async (type) => {
      const { code, stdout, stderr } = await runNode([built.path, 'keys', 'add', '--type', type, '--data', directory])
      if (code !== 0) throw new Error(stderr)
      return stdout.trimEnd().split('\n').at(-1) ?? ''
    }),
  )
  const limit = ['--rate-limit', '1000000000']
  collector = startNode([built.path, '--port', '0', '--data', directory, '--log-level', 'error', ...limit])
  port = Number(new URL((await collector.line(/^chatlog collector on /)).replace('chatlog collector on ', '')).port)
})
afterAll(async () => {
  collector?.process.kill('SIGKILL')
  await collector?.ended
  rmSync(directory, { recursive: true, force: true })
  built?.remove()
})

/** Sends the bytes and reads until the collector closes the connection. */
function exchange(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(text, 'latin1')))
    // No answer at all is a fault too.
    socket.setTimeout(20_000, () => socket.destroy())
    socket.setEncoding('utf8').on('data', (data) => {
      answer += data
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}

const statuses = new Set<number>([200, 204, ...Object.values(problemCodes).map(({ status }) => status)])

/** What is wrong with an answer; nothing when it is a documented one. */
function faultOf(answer: string): string | null {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1])
  // 501 names an operation that isn't built; of the others, each would be a fault of the collector.
  if (!statuses.has(status) || (status >= 500 && status !== 501)) return `answered ${head.slice(0, 80)}`
  if (status < 300) return null
  if (!head.toLowerCase().includes(`content-type: ${problemMediaType}`)) return `${status} without a problem`
  const json = /^\s*[0-9a-f]+\r\n([\s\S]*)\r\n0\r\n/.exec(body)?.[1] ?? body.replace(/^[0-9a-f]+\r\n/, '')
  return problemSchema.safeParse(JSON.parse(json.split('\r\n')[0] ?? '')).success ? null : `${status} ${json}`
}

const residentMb = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${collector.process.pid}/status`, 'utf8'))?.[1]) / 1024

test(`${requests.toLocaleString('en-US')} malformed requests are each answered as the contract says`, async () => {
  const random = seeded(Number(process.env.CHATLOG_SEED ?? 20_261_123))
  const faults: (MalformedRequest & { fault: string })[] = []
  const answered = new Map<string, number>()
  const memoryMb: number[] = []
  let sent = 0

  async function send(): Promise<void> {
    while (sent < requests && faults.length < 10) {
      sent++
      if (isLong && sent % (requests / 10) === 0) memoryMb.push(Math.round(residentMb()))
      const request = malformedRequest(random, keys)
      const answer = await exchange(request.text)
      const fault = faultOf(answer)
      if (fault !== null) faults.push({ what: request.what, text: request.text.slice(0, 300), fault })
      const status = answer.slice(9, 12)
      answered.set(status, (answered.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: connections }, send))

  expect(faults).toEqual([])
  const health = await fetch(`http://127.0.0.1:${port}/health`)
  expect(health.status).toBe(200)
  if (!isLong) return
  console.log('answers by status:', Object.fromEntries(answered), 'resident MB:', memoryMb)
  expect((memoryMb.at(-1) ?? 0) - (memoryMb[0] ?? 0)).toBeLessThan(maxGrowthMb)
})
