import type { Hono } from 'hono'
import { eventInsertSchema } from '../../contract/event.ts'
import { feedbackUpsertSchema } from '../../contract/feedback.ts'
import { logConversation } from '../conversations/log-conversation.ts'
import { logEvent } from '../conversations/log-event.ts'
import { logFeedback } from '../conversations/log-feedback.ts'
import { parseBody } from '../conversations/parse-body.ts'
import { parseUpsert } from '../conversations/parse-upsert.ts'
import {
  deleteConversation,
  forgetVisitor,
  readConversation,
  readConversations,
  refuseUnlessReader,
} from '../conversations/read-conversations.ts'
import type { StoredEvents } from '../conversations/stored-events.ts'
import { ProblemError } from '../problem-error.ts'
import type { KeyVerdict } from '../store/keys.ts'
import type { Store } from '../store/store.ts'
import { authenticate, mediaType } from './authenticate.ts'
import type { BodyIntake } from './body-intake.ts'

/** What the collector's own routes are made of. */
export type RouteParts = {
  store: Store
  /** Milliseconds since 1970. */
  now: () => number
  verify: (key: string) => Promise<KeyVerdict>
  /** Takes one request from a key's rate. */
  takeOne: (keyId: string) => void
  announce: StoredEvents['announce']
  bodies: BodyIntake
}

/** The routes of the contract: what WEB and API keys send, and what API keys read and erase. */
export function addCollectorRoutes(app: Hono, parts: RouteParts): void {
  const admit = async (request: Request) => {
    const key = await authenticate(request, parts.verify)
    parts.takeOne(key.id)
    return key
  }
  addWriting(app, parts, async (request) => {
    const key = await admit(request)
    refuseUnlessJson(request)
    return key
  })
  addReading(app, parts, async (request) => {
    const key = await admit(request)
    refuseUnlessReader(key)
    return key
  })
}

type Admit = (request: Request) => ReturnType<typeof authenticate>

function addWriting(app: Hono, { store, now, announce, bodies }: RouteParts, admit: Admit): void {
  app.post('/conversations', async ({ req, body }) => {
    const key = await admit(req.raw)
    return bodies.take(req.raw, async (text) => {
      const { projectId } = key
      const { conversationId, answerJson } = await logConversation(parseUpsert(text), { store, key, now })
      await announce(projectId, () => store.findConversation(projectId, conversationId))
      return body(answerJson, 200, { 'Content-Type': 'application/json' })
    })
  })
  app.post('/events', async ({ req, json }) => {
    const key = await admit(req.raw)
    return bodies.take(req.raw, async (text) =>
      json(await logEvent(parseBody(text, eventInsertSchema), { store, key, now })),
    )
  })
  app.post('/feedback', async ({ req, json }) => {
    const key = await admit(req.raw)
    return bodies.take(req.raw, async (text) =>
      json(await logFeedback(parseBody(text, feedbackUpsertSchema), { store, key, now })),
    )
  })
}

function addReading(app: Hono, { store }: RouteParts, admit: Admit): void {
  app.get('/conversations', async ({ req, json }) => {
    const key = await admit(req.raw)
    return json(await readConversations(store, key, new URL(req.url).searchParams))
  })
  app.get('/conversations/:id', async ({ req, json }) => {
    const key = await admit(req.raw)
    return json(await readConversation(store, key, req.param('id')))
  })
  app.delete('/conversations/:id', async ({ req, json }) => {
    const key = await admit(req.raw)
    return json(await deleteConversation(store, key, req.param('id')))
  })
  app.delete('/visitors/:id', async ({ req, json }) => {
    const key = await admit(req.raw)
    return json(await forgetVisitor(store, key, req.param('id')))
  })
}

/** `text/plain` passes only with the key in the address, else a form of any site could post. */
function refuseUnlessJson(request: Request): void {
  const type = mediaType(request)
  const isBeacon = type === 'text/plain' && request.headers.get('authorization') === null
  if (type === 'application/json' || isBeacon) return
  throw new ProblemError('bad_request', `Content-Type must be application/json, got ${JSON.stringify(type)}.`)
}
