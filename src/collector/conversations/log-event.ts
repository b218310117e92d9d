import { nanoid } from 'nanoid'
import type { EventAnswer, EventInsert } from '../../contract/event.ts'
import type { Store, StoredKey } from '../store/store.ts'

/** Where something is kept, for whom and when. */
export type LogContext = { store: Store; key: StoredKey; now: () => number }

/**
 * Keeps an event under the key's project, or replaces the one of its id. The answer holds what was sent and nothing
 * that was stored before, so that it may go to a WEB key too.
 */
export async function logEvent(event: EventInsert, { store, key, now }: LogContext): Promise<EventAnswer> {
  const stored = {
    ...event,
    id: event.id ?? nanoid(),
    createdAt: event.createdAt ?? new Date(now()).toISOString(),
    projectId: key.projectId,
    integrationId: event.integrationId ?? key.id,
  } as EventAnswer
  await store.putEvent(key.projectId, stored, now())
  return stored
}
