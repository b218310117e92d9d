import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { nanoid } from 'nanoid'
import { authenticate, mediaType } from './authenticate.ts'
import { type KeyVerdict, verifyKey } from './keys.ts'
import { logConversation } from './log-conversation.ts'
import type { MountRoutes } from './mounted-routes.ts'
import { parseUpsert } from './parse-upsert.ts'
import { ProblemError, problemResponse } from './problem-error.ts'
import { createRateLimiter, defaultRateLimit, type RateLimit } from './rate-limit.ts'
import { readBody } from './read-body.ts'
import { readConversation, readConversations, refuseUnlessReader } from './read-conversations.ts'
import type { Store } from './store.ts'
import { createStoredEvents, type StoredEvents } from './stored-events.ts'

/** Browsers cap this themselves: Chromium at 7,200 s, Firefox at 86,400 s. */
const preflightMaxAgeSeconds = 86_400

/** What a collector is made of. */
export type CollectorOptions = {
  store: Store
  /** What one key may send. @defaultValue 30,000 requests a minute */
  rateLimit?: RateLimit
  /** Further routes, ahead of the collector's own: the live view. */
  routes?: MountRoutes
  /** Milliseconds since 1970. @defaultValue Date.now */
  now?: () => number
  /** Told of everything that was answered with 500, never with content or keys in it. @defaultValue console.error */
  reportError?: (error: unknown, requestId: string) => void
}

/** A collector without a socket. */
export type Collector = {
  /** Answers a request; every failure is an answer too. */
  fetch(request: Request): Promise<Response> | Response
  /** Calls back after each conversation stored by this process; returns the unsubscribe. */
  onStored: StoredEvents['onStored']
  /** Ends answers that would go on for ever (the live view's stream). `fetch` goes on answering. */
  endStreams(): void
}

/**
 * The collector as a function from request to answer, with no socket. It doesn't close the store.
 *
 * @example
 * ```ts
 * const collector = createCollector({ store: openSqliteStore('./chatlog-data') })
 * const response = await collector.fetch(new Request('http://localhost/health'))
 * ```
 */
export function createCollector(options: CollectorOptions): Collector {
  const { store, rateLimit = defaultRateLimit, routes, now = Date.now, reportError = logError } = options
  const events = createStoredEvents((error) => reportError(error, 'live'))
  const ending = new AbortController()
  const verify = (key: string) => verifyKey(store, key)
  const app = new Hono()

  app.onError((error, context) => answerError(error, context, reportError))
  app.notFound((context) => answerError(new ProblemError('not_found', 'Nothing is here.'), context, reportError))
  routes?.(app, { store, now, verifyKey: verify, onStored: events.onStored, ending: ending.signal })
  app.use(
    // A preflight carries no key, so any origin passes it; what a key allows is checked with the request itself.
    cors({
      origin: '*',
      allowMethods: ['GET', 'POST'],
      allowHeaders: ['authorization', 'content-type', 'content-encoding'],
      exposeHeaders: ['retry-after'],
      maxAge: preflightMaxAgeSeconds,
    }),
  )
  addConversationRoutes(app, {
    store,
    now,
    verify,
    announce: events.announce,
    takeOne: createRateLimiter(rateLimit, now),
  })
  app.get('/health', async (context) => context.json(await health(store)))

  return { fetch: (request) => app.fetch(request), onStored: events.onStored, endStreams: () => ending.abort() }
}

type RouteParts = {
  store: Store
  now: () => number
  verify: (key: string) => Promise<KeyVerdict>
  takeOne: (keyId: string) => void
  announce: StoredEvents['announce']
}

function addConversationRoutes(app: Hono, { store, now, verify, takeOne, announce }: RouteParts): void {
  const admit = async (request: Request) => {
    const key = await authenticate(request, verify)
    takeOne(key.id)
    return key
  }

  app.post('/conversations', async ({ req, json }) => {
    const key = await admit(req.raw)
    refuseUnlessJson(req.raw)
    const upsert = parseUpsert(await readBody(req.raw))
    const { stored, answer } = await logConversation(upsert, { store, key, now })
    announce({ projectId: key.projectId, conversation: stored })
    return json(answer)
  })
  app.get('/conversations', async ({ req, json }) => {
    const key = await admit(req.raw)
    refuseUnlessReader(key)
    return json(await readConversations(store, key, new URL(req.url).searchParams))
  })
  app.get('/conversations/:id', async ({ req, json }) => {
    const key = await admit(req.raw)
    refuseUnlessReader(key)
    return json(await readConversation(store, key, req.param('id')))
  })
}

/** `text/plain` passes only with the key in the address, else a form of any site could post. */
function refuseUnlessJson(request: Request): void {
  const type = mediaType(request)
  const isBeacon = type === 'text/plain' && request.headers.get('authorization') === null
  if (type === 'application/json' || isBeacon) return
  throw new ProblemError('bad_request', `Content-Type must be application/json, got ${JSON.stringify(type)}.`)
}

async function health(store: Store): Promise<{ status: 'ok' }> {
  await store.ping().catch(() => {
    throw new ProblemError('service_unavailable', 'The store does not answer.')
  })
  return { status: 'ok' }
}

function answerError(error: unknown, context: Context, reportError: (error: unknown, requestId: string) => void) {
  const requestId = `req_${nanoid()}`
  const problem =
    error instanceof ProblemError
      ? error
      : new ProblemError('internal_server_error', 'The collector failed to do this: its log has the cause.')
  if (problem !== error) reportError(error, requestId)
  return problemResponse(problem, new URL(context.req.url).pathname, requestId)
}

function logError(error: unknown, requestId: string): void {
  console.error(`chatlog collector: ${requestId}`, error)
}
