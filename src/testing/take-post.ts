import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { ProblemError } from '../collector/problem-error.ts'
import type { StoredConversation } from '../contract/answer.ts'
import { problemCodes, problemMediaType } from '../contract/problem.ts'
import type { FakeConversations } from './fake-conversations.ts'
import { type FakeRequest, meantUrlHeader } from './fake-request.ts'
import type { FaultSwitch } from './faults.ts'

/** Headers by which any page may ask, and read why it was refused. */
export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'authorization, content-type, content-encoding',
  'access-control-expose-headers': 'retry-after',
  'access-control-max-age': '7200',
}

/** The path of `/feedback` or `/events`, which stand beside the endpoint. */
export const isSibling = (url: string): boolean => /\/(feedback|events)\/?(\?|$)/.test(url)

/** An answer with status 200. */
export const answerJson = (response: ServerResponse, body: unknown): void =>
  void response.writeHead(200, { ...corsHeaders, 'content-type': 'application/json' }).end(JSON.stringify(body))

/** What is stored, as the collector lists it; all on one page. */
export const listOf = (conversations: readonly StoredConversation[]) => ({
  conversations,
  count: conversations.length,
  total: conversations.length,
  pageSize: conversations.length,
  nextCursor: null,
})

interface Taking {
  stored: FakeConversations
  faults: FaultSwitch
  /** Gets each request as it arrives. */
  requests: FakeRequest[]
  /** Keeps the requests that are never answered. */
  hang(response: ServerResponse): void
}

/** Stores what a page posts, or fails as the test wants it to. */
export function createPostTaking({ stored, faults, requests, hang }: Taking) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { [meantUrlHeader]: meant, ...headers } = request.headers
    const isPacked = headers['content-encoding'] === 'gzip'
    const body = await text(isPacked ? request.pipe(createGunzip()) : request)
    const url = typeof meant === 'string' ? meant : `http://${headers.host}${request.url}`
    const seen: FakeRequest = { method: 'POST', url, headers, body, status: null, detail: null }
    requests.push(seen)
    if (isSibling(request.url ?? '')) return takeSibling(seen, response)
    const { fault, settings } = faults.take() ?? {}
    if (fault === 'hang') return hang(response)
    if (fault === 'reset') return void request.socket.resetAndDestroy()
    if (typeof fault === 'number') {
      const after = settings?.retryAfterSeconds
      const answer = { status: fault, detail: 'The fake collector was told to.', body: '' }
      return send(seen, response, answer, after === undefined ? {} : { 'retry-after': String(after) })
    }
    const answer = answerOf(stored, body)
    if (fault === 'cut') {
      const length = Buffer.byteLength(answer.body)
      seen.status = answer.status
      response.writeHead(answer.status, { ...corsHeaders, 'content-length': length })
      return void response.write(answer.body.slice(0, answer.body.length / 2), () => request.socket.resetAndDestroy())
    }
    if (fault === 'slow') setTimeout(() => send(seen, response, answer), settings?.delayMs ?? 1_000)
    else send(seen, response, answer)
  }
}

type Answer = { status: number; detail: string | null; body: string }

function answerOf(stored: FakeConversations, body: string): Answer {
  try {
    return { status: 200, detail: null, body: JSON.stringify(stored.upsert(body)) }
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    return { status: problemCodes[cause.code].status, detail: cause.detail, body: '' }
  }
}

function send(seen: FakeRequest, response: ServerResponse, { status, detail, body }: Answer, headers = {}): void {
  Object.assign(seen, { status, detail })
  const type = status === 200 ? 'application/json' : problemMediaType
  response
    .writeHead(status, { ...corsHeaders, 'content-type': type, ...headers })
    .end(detail === null ? body : problemOf(status, detail))
}

function problemOf(status: number, detail: string): string {
  const known = Object.entries(problemCodes).find(([, problem]) => problem.status === status)
  const [code, { title }] = known ?? ['error', { title: 'Error' }]
  return JSON.stringify({ title, status, detail, code, error: { code, message: detail } })
}

/** `/feedback` and `/events`: answered as by the hosted API, and not kept. */
function takeSibling(seen: FakeRequest, response: ServerResponse): void {
  seen.status = 200
  answerJson(response, { id: idIn(seen.body) ?? 'fake' })
}

function idIn(body: string): unknown {
  try {
    return JSON.parse(body)?.id
  } catch {
    return // a beacon may hold anything, and is answered too
  }
}
