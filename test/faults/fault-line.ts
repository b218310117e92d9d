import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { Answer, Upstream } from './collector-under-test.ts'

/** Time that a packet takes there and back, in milliseconds. */
export const roundTripMs = 80

/** What happens to a `POST` on its way. */
export type Fault =
  /** Answered by something in front of the collector; `cors: false` leaves out the headers that let a page read it. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; cors?: false; body?: string }
  /** Never answered; the collector works it off when `until` resolves. */
  | { kind: 'hang'; until: Promise<unknown> }
  /** The connection is reset before the collector has seen anything. */
  | { kind: 'reset' }
  /** The connection is reset when this many bytes of the body have come. */
  | { kind: 'cut_body'; afterBytes: number }
  /** The collector has stored it, and the connection is reset in the middle of the answer. */
  | { kind: 'cut_answer' }

/** The fate of a request that hung. */
export const workedOffLate = 'hung, worked off late'

/** A `POST` as the line saw it. */
export interface SeenRequest {
  /** Milliseconds since the line was opened. */
  at: number
  /** When nothing more could come of it, in the same milliseconds. */
  endedAt: number | null
  /** Path and query. */
  path: string
  /** UTF-8 bytes of the body, as far as it came. */
  bytes: number
  /** The whole body as text; empty where it didn't come whole. */
  body: string
  /** A status, or what became of it instead; `null` while it is under way. */
  fate: string | null
}

/** The line between browser and collector: 80 ms there and back, and with faults. */
export interface FaultLine {
  /** `http://127.0.0.1:…`, the same as long as the line is there. */
  url: string
  /** Every `POST` so far, oldest first. Grows. */
  requests: readonly SeenRequest[]
  /** Lets the next `times` `POST`s fail (default: all until `heal`). Preflights pass. */
  fail(fault: Fault, times?: number): void
  /** Ends `fail` and `slowTo`. What hangs goes on hanging. */
  heal(): void
  /** How fast bodies come through, in bytes a second. A client that goes before its body is through is cut off. */
  slowTo(bytesPerSecond: number): void
  /** Refuses connections, as a host that is down does, and cuts those that are open. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  /** Resolves once nothing has been under way for `quietMs`. */
  quiet(quietMs: number): Promise<void>
  close(): Promise<void>
}

const corsHeaders = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' }

/** Opens a line to a collector, on any free port. */
export async function openFaultLine(upstream: Upstream): Promise<FaultLine> {
  const openedAt = performance.now()
  const requests: SeenRequest[] = []
  const connections = new Map<Socket, { openedAt: number; gone: Promise<true> }>()
  let fault: Fault | null = null
  let faultsLeft = 0
  let bytesPerMs = Number.POSITIVE_INFINITY
  let underWay = 0
  let lastActivityAt = 0

  const takeFault = (): Fault | null => {
    if (faultsLeft === 0) return null
    faultsLeft -= 1
    return fault
  }

  /** The time that the bytes take to get through, unless the client goes before. @returns whether they came */
  const getThrough = async (socket: Socket, bytes: number): Promise<boolean> => {
    const connection = connections.get(socket)
    if (!connection) return false
    // A connection takes a round trip before the first byte can go.
    const handshakeMs = Math.max(connection.openedAt + roundTripMs - performance.now(), 0)
    if (await Promise.race([connection.gone, wait(handshakeMs + bytes / bytesPerMs)])) return false
    await wait(roundTripMs / 2)
    return true
  }

  const carry = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { socket } = incoming
    const isPost = incoming.method === 'POST'
    const finish = (fate: string) => {
      seen.fate = fate
      seen.endedAt = performance.now() - openedAt
    }
    const seen: SeenRequest = {
      at: performance.now() - openedAt,
      endedAt: null,
      path: incoming.url ?? '',
      bytes: 0,
      body: '',
      fate: null,
    }
    if (isPost) requests.push(seen)
    const current = isPost ? takeFault() : null
    const cutAfter = current?.kind === 'cut_body' ? current.afterBytes : Number.POSITIVE_INFINITY
    const body = await readBody(incoming, cutAfter)
    seen.bytes = body.length
    const isWhole = incoming.complete && body.length < cutAfter
    const cameThrough = await getThrough(socket, body.length)
    if (!isWhole || !cameThrough) {
      reset(socket)
      return finish('cut')
    }
    seen.body = textOf(body, incoming)
    const ask = () =>
      upstream.answer({ method: incoming.method ?? '', path: seen.path, headers: incoming.headers, body })

    if (current?.kind === 'reset') {
      reset(socket)
      return finish('reset')
    }
    if (current?.kind === 'hang') {
      await current.until
      await ask().catch(() => null)
      return finish(workedOffLate)
    }
    const answer = current?.kind === 'answer' ? answerInstead(current) : await ask().catch(() => null)
    await wait(roundTripMs / 2)
    if (!answer || current?.kind === 'cut_answer') {
      if (answer) {
        outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length })
        outgoing.write(answer.body.subarray(0, answer.body.length / 2))
        await wait(10)
      }
      reset(socket)
      return finish(answer ? `${answer.status}, answer cut` : 'collector away')
    }
    outgoing.writeHead(answer.status, answer.headers).end(answer.body)
    return finish(`${answer.status}`)
  }

  const server = createServer(async (incoming, outgoing) => {
    underWay += 1
    await carry(incoming, outgoing)
    underWay -= 1
    lastActivityAt = performance.now()
  })
  server.on('connection', (socket) => {
    const gone = new Promise<true>((resolve) => {
      socket.on('close', () => {
        connections.delete(socket)
        resolve(true)
      })
    })
    connections.set(socket, { openedAt: performance.now(), gone })
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of connections.keys()) reset(socket)
    })
  await listen(0)
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    fail(next, times = Number.POSITIVE_INFINITY) {
      fault = next
      faultsLeft = times
    },
    heal() {
      faultsLeft = 0
      bytesPerMs = Number.POSITIVE_INFINITY
    },
    slowTo(bytesPerSecond) {
      bytesPerMs = bytesPerSecond / 1_000
    },
    goAway: stop,
    comeBack: () => listen(port),
    async quiet(quietMs) {
      const from = performance.now()
      const isQuiet = () => underWay === 0 && performance.now() - Math.max(from, lastActivityAt) >= quietMs
      while (!isQuiet()) await wait(20)
    },
    close: stop,
  }
}

function reset(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy()
}

/** What came: all of it, or up to `cutAfter` bytes, or up to where the client gave up. */
async function readBody(incoming: IncomingMessage, cutAfter: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of incoming) {
      parts.push(part)
      length += part.length
      if (length >= cutAfter) break
    }
  } catch {
    // The client closed the connection: what came until then is what was seen.
  }
  return Buffer.concat(parts)
}

function textOf(body: Buffer, incoming: IncomingMessage): string {
  return (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')
}

function answerInstead({ status, headers = {}, cors, body = '' }: Extract<Fault, { kind: 'answer' }>): Answer {
  return { status, headers: { ...(cors === false ? {} : corsHeaders), ...headers }, body: Buffer.from(body) }
}
