import type { StoredConversation } from '../../contract/answer.ts'
import { cleanText } from '../clean-json.ts'
import { listConversations } from '../conversations/read-conversations.ts'
import { visitorHash } from '../http/audit.ts'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import { chatlogProperties, facetValue } from '../store/conversation-facets.ts'
import { notFoundPhrases } from '../store/not-found.ts'
import type { VisitorId } from '../store/store.ts'
import { mayInSession, type SignedInApp } from './signed-in.ts'
import { type ConversationSummary, summarize } from './summary.ts'

/** Conversations in one page of a visitor's. */
const pageSize = 100

/** Answer of `/live-view/visitors/{id}`. */
export type VisitorPage = {
  /**
   * The id that was asked for, then the others. `identificationType` as the conversations say it, `COOKIED` for an id of the
   * cookie; `null` where none of this page says.
   */
  ids: (VisitorId & { identificationType: string | null })[]
  /** ISO 8601; `null` where the visitor has no conversation. */
  firstSeen: string | null
  lastSeen: string | null
  /** Of every one of the ids, the one that began last first. */
  conversations: ConversationSummary[]
  total: number | null
  nextCursor: string | null
  /** Whether the key of the session may forget the visitor. */
  mayErase: boolean
}

/** What is known of a visitor, by any of their ids. */
export function addVisitorRoute(app: SignedInApp, context: CollectorContext): void {
  const { store } = context
  app.get('/live-view/visitors/:id', async (c) => {
    const { session } = c.var
    const visitorId = cleanText(c.req.param('id')).normalize('NFC')
    const { ids, firstSeenMs, lastSeenMs } = await store.findVisitor(session.projectId, visitorId)
    const filter = { visitors: ids.map(({ id }) => id) }
    const request = { limit: pageSize, cursor: c.req.query('cursor'), filter }
    const { conversations, total, nextCursor } = await listConversations(store, session.projectId, request)
    const rest = total === 0 ? await store.countErasable(session.projectId, { visitorIds: [visitorId] }) : null
    if (rest && rest.events + rest.feedback === 0) {
      throw new ProblemError('not_found', 'The project has nothing of a visitor of this id.')
    }
    // Whom the page is about is not for the log, which outlives a visitor who is forgotten.
    const subject = `visitor ${visitorHash(visitorId)}`
    await context.audit({ ...session, address: context.addressOf(c.req.raw) }, 'read', subject)
    const types = typesOf(conversations)
    const phrases = await notFoundPhrases(store, session.projectId)
    return c.json({
      ids: ids.map((one) => ({ ...one, identificationType: types.get(one.id) ?? null })),
      firstSeen: dateOf(firstSeenMs),
      lastSeen: dateOf(lastSeenMs),
      conversations: conversations.map((one) => summarize(one, undefined, phrases)),
      total,
      nextCursor,
      mayErase: await mayInSession('erase', session, context),
    } satisfies VisitorPage)
  })
}

const dateOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

/** What each id is, as the conversations say. */
function typesOf(conversations: readonly StoredConversation[]): Map<string, string> {
  const types = new Map<string, string>()
  for (const holder of conversations.flatMap((one) => [one, ...one.messages])) {
    const { id, identificationType } = holder.userProperties ?? {}
    const { visitorId } = chatlogProperties(holder)
    if (typeof visitorId === 'string') types.set(facetValue(visitorId.normalize('NFC')), 'COOKIED')
    if (id != null && identificationType) types.set(facetValue(String(id).normalize('NFC')), identificationType)
  }
  return types
}
