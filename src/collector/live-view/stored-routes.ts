import { bodyLimit } from 'hono/body-limit'
import { cleanText } from '../clean-json.ts'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import { refuseForeign } from './refuse-foreign.ts'
import type { SignedInApp } from './signed-in.ts'

/** Body and answer of `/live-view/stored`: conversations that a page shows, and those of them that are stored now. */
export type StoredIds = { ids: string[] }

/** Conversations that one request may ask for. */
const maxIds = 100

/** Bytes of a body at most: so many ids of 512 bytes, however they are escaped. */
const maxBytes = 400_000

/** Says which of the conversations that a page shows are still stored: somebody may have erased some of them. */
export function addStoredRoute(app: SignedInApp, { store }: CollectorContext): void {
  app.post('/live-view/stored', bodyLimit({ maxSize: maxBytes }), async (c) => {
    refuseForeign(c)
    const ids = parseIds(await c.req.json().catch(() => null))
    return c.json({ ids: await store.findStoredIds(c.var.session.projectId, ids) } satisfies StoredIds)
  })
}

/** @throws ProblemError `bad_request` */
function parseIds(body: unknown): string[] {
  const ids: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'ids') : undefined
  if (Array.isArray(ids) && ids.length <= maxIds && ids.every((id) => typeof id === 'string')) return ids.map(cleanText)
  throw new ProblemError('bad_request', `ids: expected a list of ${maxIds} ids at most.`)
}
