import type { MountRoutes } from '../http/mounted-routes.ts'
import type { KeyVerdict } from '../store/keys.ts'
import { addDataRoutes } from './data-routes.ts'
import { pageHeaders } from './page-headers.ts'
import { addPageRoutes } from './page-routes.ts'
import { type Admission, createSessions, createTickets } from './sessions.ts'

/** The pages on which conversations appear, not yet mounted. */
export type LiveView = {
  /** Puts the live view at `/` of a collector. */
  routes: MountRoutes
  /**
   * Makes a ticket that signs one browser in, once, within a minute: `/sign-in?ticket=…`. With it, somebody who holds
   * the key opens the live view without showing the key.
   *
   * @throws Error when the key isn't a working API key of this collector, or the live view isn't mounted yet
   */
  createSignInTicket(apiKey: string): Promise<string>
}

/**
 * Makes the pages on which people who sign in with an API key read a collector's conversations as they arrive.
 *
 * @example
 * ```ts
 * const liveView = createLiveView()
 * const collector = createCollector({ store, routes: liveView.routes })
 * ```
 */
export const createLiveView = ({ now = Date.now }: { now?: () => number } = {}): LiveView => openLiveView(now)

/** A live view for a caller that has the store itself, and so needs no key to let somebody in. */
export type OwnLiveView = LiveView & {
  /** Makes a ticket that lets one browser in, once, within so many milliseconds. */
  createTicket(admission: Admission, lifeMs: number): string
}

/** Makes the live view of a command that serves a store of its own. */
export function openLiveView(now: () => number = Date.now): OwnLiveView {
  const tickets = createTickets(now)
  let verifyKey: ((key: string) => Promise<KeyVerdict>) | null = null

  return {
    createTicket: tickets.create,
    routes(app, context) {
      verifyKey = context.verifyKey
      for (const path of ['/', '/sign-in', '/sign-out', '/live-view/*']) app.use(path, pageHeaders)
      const sessions = createSessions(context.store, now)
      addPageRoutes(app, context, { sessions, tickets })
      addDataRoutes(app, context, sessions)
    },
    async createSignInTicket(apiKey) {
      const verdict = await verifyKey?.(apiKey)
      if (verdict?.kind !== 'valid' || verdict.key.type !== 'api') {
        throw new Error('createSignInTicket: needs a working API key of the collector that the live view is mounted on')
      }
      return tickets.create({ keyId: verdict.key.id, projectId: verdict.key.projectId })
    },
  }
}
