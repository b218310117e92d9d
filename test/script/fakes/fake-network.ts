import { gzipSync } from 'node:zlib'
import { maxKeepaliveBytes } from '../../../src/contract/limits.ts'
import type { BodyPiece, OutgoingRequest } from '../../../src/script/platform.ts'
import type { FakeClock } from './fake-clock.ts'
import type { FakeDocument } from './fake-document.ts'
import type { Answer, FakeEndpoint } from './fake-endpoint.ts'

/** A request that a page made. */
export interface SentRequest {
  via: 'fetch' | 'keepalive' | 'beacon' | 'later'
  document: string
  /** Milliseconds on the fake clock. */
  at: number
  url: string
  headers: Record<string, string>
  text: string
  /** As it went over the line. */
  bytes: number
  /** The page took it back. */
  aborted: boolean
}

/** The line between the browser and the endpoint. */
export interface FakeNetwork {
  /** Everything that pages asked the browser to send, armed requests aside until they go out. */
  sent: SentRequest[]
  online: boolean
  /** Milliseconds from the page to the endpoint and back. */
  roundTripMs: number
  /** Whether the browser has `fetchLater`. */
  hasFetchLater: boolean
  /** Requests that wait with the browser for their document's end. */
  armed(): SentRequest[]
  openFor(document: FakeDocument): {
    fetch(request: OutgoingRequest): Promise<Response>
    freeze(text: string): BodyPiece
    gzip(body: readonly BodyPiece[]): Promise<Blob>
    sendBeacon(url: string, body: string): boolean
    fetchLater: ((request: OutgoingRequest) => (() => void) | null) | null
  }
  /** The document ends, or goes into the back/forward cache: what is armed for it goes out. */
  release(document: FakeDocument): void
  /** The browser is killed: nothing that it holds goes out. */
  kill(): void
}

