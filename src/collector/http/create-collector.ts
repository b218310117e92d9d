import { type Context, Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { nanoid } from 'nanoid'
import { createStoredEvents, type StoredEvents } from '../conversations/stored-events.ts'
import { describeError } from '../describe-error.ts'
import { addOpenapiRoutes } from '../openapi/openapi-routes.ts'
import { ProblemError, problemResponse } from '../problem-error.ts'
import { type KeyVerdict, verifyKey } from '../store/keys.ts'
import { type Store, StoreUnavailableError } from '../store/store.ts'
import { allowOrigins } from './allow-origins.ts'
import { type AnsweredRequest, tellAnswers } from './answered-requests.ts'
import { createAudit } from './audit.ts'
import type { KeyCheck } from './authenticate.ts'
import { parseBasePath, pathWithin, rootSeenFrom } from './base-path.ts'
import { createBodyIntake } from './body-intake.ts'
import { createBudgets, type DailyBudgets, defaultBudgets } from './budgets.ts'
import { addCollectorRoutes } from './collector-routes.ts'
import { health } from './health.ts'
import type { MountRoutes } from './mounted-routes.ts'
import { createRateLimiter, defaultRateLimit, type RateLimit } from './rate-limit.ts'
import { tellRefusals } from './refusals.ts'
import { createScriptFiles } from './script-files.ts'
import { addScriptRoutes } from './script-routes.ts'
import { createSharedRefusals } from './shared-refusals.ts'
import { createSharedUsage } from './shared-usage.ts'
import { addUnbuiltOperations } from './unbuilt-operations.ts'
import { addWrongMethods, methodsByPath } from './wrong-methods.ts'

/** Seconds after which trying again makes sense while the store is away. */
const storeRetrySeconds = 5

/**
 * Longest `X-Request-Id` that is kept, letters, digits, `-`, `_` and `=`; any other one is replaced by one of our own.
 */
const maxRequestIdLength = 64

/** What a collector is made of. */
export type CollectorOptions = {
  store: Store
  /** What one key may send. @defaultValue 30,000 requests a minute */
  rateLimit?: RateLimit
  /** What one key and one address may send in a day. @defaultValue 100 GB and 5 million conversations a key */
  budgets?: DailyBudgets
  /**
   * Erases a conversation once its visitor has removed it (`discardConversation`), with what it continues.
   *
   * @defaultValue false: it stays, marked with `properties.chatlog.discardedAt`
   */
  eraseDiscarded?: boolean
  /** Further routes, ahead of the collector's own: the live view. */
  routes?: MountRoutes
  /**
   * Path under which browsers reach the collector where a proxy serves it beside other things, `/chatlog`. The proxy may
   * pass the path on or strip it. @defaultValue '': the root; a proxy that strips a path works then too
   */
  basePath?: string
  /**
   * Folder of the built scripts, which it serves as `/chatlog.js` and the like. @defaultValue this package's own
   */
  scriptFolder?: string
  /** Milliseconds since 1970. @defaultValue Date.now */
  now?: () => number
  /**
   * Told of everything that was answered with 500, and of a store that is away. The error may quote content: log what
   * `describeError` leaves of it. @defaultValue console.error, so described
   */
  reportError?: (error: unknown, requestId: string) => void
  /** Told of every answer as it begins, for logs and metrics. */
  onAnswered?: (answered: AnsweredRequest) => void
}

/** A collector without a socket. */
export type Collector = {
  /**
   * Answers a request; every failure is an answer too.
   *
   * @param sent resolves when the answer has left, where a server knows that: answers nobody reads then slow the
   *   intake of large bodies instead of filling the memory
   * @param address the sender's, where a server knows it for sure: not a proxy's, which everybody shares
   * @param breakOff ends the connection at once, where a server can: an answer that fails in the middle is then no
   *   whole one
   */
  fetch(request: Request, sent?: Promise<void>, address?: string, breakOff?: () => void): Promise<Response> | Response
  /** Calls back after each conversation stored by this process; returns the unsubscribe. */
  onStored: StoredEvents['onStored']
  /** Ends answers that would go on for ever (the live view's stream). `fetch` goes on answering. */
  endStreams(): void
  /**
   * Tells the store at once what it would be told within ten seconds: what keys have sent, for the limits that hold over
   * several collectors, and what was refused, for the live view of each. Call it after the last request and before the
   * store is closed; no timer is left then. Never rejects.
   */
  shareNow(): Promise<void>
}

/**
 * The collector as a function from request to answer, with no socket. It doesn't close the store.
 *
 * @throws TypeError when `basePath` isn't a path
 *
 * @example
 * ```ts
 * const collector = createCollector({ store: openSqliteStore('./chatlog-data') })
 * const response = await collector.fetch(new Request('http://localhost/health'))
 * ```
 */
export function createCollector(options: CollectorOptions): Collector {
  const { store, routes, now = Date.now, reportError = logError, onAnswered } = options
  const basePath = readBasePath(options.basePath ?? '')
  const rootOf = (request: Request) => rootSeenFrom(request, basePath)
  const reportAs = (where: string) => (error: unknown) => reportError(error, where)
  const events = createStoredEvents(store, reportAs('live'))
  const ending = new AbortController()
  const verify = createVerify(store, now)
  const audit = createAudit(store, now)
  const bodies = createBodyIntake()
  const { budgets, takeOne, usage } = createLimits(options, now, reportError)
  const addresses = new WeakMap<Request, string>()
  const scripts = createScriptFiles(options.scriptFolder)
  const refusals = createSharedRefusals({ store, now, reportError: reportAs('refusals') })
  const keyCheck: KeyCheck = { verify, basePath, onKey: refusals.setKey }
  const breakOffs = new WeakMap<Request, () => void>()
  const app = new Hono({ getPath: pathWithin(basePath) })

  app.onError((error, context) => answerError(error, context, reportError))
  app.notFound((context) => answerError(nothingHere(), context, reportError))
  app.use(requestId({ generator: () => `req_${nanoid()}`, limitLength: maxRequestIdLength }))
  if (onAnswered) app.use(tellAnswers(onAnswered))
  const { onStored, watchProject } = events
  const { load, takeForm } = bodies
  routes?.(app, {
    store,
    now,
    verifyKey: verify,
    audit,
    addressOf: (request) => addresses.get(request),
    basePath,
    rootOf,
    refusals: refusals.listAll,
    onStored,
    watchProject,
    bodies: load,
    budgets: budgets.counts,
    takeForm,
    findScript: () => scripts.find('chatlog.js'),
    breakOff(request, error) {
      reportError(error, 'broken_off')
      breakOffs.get(request)?.()
      return breakOffs.has(request)
    },
    ending: ending.signal,
  })
  app.use(tellRefusals(refusals, keyCheck))
  app.use(allowOrigins())
  addCollectorRoutes(app, {
    store,
    now,
    keyCheck,
    audit,
    announce: events.announce,
    eraseDiscarded: options.eraseDiscarded === true,
    bodies,
    takeOne,
    noteUsage: usage.note,
    budgets,
    addressOf: (request) => addresses.get(request),
  })
  addOpenapiRoutes(app, { basePath, rootOf })
  addScriptRoutes(app, scripts)
  app.get('/health', async (context) => context.json(await health(store, ending.signal)))
  const offered = methodsByPath(app)
  addUnbuiltOperations(app)
  addWrongMethods(app, offered)

  return {
    fetch(request, sent, address, breakOff) {
      if (breakOff !== undefined) breakOffs.set(request, breakOff)
      if (address !== undefined) addresses.set(request, address)
      if (sent !== undefined) bodies.expect(request, sent)
      return app.fetch(request)
    },
    onStored,
    endStreams: () => ending.abort(),
    shareNow: () => Promise.all([usage.shareNow(), refusals.shareNow()]).then(() => {}),
  }
}

/** What keys may do here, and on other collectors of the same store. */
function createLimits(
  { store, rateLimit = defaultRateLimit, budgets: given = defaultBudgets }: CollectorOptions,
  now: () => number,
  reportError: (error: unknown, requestId: string) => void,
) {
  const budgets = createBudgets(given, now)
  const { takeOne, takeElsewhere } = createRateLimiter(rateLimit, now)
  const usage = createSharedUsage(
    { store, now, reportError: (error) => reportError(error, 'usage') },
    (keyId, taken) => {
      takeElsewhere(keyId, taken.requests)
      budgets.spendElsewhere(keyId, taken)
    },
  )
  return { budgets, takeOne, usage }
}

function readBasePath(given: string): string {
  try {
    return parseBasePath(given)
  } catch (error) {
    throw new TypeError(`createCollector: basePath ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

/**
 * How often a key's use is noted at most, in milliseconds: a write for each request would cost as much as the request.
 */
const touchEveryMs = 60_000

/** Of how many keys this process remembers when it last noted their use. */
const maxTouched = 10_000

/** Makes the function that looks keys up, and notes at most once a minute that one was used. */
function createVerify(store: Store, now: () => number) {
  const touchedMs = new Map<string, number>()
  return async (key: string): Promise<KeyVerdict> => {
    const verdict = await verifyKey(store, key, now)
    if (verdict.kind !== 'valid') return verdict
    const { id } = verdict.key
    if ((touchedMs.get(id) ?? Number.NEGATIVE_INFINITY) + touchEveryMs <= now()) {
      if (touchedMs.size >= maxTouched) touchedMs.clear()
      touchedMs.set(id, now())
      // A request doesn't wait for the note, and isn't refused where it can't be made.
      store.touchKey(id, new Date(now()).toISOString()).catch(() => touchedMs.delete(id))
    }
    return verdict
  }
}

const nothingHere = () => new ProblemError('not_found', 'The collector has no such address.')

function answerError(error: unknown, context: Context, reportError: (error: unknown, requestId: string) => void) {
  const problem = problemOf(error)
  if (problem !== error) reportError(error, context.get('requestId'))
  return problemResponse(problem, context)
}

function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof StoreUnavailableError) {
    const detail = `The store does not answer: try again in ${storeRetrySeconds} s.`
    return new ProblemError('service_unavailable', detail, storeRetrySeconds)
  }
  return new ProblemError('internal_server_error', 'The collector could not do this: its log has the cause.')
}

function logError(error: unknown, requestId: string): void {
  console.error(`chatlog collector: ${requestId}`, JSON.stringify(describeError(error)))
}
