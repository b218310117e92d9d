import type { CollectorContext } from '../http/mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import { addKey } from '../store/keys.ts'
import type { SignedInApp } from './signed-in.ts'

/**
 * Answer of `/live-view/setup`: the script of this version, for tags that name its hash; `null` where it isn't built.
 */
export type Setup = { pinned: { immutableName: string; integrity: string } | null }

/** Adds the routes that somebody needs to set up a page: the script's names, and a key for its tag. */
export function addSetupRoutes(app: SignedInApp, { store, findScript, now }: CollectorContext): void {
  app.get('/live-view/setup', async (c) => {
    const script = await findScript()
    const pinned = script && { immutableName: script.immutableName, integrity: script.integrity }
    return c.json({ pinned } satisfies Setup)
  })

  app.post('/live-view/web-keys', async (c) => {
    // Another site's form can't send this type, and browsers don't let its script send it with this site's cookie.
    if (c.req.header('content-type')?.split(';')[0]?.trim() !== 'application/json') {
      throw new ProblemError('bad_request', 'Content-Type must be application/json.')
    }
    const { key } = await addKey(store, { type: 'web', projectId: c.var.session.projectId }, now)
    return c.json({ key }, 201)
  })
}
