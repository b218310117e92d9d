import { nanoid } from 'nanoid'
import type { EventAnswer, EventInsert } from '../../contract/event.ts'
import type { Store, StoredKey } from '../store/store.ts'
import { believable } from './believable-dates.ts'

/**
 * What it takes to keep something: the store, the sender's key, and the collector's clock (milliseconds since 1970).
 */
export type LogContext = { store: Store; key: StoredKey; now: () => number }

/**
 * Keeps an event under the key's project, or replaces the one of its id. The answer holds what was sent and nothing
 * that was stored before, so that it may go to a WEB key too.
 */
export async function logEvent(event: EventInsert, { store, key, now }: LogContext): Promise<EventAnswer> {
  const at = new Date(now()).toISOString()
  const stored = {
    ...event,
    id: event.id ?? nanoid(),
    createdAt: believable(event.createdAt, at) ?? at,
    projectId: key.projectId,
    // A WEB key is public, so nobody can trust the `integrationId` that comes with it.
    integrationId: (key.type === 'api' ? event.integrationId : null) ?? key.id,
  } as EventAnswer
  await store.putEvent(key.projectId, stored, now())
  return stored
}
