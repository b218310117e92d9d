import { createServer, IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type CollectorOptions, createCollector } from '../http/create-collector.ts'
import { finishBody } from './finish-body.ts'
import { answerMalformed, refuseHosts, refuseMalformed } from './refuse-malformed.ts'
import { senderAddress } from './sender-address.ts'

/** How long a sender may keep a connection busy, in milliseconds. */
export type SenderTimeouts = {
  /** Longest time for a request's head to arrive. @defaultValue 20_000 */
  headMs: number
  /** Longest time for a request to arrive whole, long enough for 2 MB on a slow line. @defaultValue 120_000 */
  requestMs: number
  /**
   * Longest time in which nothing moves during a request, as where a reader has stopped reading.
   *
   * @defaultValue 60_000
   */
  stillMs: number
  /** How often the times of head and request are checked. @defaultValue 5_000 */
  checkMs: number
}

const defaultTimeouts: SenderTimeouts = { headMs: 20_000, requestMs: 120_000, stillMs: 60_000, checkMs: 5_000 }

/** Longest time that a connection is kept for a next request, in milliseconds: over the usual minute of a balancer. */
const keepAliveTimeoutMs = 65_000

/** Longest time that requests under way have to end after `close`, in milliseconds. */
const closeTimeoutMs = 10_000

/** What a collector is made of, and where it listens. */
export type ServeOptions = CollectorOptions & {
  /** 0 takes any free one. @defaultValue 8787 */
  port?: number
  /** @defaultValue '127.0.0.1': this machine only */
  host?: string
  /** Timeouts that differ from the defaults. */
  timeouts?: Partial<SenderTimeouts>
  /**
   * Header in which a proxy of yours says who asks (`x-forwarded-for`): the last entry counts, which the proxy itself
   * has added. @defaultValue none: the connection's own address, unless that is private and so probably a proxy's
   */
  addressHeader?: string
  /**
   * Time that it goes on listening after `close`, in milliseconds: `/health` answers 503 and every answer ends its
   * connection, so that a balancer takes it out before anybody is refused. @defaultValue 0
   */
  drainMs?: number
}

/** A collector that listens. */
export type ServedCollector = {
  /** `http://127.0.0.1:8787`, without a slash at the end. */
  url: string
  port: number
  /** Takes no new requests, finishes those under way (10 s at most), and leaves the store open. */
  close(): Promise<void>
}

/**
 * Serves a collector over HTTP; resolves once it answers.
 *
 * @throws Error with `code` `EADDRINUSE` or `EACCES` when the port can't be had
 *
 * @example
 * ```ts
 * const store = openSqliteStore(':memory:')
 * const { key } = await addKey(store, { type: 'web' })
 * const collector = await serveCollector({ store, port: 0 })
 * // … requests to `${collector.url}/conversations` with `Authorization: Bearer ${key}` …
 * await collector.close()
 * await store.close()
 * ```
 */
export function serveCollector(options: ServeOptions): Promise<ServedCollector> {
  return serve(options, false)
}

/**
 * Serves a collector in a process that runs nothing else: it replaces the process's `Request` and `Response` by lighter
 * ones, which gives a tenth more upserts a second.
 */
export const serveAlone = (options: ServeOptions): Promise<ServedCollector> => serve(options, true)

async function serve(options: ServeOptions, overrideGlobalObjects: boolean): Promise<ServedCollector> {
  const { port = 8787, host = '127.0.0.1', drainMs = 0 } = options
  const { headMs, requestMs, stillMs, checkMs } = { ...defaultTimeouts, ...options.timeouts }
  const collector = createCollector(options)
  let isEnding = false
  const listener = getRequestListener(
    async (request, { incoming, outgoing }) => {
      const refused = refuseHosts(incoming as IncomingMessage)
      if (refused) return refused
      if (isEnding && !outgoing.headersSent) outgoing.setHeader('Connection', 'close')
      const sent = new Promise<void>((resolve) => outgoing.on('close', resolve))
      const address = senderAddress(incoming as IncomingMessage, options.addressHeader)
      const response = await collector.fetch(request, sent, address, () => void outgoing.destroy())
      if (incoming instanceof IncomingMessage) await finishBody(incoming)
      return response
    },
    // HTTP/1.0, which health checks of balancers speak, needs no `Host`.
    { overrideGlobalObjects, hostname: 'localhost', errorHandler: answerMalformed },
  )
  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: headMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: checkMs,
      // Node's own refusal has no body: it is refused above, with a reason.
      requireHostHeader: false,
    },
    listener,
  )
  server.timeout = stillMs
  server.on('clientError', refuseMalformed)
  // Whatever a sender expects besides `100-continue`, it gets an answer; Node's own would be a 417 that says nothing.
  server.on('checkExpectation', (incoming, outgoing) => server.emit('request', incoming, outgoing))
  await listen(server, port, host)
  const address = server.address() as AddressInfo

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    async close() {
      isEnding = true
      collector.endStreams()
      // Without a drain the server closes within this call, so that requests after it are refused and not answered.
      if (drainMs > 0) await drained(drainMs)
      await closeServer(server)
      await collector.shareNow()
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * Waits until a balancer has seen that this collector is ending. Idle connections stay open meanwhile: a balancer may be
 * sending a request on one at this very moment, and would have to break off with its sender.
 */
function drained(drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, drainMs)
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Node closes only the connections that are idle now. One that falls idle after its last answer would stay open.
    const idleTimer = setInterval(() => server.closeIdleConnections(), 50)
    const closeTimer = setTimeout(() => server.closeAllConnections(), closeTimeoutMs)
    server.close(() => {
      clearInterval(idleTimer)
      clearTimeout(closeTimer)
      resolve()
    })
  })
}
