import type { Hono } from 'hono'
import type { StoredConversation } from '../../contract/answer.ts'
import { cleanText } from '../clean-json.ts'
import { parseFilter } from '../conversations/parse-filter.ts'
import { listConversations } from '../conversations/read-conversations.ts'
import type { StoredEvent } from '../conversations/stored-events.ts'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import { type LinkClick, linkClicksOf } from '../store/conversation-facets.ts'
import { matchesFilter } from '../store/match-filter.ts'
import { notFoundPhrases } from '../store/not-found.ts'
import { foundInMessages } from '../store/search-text.ts'
import type { Reactions } from '../store/store.ts'
import { addAdminRoutes } from './admin-routes.ts'
import { addEraseRoutes } from './erase-routes.ts'
import { eventStream } from './event-stream.ts'
import { exportResponse } from './export.ts'
import { isKeyWorking } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'
import { addSettingRoutes } from './setting-routes.ts'
import { addSetupRoutes } from './setup-routes.ts'
import { mayInSession, requireSession, type SignedInApp } from './signed-in.ts'
import { createStatistics } from './statistics.ts'
import { addStoredRoute } from './stored-routes.ts'
import { type ConversationSummary, summarize } from './summary.ts'
import { addVisitorRoute } from './visitor-routes.ts'
import { parseZone } from './zoned-days.ts'

/** Conversations in one page of the list. */
const pageSize = 30

/** Values that a filter's field suggests at most, the most frequent ones. */
const maxSuggestions = 200

/** Answer of `/live-view/conversations`; `total` is `null` where only reading all would tell. */
export type SummaryPage = { conversations: ConversationSummary[]; total: number | null; nextCursor: string | null }

/** Answer of `/live-view/conversations/{id}`. */
export type ConversationDetail = Reactions & {
  conversation: StoredConversation
  summary: ConversationSummary
  /** Clicks that belong to no message. */
  linkClicks: LinkClick[]
  /** Clicks of each message, in the order of the messages. */
  messageClicks: LinkClick[][]
  /** What the request searched for, as the messages write it, and which of them say it; `null` where nothing was. */
  found: { words: string[]; places: number[] } | null
  /** Whether the key of the session may erase it. */
  mayErase: boolean
}

/** Answer of `/live-view/suggestions`: values that conversations can be filtered by. */
export type Suggestions = { tag: string[]; page: string[]; clicked: string[] }

/** What the live view's script reads. Without a session every answer is 401. */
export function addDataRoutes(parent: Hono, context: CollectorContext, sessions: Sessions): void {
  const app = parent as unknown as SignedInApp
  const onlySignedIn = requireSession(context, sessions)
  for (const path of [
    'conversations',
    'conversations/:id',
    'conversations/:id/erase',
    'visitors/:id',
    'visitors/:id/erase',
    'statistics',
    'suggestions',
    'export.ndjson',
    'export.csv',
    'events',
    'stored',
    'settings',
    'setup',
    'web-keys',
  ]) {
    app.use(`/live-view/${path}`, onlySignedIn)
  }
  addConversationRoutes(app, context)
  addSelectionRoutes(app, context)
  addStream(app, context)
  addStoredRoute(app, context)
  addSetupRoutes(app, context)
  addAdminRoutes(app, context, sessions)
  addSettingRoutes(app, context)
  addVisitorRoute(app, context)
  addEraseRoutes(app, context)
}

function addConversationRoutes(app: SignedInApp, context: CollectorContext): void {
  const { store } = context
  app.get('/live-view/conversations', async (c) => {
    const filter = parseFilter(new URL(c.req.url).searchParams)
    const order = 'active' as const
    const page = { limit: pageSize, cursor: c.req.query('cursor'), filter, order, withTotal: false }
    const { conversations, total, nextCursor } = await listConversations(store, c.var.session.projectId, page)
    const phrases = await notFoundPhrases(store, c.var.session.projectId)
    return c.json({
      conversations: conversations.map((one) => summarize(one, filter.text, phrases)),
      total,
      nextCursor,
    } satisfies SummaryPage)
  })

  app.get('/live-view/conversations/:id', async (c) => {
    const { projectId } = c.var.session
    const { text } = parseFilter(new URL(c.req.url).searchParams)
    const conversation = await store.findConversation(projectId, cleanText(c.req.param('id')))
    if (!conversation) throw new ProblemError('not_found', 'The project has no conversation of this id.')
    const reactions = await store.findReactions(projectId, conversation.id)
    await context.audit({ ...c.var.session, address: context.addressOf(c.req.raw) }, 'read', conversation.id)
    return c.json({
      conversation,
      summary: summarize(conversation),
      linkClicks: linkClicksOf(conversation),
      messageClicks: conversation.messages.map(linkClicksOf),
      found: text === undefined ? null : foundInMessages(conversation.messages, text),
      mayErase: await mayInSession('erase', c.var.session, context),
      ...reactions,
    } satisfies ConversationDetail)
  })
}

function addSelectionRoutes(app: SignedInApp, context: CollectorContext): void {
  const { store, now } = context
  const statisticsOf = createStatistics(store, now)
  app.get('/live-view/statistics', async (c) => {
    const query = new URL(c.req.url).searchParams
    return c.json(await statisticsOf(c.var.session.projectId, parseFilter(query), parseZone(query)))
  })

  app.get('/live-view/suggestions', async (c) => {
    const values = async (kind: keyof Suggestions) => {
      const counts = await store.countFacet(c.var.session.projectId, { kind, limit: maxSuggestions })
      return counts.map(({ value }) => value)
    }
    return c.json({
      tag: await values('tag'),
      page: await values('page'),
      clicked: await values('clicked'),
    } satisfies Suggestions)
  })

  for (const format of ['ndjson', 'csv'] as const) {
    app.get(`/live-view/export.${format}`, async (c) => {
      const query = new URL(c.req.url).searchParams
      const filter = parseFilter(query)
      await context.audit({ ...c.var.session, address: context.addressOf(c.req.raw) }, 'export', `${format} ${query}`)
      return exportResponse(c, context, { projectId: c.var.session.projectId, filter, format })
    })
  }
}

function addStream(app: SignedInApp, context: CollectorContext): void {
  const { store } = context
  app.get('/live-view/events', (c) => {
    const { session } = c.var
    const filter = parseFilter(new URL(c.req.url).searchParams)
    return eventStream(c, context.ending, (send, end) => {
      send('ready', {})
      // A store that fails ends the stream too: the browser connects again, and is told then what is wrong.
      const goesOn = async () => {
        const isWorking = await isKeyWorking(session, context).catch(() => false)
        if (!isWorking) end()
        return isWorking
      }
      const stored = async ({ projectId, conversation }: StoredEvent) => {
        if (!(await goesOn())) return
        const isWanted = await matchesFilter(conversation, filter, store, projectId).catch(() => false)
        const phrases = await notFoundPhrases(store, projectId).catch(() => [])
        if (isWanted) send('stored', { summary: summarize(conversation, filter.text, phrases) })
      }
      const erased = async () => {
        if (await goesOn()) send('erased', {})
      }
      return context.watchProject(session.projectId, { stored, erased })
    })
  })
}
