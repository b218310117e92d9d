#!/usr/bin/env node
/**
 * The collector, as a library. Started by Node, the same file is the command line `chatlog-collector`.
 *
 * @module chatlog/collector
 */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type * as Library from './library.ts'

export type { StoredConversation } from '../contract/answer.ts'
export type { EventAnswer } from '../contract/event.ts'
export type { FeedbackAnswer } from '../contract/feedback.ts'
export type { Retention, RetentionOptions } from './conversations/retention.ts'
export type { StoredEvent, StoredEvents, Watcher } from './conversations/stored-events.ts'
export type { AnsweredRequest } from './http/answered-requests.ts'
export type { Actor, Audit } from './http/audit.ts'
export type { BodyLoad } from './http/body-intake.ts'
export type { BudgetCounts, DailyBudget, DailyBudgets } from './http/budgets.ts'
export type { Collector, CollectorOptions } from './http/create-collector.ts'
export type { CollectorContext, MountRoutes } from './http/mounted-routes.ts'
export type { RateLimit } from './http/rate-limit.ts'
export type { Refusal, RefusalList } from './http/refusals.ts'
export type { LiveView } from './live-view/live-view.ts'
export type { PostgresOptions } from './postgres/postgres-store.ts'
export type { SenderTimeouts, ServedCollector, ServeOptions } from './serve/serve-collector.ts'
export type { FacetKind } from './store/conversation-facets.ts'
export type { KeyVerdict, NewKey } from './store/keys.ts'
export type {
  AnswerTime,
  AuditAction,
  AuditEntry,
  AuditPage,
  ConversationFilter,
  ConversationMerge,
  ConversationPage,
  ConversationPageRequest,
  EndedSessions,
  Erasable,
  ErasableCounts,
  ErasedCounts,
  FacetCount,
  FacetRequest,
  ForgottenVisitor,
  FoundFeedback,
  KeyRole,
  KeyType,
  Reactions,
  StepCount,
  StepFeedback,
  Store,
  StoredKey,
  StoredNotice,
  StoredSession,
  Usage,
  Visitor,
  VisitorId,
} from './store/store.ts'
export type { Step } from './store/tallies.ts'

/** The optional peer dependencies: a site that only pastes the tag needs none of them. */
const collectorPackages = ['@hono/node-server', 'hono', 'libsql', 'zod']

const library = await loadLibrary().catch((error: unknown) => {
  if (!isMainModule()) throw error
  console.error(error instanceof Error ? error.message : error)
  return process.exit(1)
})

/** Makes a collector: a function from request to answer, for a server of one's own. @see `create-collector.ts` */
export const createCollector = library.createCollector
/**
 * Serves a collector over HTTP on this machine; for demos and tests, and what the command line does. @see
 * `serve-collector.ts`
 */
export const serveCollector = library.serveCollector
/** Opens the embedded store that a collector keeps everything in. @see `sqlite-store.ts` */
export const openSqliteStore = library.openSqliteStore
/** Opens a store in PostgreSQL, for any number of collectors. @see `postgres-store.ts` */
export const openPostgresStore = library.openPostgresStore
/** Makes a WEB or an API key, and shows it this once. @see `keys.ts` */
export const addKey = library.addKey
/** Says whether a key is known and works. @see `keys.ts` */
export const verifyKey = library.verifyKey
/** Erases what is older than so many days, by itself, for whoever serves a collector. @see `retention.ts` */
export const startRetention = library.startRetention
/**
 * Makes the pages on which conversations appear as they arrive; give its `routes` to a collector. @see
 * `live-view/live-view.ts`
 */
export const createLiveView = library.createLiveView

if (isMainModule()) await library.runCommandLine(process.argv.slice(2))

/** @throws Error with the line that installs what is missing */
async function loadLibrary(): Promise<typeof Library> {
  try {
    return await import('./library.ts')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    const line = `npm install ${collectorPackages.join(' ')}`
    throw new Error(`The chatlog collector needs packages that the page script doesn't. Install them:\n\n  ${line}\n`, {
      cause: error,
    })
  }
}

/** Whether Node was started with this file; npm starts it through a symbolic link in `node_modules/.bin`. */
function isMainModule(): boolean {
  const started = process.argv[1]
  if (started === undefined) return false
  try {
    return realpathSync(started) === fileURLToPath(import.meta.url)
  } catch {
    // Node was started without a file (`node -`, an evaluated script), so not with this one.
    return false
  }
}
