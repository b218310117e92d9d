import type { Hono, MiddlewareHandler } from 'hono'
import type { StoredConversation } from '../../contract/answer.ts'
import { cleanText } from '../clean-json.ts'
import { type LinkClick, linkClicksOf } from '../conversation-facets.ts'
import type { CollectorContext } from '../mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import { InvalidCursorError } from '../store.ts'
import { eventStream } from './event-stream.ts'
import { findSession, isKeyWorking } from './session-cookie.ts'
import type { Session, Sessions } from './sessions.ts'
import { type ConversationSummary, summarize } from './summary.ts'

/** Conversations in one page of the list. */
const pageSize = 30

/** Answer of `/live-view/conversations`. */
export type SummaryPage = { conversations: ConversationSummary[]; total: number | null; nextCursor: string | null }

/** Answer of `/live-view/conversations/{id}`. */
export type ConversationDetail = {
  conversation: StoredConversation
  summary: ConversationSummary
  /** Clicks that belong to no message. */
  linkClicks: LinkClick[]
  /** Clicks of each message, in the order of the messages. */
  messageClicks: LinkClick[][]
}

type SessionVariables = { Variables: { session: Session } }

/** What the live view's script reads. Without a session every answer is 401. */
export function addDataRoutes(parent: Hono, context: CollectorContext, sessions: Sessions): void {
  const { store } = context
  const app = parent as unknown as Hono<SessionVariables>
  const requireSession: MiddlewareHandler<SessionVariables> = async (c, next) => {
    c.header('Cache-Control', 'no-store')
    const session = await findSession(c, context, sessions)
    if (!session) throw new ProblemError('unauthorized', 'Sign in at /.')
    c.set('session', session)
    return next()
  }

  app.get('/live-view/conversations', requireSession, async (c) => {
    const page = { limit: pageSize, cursor: c.req.query('cursor') }
    const { conversations, total, nextCursor } = await store
      .listConversations(c.var.session.projectId, page)
      .catch((error) => {
        throw error instanceof InvalidCursorError ? new ProblemError('bad_request', error.message) : error
      })
    return c.json({ conversations: conversations.map(summarize), total, nextCursor } satisfies SummaryPage)
  })

  app.get('/live-view/conversations/:id', requireSession, async (c) => {
    const conversation = await store.findConversation(c.var.session.projectId, cleanText(c.req.param('id')))
    if (!conversation) throw new ProblemError('not_found', 'The project has no conversation of this id.')
    return c.json(detailOf(conversation))
  })

  app.get('/live-view/events', requireSession, (c) => {
    const { session } = c.var
    return eventStream(c, context.ending, (send, end) => {
      send('ready', {})
      return context.onStored(async ({ projectId, conversation }) => {
        if (projectId !== session.projectId) return
        // A store that fails ends the stream too: the reader comes back and is told what there is to tell.
        const isWorking = await isKeyWorking(session, context).catch(() => false)
        if (isWorking) send('stored', { summary: summarize(conversation) })
        else end()
      })
    })
  })
}

function detailOf(conversation: StoredConversation): ConversationDetail {
  return {
    conversation,
    summary: summarize(conversation),
    linkClicks: linkClicksOf(conversation),
    messageClicks: conversation.messages.map(linkClicksOf),
  }
}
