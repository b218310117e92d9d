import { createServer, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A request as it arrived in front of the collector, preflights included. */
export interface SeenRequest {
  method: string
  /** Path and query. */
  url: string
  headers: IncomingMessage['headers']
  /** UTF-8 bytes of the body as sent. */
  bytes: number
  /** The body as text, inflated where it came as gzip; cut short when the sender gave up. */
  body: string
  /** What it was answered with; `null` while it is open, or when its connection was closed instead. */
  status: number | null
}

/** What happens to a `POST` instead of reaching the collector. */
export type Fault =
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string }
  /** The request is read and never answered. */
  | { kind: 'hang' }
  /**
   * The connection is reset without an answer. Chromium sends once more by itself when the connection was used before
   * (156, 2026-11), so a single reset may go unnoticed.
   */
  | { kind: 'reset' }

/** A thin proxy in front of the collector that sees every request and can let some of them fail. */
export interface FaultProxy {
  /** `http://127.0.0.1:…`, the same as long as the proxy lives. */
  url: string
  /** Everything seen so far, oldest first. Grows. */
  requests: readonly SeenRequest[]
  /** Lets the next `times` `POST`s fail (default: all until `heal`). Preflights pass: they fail with the network. */
  fail(fault: Fault, times?: number): void
  /** Ends `fail`. What hangs goes on hanging. */
  heal(): void
  /** Refuses connections, as a host that is down does, and cuts those that are open. */
  goAway(): Promise<void>
  /** Answers again, on the same port. */
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** What the collector would send with any answer: without these the page can't read the status. */
const corsHeaders = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' }

/** Starts a proxy in front of `targetPort` on this machine, on any free port. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const requests: SeenRequest[] = []
  let fault: Fault | null = null
  let faultsLeft = 0

  const takeFault = (method: string): Fault | null => {
    if (method !== 'POST' || faultsLeft === 0) return null
    faultsLeft -= 1
    return fault
  }

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const seen: SeenRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      bytes: 0,
      body: '',
      status: null,
    }
    requests.push(seen)
    const body = await readAll(incoming)
    seen.bytes = body.length
    seen.body = textOf(body, incoming)
    outgoing.on('finish', () => {
      seen.status = outgoing.statusCode
    })

    const current = takeFault(seen.method)
    if (current === null) return forward(seen, body, outgoing, targetPort)
    if (current.kind === 'reset') incoming.socket.resetAndDestroy()
    if (current.kind === 'answer') {
      // As the collector's own answers are: one of somebody else's says so in its `headers`.
      const type = { 'content-type': 'application/problem+json' }
      outgoing.writeHead(current.status, { ...corsHeaders, ...type, ...current.headers }).end(current.body ?? '')
    }
  }

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
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
    },
    goAway: stop,
    comeBack: () => listen(port),
    close: stop,
  }
}

/** What arrived, also when the sender gave up half-way. */
async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  try {
    for await (const part of incoming) parts.push(part)
  } catch {
    // The sender closed the connection: what came until then is what was seen.
  }
  return Buffer.concat(parts)
}

function textOf(body: Buffer, incoming: IncomingMessage): string {
  const isWhole = incoming.complete
  return (incoming.headers['content-encoding'] === 'gzip' && isWhole ? gunzipSync(body) : body).toString('utf8')
}

function forward(seen: SeenRequest, body: Buffer, outgoing: ServerResponse, port: number): void {
  const { method, url: path, headers } = seen
  const onward = openRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.socket?.resetAndDestroy())
  onward.end(body)
}