export function createFakeNetwork(clock: FakeClock, endpoint: FakeEndpoint): FakeNetwork {
  const sent: SentRequest[] = []
  let armed: { document: FakeDocument; request: SentRequest }[] = []
  const keepaliveBytes = new Map<FakeDocument, number>()
  let killed = 0

  const noteOf = (document: FakeDocument, via: SentRequest['via'], url: string, text: string, headers = {}) => {
    return {
      via,
      document: document.name,
      at: clock.elapsedMs(),
      url,
      headers,
      text,
      bytes: Buffer.byteLength(text),
      aborted: false,
    }
  }

  /** `null` for a connection that breaks, or doesn't come about. */
  const transmit = (request: SentRequest, isStillThere: () => boolean, reply: (answer: Answer | null) => void) => {
    const { sent: line, roundTripMs } = network
    line.push(request)
    const life = killed
    clock.after(roundTripMs / 2, () => {
      if (!network.online) return reply(null)
      if (life !== killed || !isStillThere()) return
      endpoint.receive(request, (answer) => clock.after(roundTripMs / 2, () => reply(network.online ? answer : null)))
    })
  }

  /** The budget of one document; given back once the answer is read or the connection broken. */
  const takeBudget = (document: FakeDocument, bytes: number): (() => void) | null => {
    const used = keepaliveBytes.get(document) ?? 0
    if (used + bytes > maxKeepaliveBytes) return null
    keepaliveBytes.set(document, used + bytes)
    let taken = bytes
    return () => {
      keepaliveBytes.set(document, (keepaliveBytes.get(document) ?? 0) - taken)
      taken = 0
    }
  }

  const fetchFrom = (document: FakeDocument, { url, body, headers, keepalive, signal }: OutgoingRequest) =>
    document.promise<Response>((resolve, reject) => {
      if (document.isGone()) return
      const text = textOfBody(body)
      const request = {
        ...noteOf(document, keepalive ? 'keepalive' : 'fetch', url, text, headers),
        bytes: bytesOf(body),
      }
      const giveBack = keepalive ? takeBudget(document, request.bytes) : () => {}
      // As a refused connection: later, and with the same error.
      if (!giveBack) return void clock.after(1, () => reject(new TypeError('Failed to fetch')))
      signal?.addEventListener('abort', () => {
        request.aborted = true
        giveBack()
        reject(new DOMException('The operation was aborted.', 'AbortError'))
      })
      transmit(
        request,
        () => keepalive === true || (!request.aborted && !document.isGone()),
        (answer) => {
          if (answer) return resolve(responseOf(answer, giveBack, signal))
          giveBack()
          reject(new TypeError('Failed to fetch'))
        },
      )
    })

  const network: FakeNetwork = {
    sent,
    online: true,
    roundTripMs: 80,
    hasFetchLater: true,
    armed: () => armed.map(({ request }) => request),
    openFor: (document) => ({
      fetch: (request) => fetchFrom(document, request),
      freeze: (text) => text,
      gzip: async (body) => zippedBlob(textOfBody(body)),
      sendBeacon(url, body) {
        const giveBack = document.isGone() ? null : takeBudget(document, Buffer.byteLength(body))
        if (giveBack) transmit(noteOf(document, 'beacon', url, body), () => true, giveBack)
        return giveBack !== null
      },
      fetchLater: !network.hasFetchLater
        ? null
        : ({ url, body, headers }) => {
            const text = textOfBody(body)
            const waiting = armed.reduce((sum, { request }) => sum + Buffer.byteLength(request.text), 0)
            if (document.isGone()) return null
            if (waiting + Buffer.byteLength(text) > maxKeepaliveBytes) return null
            const entry = { document, request: noteOf(document, 'later', url, text, headers) }
            armed.push(entry)
            return () => {
              if (!document.isGone()) armed = armed.filter((other) => other !== entry)
            }
          },
    }),
    release(document) {
      const due = armed.filter((entry) => entry.document === document)
      armed = armed.filter((entry) => entry.document !== document)
      for (const { request } of due)
        transmit(
          { ...request, at: clock.elapsedMs() },
          () => true,
          () => {},
        )
    },
    kill() {
      killed++
      armed = []
    },
  }
  return network
}

/** A blob of which the fake knows at once what is in it: real ones are only read later. */
interface ZippedBlob extends Blob {
  inflated: string
}

const zippedBlob = (text: string) => ({ size: gzipSync(text).length, inflated: text }) as ZippedBlob

const textOfBody = (body: readonly BodyPiece[]): string =>
  body.map((piece) => (typeof piece === 'string' ? piece : (piece as ZippedBlob).inflated)).join('')

const bytesOf = (body: readonly BodyPiece[]): number =>
  body.reduce((sum, piece) => sum + (typeof piece === 'string' ? Buffer.byteLength(piece) : piece.size), 0)

function responseOf({ status, headers, text, end, to }: Answer, onRead: () => void, signal?: AbortSignal): Response {
  const finish = async () => {
    if (end === 'stall') {
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    }
    onRead()
    if (end === 'cut') throw new TypeError('network error')
  }
  const read = async () => {
    await finish()
    return text
  }
  let sent = false
  const reader = {
    async read() {
      if (!sent && end !== 'cut') {
        sent = true
        return { done: false, value: new TextEncoder().encode(text) }
      }
      await finish()
      return { done: true }
    },
  }
  const response = {
    status,
    ok: status >= 200 && status < 300,
    // A POST isn't followed; the GET that asks where to is.
    type: to !== undefined && status === 0 ? 'opaqueredirect' : 'cors',
    redirected: !!to && status !== 0,
    url: to ?? '',
    headers: { get: (name: string) => headers[name] ?? null },
    body: { getReader: () => reader },
    text: read,
    json: async () => JSON.parse(await read()),
    arrayBuffer: async () => new TextEncoder().encode(await read()).buffer,
  }
  return response as unknown as Response
}
