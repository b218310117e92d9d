import { cleanText } from '../clean-json.ts'
import { visitorHash } from '../http/audit.ts'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import type { Erasable, ErasableCounts, ForgottenVisitor } from '../store/store.ts'
import { refuseForeign } from './refuse-foreign.ts'
import { mayInSession, type SignedInApp } from './signed-in.ts'

/** Answer of a `GET` or `POST` of `…/erase`: what would go, or what went. */
export type Erasing = ErasableCounts & Pick<ForgottenVisitor, 'alsoKnownAs'>

/**
 * Erases a conversation, or everything of a visitor's id. A `GET` is the dry run: it changes nothing and says what would
 * go. Both take a key of the role `erase`.
 */
export function addEraseRoutes(app: SignedInApp, context: CollectorContext): void {
  app.on(['GET', 'POST'], ['/live-view/conversations/:id/erase', '/live-view/visitors/:id/erase'], async (c, next) => {
    if (c.req.method === 'POST') refuseForeign(c)
    if (await mayInSession('erase', c.var.session, context)) return next()
    throw new ProblemError('forbidden', 'Erasing takes an API key of the role erase or admin.')
  })
  addConversationErasing(app, context)
  addVisitorErasing(app, context)
}

function addConversationErasing(app: SignedInApp, context: CollectorContext): void {
  const path = '/live-view/conversations/:id/erase'
  const goes = async (projectId: string, conversationId: string): Promise<Erasing> => {
    const counts = await goesOf(context, projectId, { conversationId })
    return { ...counts, alsoKnownAs: [] }
  }
  app.get(path, async (c) => c.json(await goes(c.var.session.projectId, idOf(c.req.param('id')))))
  app.post(path, async (c) => {
    const [{ projectId }, id] = [c.var.session, idOf(c.req.param('id'))]
    const erasing = await goes(projectId, id)
    await context.audit({ ...c.var.session, address: context.addressOf(c.req.raw) }, 'erase_conversation', id)
    await context.store.deleteConversation(projectId, id)
    return c.json(erasing)
  })
}

function addVisitorErasing(app: SignedInApp, context: CollectorContext): void {
  const path = '/live-view/visitors/:id/erase'
  const { store } = context
  const goes = async (projectId: string, id: string): Promise<Erasing> => {
    const counts = await goesOf(context, projectId, { visitorIds: [id] })
    const { ids } = await store.findVisitor(projectId, id)
    return { ...counts, alsoKnownAs: ids.slice(1).map((other) => other.id) }
  }
  app.get(path, async (c) => c.json(await goes(c.var.session.projectId, idOf(c.req.param('id')))))
  app.post(path, async (c) => {
    const [{ projectId }, id] = [c.var.session, idOf(c.req.param('id'))]
    const erasing = await goes(projectId, id)
    await context.audit({ ...c.var.session, address: context.addressOf(c.req.raw) }, 'erase_visitor', visitorHash(id))
    await store.forgetVisitor(projectId, id)
    return c.json(erasing)
  })
}

/** @throws ProblemError `not_found` where nothing would go */
async function goesOf({ store }: CollectorContext, projectId: string, what: Erasable): Promise<ErasableCounts> {
  const counts = await store.countErasable(projectId, what)
  if (Object.values(counts).some((count) => count > 0)) return counts
  throw new ProblemError('not_found', 'The project has nothing stored under this id.')
}

/** An id of an address as it is stored. */
const idOf = (given: string) => cleanText(given).normalize('NFC')
