import type { CollectorContext } from '../http/mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import { addKey, mayAs } from '../store/keys.ts'
import { refuseForeign } from './refuse-foreign.ts'
import type { SignedInApp } from './signed-in.ts'

/**
 * Answer of `/live-view/setup`: the script of this version, for tags that name its hash; `null` where it isn't built.
 */
export type Setup = { pinned: { immutableName: string; integrity: string } | null }

/** Adds the routes that somebody needs to set up a page: the script's names, and a key for its tag. */
export function addSetupRoutes(app: SignedInApp, { store, findScript, now, audit, addressOf }: CollectorContext): void {
  app.get('/live-view/setup', async (c) => {
    const script = await findScript()
    const pinned = script && { immutableName: script.immutableName, integrity: script.integrity }
    return c.json({ pinned } satisfies Setup)
  })

  app.post('/live-view/web-keys', async (c) => {
    refuseForeign(c)
    const own = await store.findKey(c.var.session.keyId)
    // What it makes writes for ever: who only reads could else write, and go on after its own key is revoked.
    if (!own || !mayAs('write', own)) {
      throw new ProblemError('forbidden', 'You are signed in with a key that only reads: it makes no WEB key.')
    }
    const { key, stored } = await addKey(store, { type: 'web', projectId: c.var.session.projectId }, now)
    await audit({ ...c.var.session, address: addressOf(c.req.raw) }, 'add_key', stored.id)
    return c.json({ key }, 201)
  })
}
