import type { Hono } from 'hono'
import type { StoredEvent, Watcher } from '../conversations/stored-events.ts'
import type { KeyVerdict } from '../store/keys.ts'
import type { Store } from '../store/store.ts'
import type { Audit } from './audit.ts'
import type { BodyLoad } from './body-intake.ts'
import type { BudgetCounts } from './budgets.ts'
import type { RefusalList } from './refusals.ts'

/** What routes mounted on a collector (the live view) may use of it. */
export type CollectorContext = {
  store: Store
  /** Milliseconds since 1970, the collector's clock. */
  now(): number
  /** Says whether a key, as its holder has it, is known and works. */
  verifyKey(key: string): Promise<KeyVerdict>
  /** Notes what somebody did in their project's audit log. */
  audit: Audit
  /** Address of whoever sends a request, where it is known for sure. */
  addressOf(request: Request): string | undefined
  /** Path under which browsers reach the collector, `/chatlog`; `''` where it is the root, or nobody told. */
  basePath: string
  /** Where the collector's root is, as the browser that sent a request finds it; ends in a slash, and may be relative. */
  rootOf(request: Request): string
  /** Calls back after each conversation stored by this process; returns the unsubscribe. */
  onStored(listener: (event: StoredEvent) => void): () => void
  /** The same of one project, by whichever collector on the same database, and what anybody erases. */
  watchProject(projectId: string, watcher: Watcher): () => void
  /**
   * What the collectors on this store refused in the last hour: of one project, or with `null` of those who came without a
   * known key.
   */
  refusals(projectId: string | null): Promise<RefusalList>
  /** How full the intake of bodies is. */
  bodies(): BodyLoad
  /** What was spent of daily budgets since the start, of all senders together. */
  budgets(): BudgetCounts
  /** Reads a short form through the collector's bounded intake: `Request.formData` itself buffers any size. */
  takeForm(request: Request): Promise<URLSearchParams>
  /** Name and hash of the `chatlog.js` that the collector serves to pages; `null` where it isn't built. */
  findScript(): Promise<{ immutableName: string; integrity: string } | null>
  /**
   * Ends a request's connection in the middle of its answer, and reports why: an answer that ends like a whole one would be
   * taken for one.
   *
   * @returns false where the server underneath can't: let the answer's stream fail then
   */
  breakOff(request: Request, error: unknown): boolean
  /** Aborted when the collector is about to stop: streams end then, or they would hold it open. */
  ending: AbortSignal
}

/**
 * Adds routes of one's own to the collector, ahead of its own: no CORS headers, no key check, no rate limit but what
 * they bring themselves.
 */
export type MountRoutes = (app: Hono, context: CollectorContext) => void
