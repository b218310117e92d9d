import { nanoid } from 'nanoid'
import type { EventAnswer, EventInsert } from '../../contract/event.ts'
import type { Store, StoredKey } from '../store/store.ts'
import { believable } from './believable-dates.ts'

/** Where something is kept, for whom and when. */
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
    // A WEB key is public: what it claims about itself is worth nothing.
    integrationId: (key.type === 'api' ? event.integrationId : null) ?? key.id,
  } as EventAnswer
  await store.putEvent(key.projectId, stored, now())
  return stored
}
