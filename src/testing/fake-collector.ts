import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { ProblemError } from '../collector/problem-error.ts'
import type { StoredConversation } from '../contract/answer.ts'
import type { ConversationUpsert } from '../contract/conversation.ts'
import { problemCodes, problemMediaType } from '../contract/problem.ts'
import { blankPage, tagScript } from './blank-page.ts'
import { createFakeConversations, type FakeMode } from './fake-conversations.ts'
import { createFaultSwitch, type Fault, type FaultSettings } from './faults.ts'

/** A `POST` as it arrived. */
export interface FakeRequest {
  headers: IncomingMessage['headers']
  /** The body as text, inflated where it came as gzip. */
  body: string
  /** What it was answered; `null` while it hangs, or when its connection was reset instead. */
  status: number | null
}

/** `POST /conversations` on this machine, in memory. */
export interface FakeCollector {
  /** For `data-endpoint` or `init({ endpoint })`. */
  endpoint: string
  /** Any key is taken; this one is as good as any. */
  apiKey: string
  /** Address of a page that has the tag and nothing else. */
  blankPage: string
  /** Every `POST` so far, oldest first. Grows. */
  requests: readonly FakeRequest[]
  /** The bodies that arrived as JSON, oldest first, whatever became of them. */
  upserts(): ConversationUpsert[]
  /** What is stored now, in the order in which it arrived. */
  conversations(): StoredConversation[]
  /** Resolves as soon as what is stored is so. Rejects after `timeoutMs` (default 5,000), saying what is stored. */
  waitUntil(
    isSo: (conversations: StoredConversation[]) => boolean,
    settings?: { timeoutMs?: number },
  ): Promise<StoredConversation[]>
  /** Resolves when a request hangs. */
  hanging(): Promise<void>
  /** From now on requests fail. A second call replaces the first. */
  fail(fault: Fault, settings?: FaultSettings): Promise<void>
  /** Ends what `fail` began, on the same port; what hangs is cut. */
  heal(): Promise<void>
  /** Forgets what is stored. */
  clear(): void
  /** Ends it; what hangs is cut. */
  close(): Promise<void>
}

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type, content-encoding',
  'access-control-expose-headers': 'retry-after',
  'access-control-max-age': '7200',
}

const problemOf = (status: number, detail: string): string => {
  const [code, { title }] = Object.entries(problemCodes).find(([, known]) => known.status === status) ?? [
    'error',
    { title: 'Error' },
  ]
  return JSON.stringify({ title, status, detail, code, error: { code, message: detail } })
}

/**
 * Starts a fake collector on a free port of 127.0.0.1. It checks bodies as the real one does, takes any key, and answers
 * the whole conversation.
 *
 * @example
 * ```ts
 * import { startFakeCollector } from 'chatlog/testing/collector'
 *
 * const collector = await startFakeCollector({ mode: 'replace' })
 * console.log(collector.endpoint, collector.conversations().length, 'conversations')
 * await collector.close()
 * ```
 */
export async function startFakeCollector({ mode = 'merge' }: { mode?: FakeMode } = {}): Promise<FakeCollector> {
  const stored = createFakeConversations(mode)
  const faults = createFaultSwitch()
  const requests: FakeRequest[] = []
  const hanging = new Set<ServerResponse>()
  const onHanging = new Set<() => void>()

  const store = (seen: FakeRequest): { status: number; body: string } => {
    try {
      return { status: 200, body: JSON.stringify(stored.upsert(seen.body)) }
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause
      const { status } = problemCodes[cause.code]
      return { status, body: problemOf(status, cause.detail) }
    }
  }

  const send = (seen: FakeRequest, response: ServerResponse, status: number, body: string, headers = {}) => {
    seen.status = status
    const type = status === 200 ? 'application/json' : problemMediaType
    response.writeHead(status, { ...corsHeaders, 'content-type': type, ...headers }).end(body)
  }

  const hang = (response: ServerResponse) => {
    hanging.add(response)
    for (const listener of onHanging) listener()
  }

  const upsert = async (request: IncomingMessage, response: ServerResponse) => {
    const isPacked = request.headers['content-encoding'] === 'gzip'
    const body = await text(isPacked ? request.pipe(createGunzip()) : request)
    const seen: FakeRequest = { headers: request.headers, body, status: null }
    requests.push(seen)
    const { fault, settings } = faults.take() ?? {}
    if (fault === 'hang') return hang(response)
    if (fault === 'reset') return void request.socket.resetAndDestroy()
    if (typeof fault === 'number') {
      const after = settings?.retryAfterSeconds
      const headers = after === undefined ? {} : { 'retry-after': String(after) }
      return send(seen, response, fault, problemOf(fault, 'The fake collector was told to.'), headers)
    }
    const answer = store(seen)
    if (fault === 'cut') {
      const length = Buffer.byteLength(answer.body)
      seen.status = answer.status
      response.writeHead(answer.status, { ...corsHeaders, 'content-length': length })
      return void response.write(answer.body.slice(0, answer.body.length / 2), () => request.socket.resetAndDestroy())
    }
    const answerNow = () => send(seen, response, answer.status, answer.body)
    if (fault === 'slow') setTimeout(answerNow, settings?.delayMs ?? 1_000)
    else answerNow()
  }

  /** `/feedback` and `/events`: answered as by the hosted API, and not kept. */
  const takeSibling = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request).catch(() => '{}')
    const { id = 'fake' } = (parsed(body)[0] ?? {}) as { id?: string }
    response.writeHead(200, { ...corsHeaders, 'content-type': 'application/json' }).end(JSON.stringify({ id }))
  }

  const server = createServer((request, response) => {
    const { method, url = '/' } = request
    if (method === 'OPTIONS') response.writeHead(204, corsHeaders).end()
    else if (method === 'POST' && /\/(feedback|events)\/?$/.test(url)) takeSibling(request, response)
    else if (method === 'POST') upsert(request, response).catch(() => response.destroy())
    else if (url === '/chatlog.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(tagScript())
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(blankPage(endpoint, apiKey))
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}/conversations`
  const apiKey = 'web_fake'

  const waitUntil: FakeCollector['waitUntil'] = (isSo, { timeoutMs = 5_000 } = {}) =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (!isSo(stored.all())) return
        end()
        resolve(stored.all())
      }
      const unsubscribe = stored.onStored(look)
      const timer = setTimeout(() => {
        end()
        reject(new Error(`chatlog: not so after ${timeoutMs} ms; stored is ${JSON.stringify(stored.all(), null, 2)}`))
      }, timeoutMs)
      const end = () => {
        clearTimeout(timer)
        unsubscribe()
      }
      look()
    })

  return {
    endpoint,
    apiKey,
    blankPage: `http://127.0.0.1:${port}/`,
    requests,
    upserts: () => requests.flatMap(({ body }) => parsed(body)),
    conversations: stored.all,
    waitUntil,
    hanging: () => (hanging.size ? Promise.resolve() : new Promise((resolve) => onHanging.add(resolve))),
    async fail(fault, settings = {}) {
      if (fault !== 'offline') return faults.set(fault, settings)
      if (server.listening) await cut()
    },
    async heal() {
      faults.clear()
      for (const response of hanging) response.destroy()
      hanging.clear()
      if (!server.listening) await listen(port)
    },
    clear: stored.clear,
    close: () => (server.listening ? cut() : Promise.resolve()),
  }
}

function parsed(body: string): ConversationUpsert[] {
  try {
    return [JSON.parse(body)]
  } catch {
    return [] // refused with 400; `requests` has it as it came
  }
}
