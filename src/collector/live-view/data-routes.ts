import type { Hono, MiddlewareHandler } from 'hono'
import type { StoredConversation } from '../../contract/answer.ts'
import type { CollectorContext } from '../mounted-routes.ts'
import { InvalidCursorError } from '../store.ts'
import { findSession, isKeyWorking } from './session-cookie.ts'
import type { Session, Sessions } from './sessions.ts'
import type { StoredStreams } from './stored-streams.ts'
import { type ConversationSummary, type LinkClick, linkClicksOf, summarize } from './summary.ts'

/** Conversations in one page of the list. */
const pageSize = 30

/** Answer of `/live-view/conversations`. */
export type SummaryPage = { conversations: ConversationSummary[]; total: number; nextCursor: string | null }

/** Answer of `/live-view/conversations/{id}`. */
export type ConversationDetail = {
  conversation: StoredConversation
  summary: ConversationSummary
  /** Clicks that belong to no message. */
  linkClicks: LinkClick[]
  /** Clicks of each message, in the order of the messages. */
  messageClicks: LinkClick[][]
}

/** What the live view's script reads. Without a session every answer is 401. */
export function addDataRoutes(
  parent: Hono,
  context: CollectorContext,
  sessions: Sessions,
  streams: StoredStreams,
): void {
  const { store } = context
  const app = parent as unknown as Hono<{ Variables: { session: Session } }>
  const requireSession: MiddlewareHandler<{ Variables: { session: Session } }> = async (c, next) => {
    c.header('Cache-Control', 'no-store')
    const session = await findSession(c, context, sessions)
    if (!session) return c.json({ title: 'Unauthorized', status: 401, detail: 'sign in at /' }, 401)
    c.set('session', session)
    return next()
  }

  app.get('/live-view/conversations', requireSession, async (c) => {
    const page = { limit: pageSize, cursor: c.req.query('cursor') }
    try {
      const { conversations, total, nextCursor } = await store.listConversations(c.var.session.projectId, page)
      return c.json({ conversations: conversations.map(summarize), total, nextCursor } satisfies SummaryPage)
    } catch (error) {
      if (!(error instanceof InvalidCursorError)) throw error
      return c.json({ title: 'Bad Request', status: 400, detail: error.message }, 400)
    }
  })

  app.get('/live-view/conversations/:id', requireSession, async (c) => {
    const conversation = await store.findConversation(c.var.session.projectId, c.req.param('id'))
    if (!conversation) return c.json({ title: 'Not Found', status: 404, detail: 'no such conversation' }, 404)
    return c.json(detailOf(conversation))
  })

  app.get('/live-view/events', requireSession, (c) => {
    const { session } = c.var
    return streams.open(c, (send, end) => {
      send('ready', {})
      return context.onStored(async ({ projectId, conversation }) => {
        if (projectId !== session.projectId) return
        if (await isKeyWorking(session, context)) send('stored', { summary: summarize(conversation) })
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
