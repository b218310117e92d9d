import type { Hono } from 'hono'
import { eventInsertSchema } from '../../contract/event.ts'
import { feedbackUpsertSchema } from '../../contract/feedback.ts'
import { eraseDiscarded, isDiscarded } from '../conversations/erase-discarded.ts'
import { logConversation } from '../conversations/log-conversation.ts'
import { logEvent } from '../conversations/log-event.ts'
import { logFeedback } from '../conversations/log-feedback.ts'
import { parseReaction } from '../conversations/parse-body.ts'
import { parseUpsert } from '../conversations/parse-upsert.ts'
import {
  deleteConversation,
  forgetVisitor,
  parsePage,
  readConversation,
  refuseUnlessMay,
  refuseUnlessReader,
} from '../conversations/read-conversations.ts'
import type { StoredEvents } from '../conversations/stored-events.ts'
import { ProblemError } from '../problem-error.ts'
import { maxPageBytes } from '../store/page-size.ts'
import type { AuditAction, KeyRole, Store, StoredKey } from '../store/store.ts'
import { type Audit, visitorHash } from './audit.ts'
import { authenticate, type KeyCheck, mediaType } from './authenticate.ts'
import type { BodyIntake } from './body-intake.ts'
import type { createBudgets, Sender } from './budgets.ts'
import type { Turn } from './rate-limit.ts'
import type { createSharedUsage } from './shared-usage.ts'

/** What the collector's own routes need. */
export type RouteParts = {
  store: Store
  /** Milliseconds since 1970. */
  now: () => number
  keyCheck: KeyCheck
  /** Takes one request from a key's rate. */
  takeOne: (keyId: string) => Turn
  /** Notes what was sent with a key, for the other collectors. */
  noteUsage: ReturnType<typeof createSharedUsage>['note']
  budgets: ReturnType<typeof createBudgets>
  /** Address of a request's sender, where it is known for sure. */
  addressOf: (request: Request) => string | undefined
  audit: Audit
  announce: StoredEvents['announce']
  /** Conversations that their visitors removed are erased. */
  eraseDiscarded: boolean
  bodies: BodyIntake
}

/** The routes of the contract: what WEB and API keys send, and what API keys read and erase. */
export function addCollectorRoutes(app: Hono, parts: RouteParts): void {
  const admit = async (request: Request) => {
    const key = await authenticate(request, parts.keyCheck)
    const own = parts.takeOne(key.id)
    parts.noteUsage(key, { requests: 1 })
    const turn: Turn = {
      wasRefused() {
        parts.noteUsage(key, { requests: -1 })
        own.wasRefused()
      },
    }
    return { key, turn }
  }
  addWriting(app, parts, async (request, store) => {
    const { key, turn } = await admit(request)
    refuseUnlessMay('write', key)
    const sender = { keyId: key.id, address: parts.addressOf(request) }
    return sparingOthers(parts.budgets, { sender, turn }, async () => {
      parts.budgets.refuseOver(sender)
      refuseUnlessJson(request)
      const holders = [`key ${key.id}`, ...(sender.address === undefined ? [] : [`address ${sender.address}`])]
      const work = async (text: string) => {
        const { answer, conversations } = await store(key, text)
        parts.budgets.spend(sender, { bytes: text.length, conversations })
        parts.noteUsage(key, { bytes: text.length, conversations })
        return answer
      }
      return parts.bodies.take(request, work, holders)
    })
  })
  addReading(app, parts, async (request, role) => {
    const { key } = await admit(request)
    refuseUnlessReader(key)
    refuseUnlessMay(role, key)
    return key
  })
}

/** Gives the key that a request to read comes with. */
type Admit = (request: Request, role: KeyRole) => Promise<StoredKey>

/** What became of a body: the answer to its sender, and how many conversations are new. */
type Stored = { answer: Response; conversations: number }
type Receive = (request: Request, store: (key: StoredKey, text: string) => Promise<Stored>) => Promise<Response>

function addWriting(app: Hono, { store, now, announce, ...parts }: RouteParts, receive: Receive): void {
  app.post('/conversations', ({ req, body }) =>
    receive(req.raw, async (key, text) => {
      const { projectId } = key
      const upsert = parseUpsert(text)
      const logged = await logConversation(upsert, { store, key, now })
      if (parts.eraseDiscarded && isDiscarded(upsert)) await eraseDiscarded(store, projectId, logged.conversationId)
      await announce(projectId, logged.conversationId)
      const answer = body(logged.answerJson, 200, { 'Content-Type': 'application/json' })
      return { answer, conversations: logged.isNew ? 1 : 0 }
    }),
  )
  app.post('/events', ({ req, json }) =>
    receive(req.raw, async (key, text) => ({
      answer: json(await logEvent(parseReaction(text, eventInsertSchema), { store, key, now })),
      conversations: 0,
    })),
  )
  app.post('/feedback', ({ req, json }) =>
    receive(req.raw, async (key, text) => ({
      answer: json(await logFeedback(parseReaction(text, feedbackUpsertSchema), { store, key, now })),
      conversations: 0,
    })),
  )
}

/**
 * Gives the key its turn back where a body is refused, and counts the body to its address alone: a WEB key is public,
 * and a stranger's bad bodies must not keep a visitor from sending.
 */
async function sparingOthers(
  budgets: RouteParts['budgets'],
  { sender, turn }: { sender: Sender; turn: Turn },
  receive: () => Promise<Response>,
): Promise<Response> {
  try {
    return await receive()
  } catch (error) {
    if (error instanceof ProblemError && ['bad_request', 'unprocessable_entity'].includes(error.code)) {
      budgets.spend(sender, { refused: 1 })
      turn.wasRefused()
    }
    throw error
  }
}

/** What one conversation counts as while it is read, in bytes: few are larger, and several are read at once. */
const usualBytes = 1_048_576

function addReading(app: Hono, { store, audit, addressOf, bodies }: RouteParts, admit: Admit): void {
  const inTurn = <Result>(request: Request, key: StoredKey, bytes: number, read: () => Promise<Result>) =>
    bodies.makeRoom(request, bytes, `key ${key.id}`, read)
  const note = (request: Request, key: StoredKey, action: AuditAction, subject: string) =>
    audit({ projectId: key.projectId, keyId: key.id, address: addressOf(request) }, action, subject)
  app.get('/conversations', async ({ req, json }) => {
    const key = await admit(req.raw, 'read')
    const query = new URL(req.url).searchParams
    const { read, withMessages } = parsePage(store, key, query)
    const answer = async () => {
      const page = await read()
      await note(req.raw, key, 'export', `${query}`)
      return json(page)
    }
    return withMessages ? inTurn(req.raw, key, maxPageBytes, answer) : answer()
  })
  app.get('/conversations/:id', async ({ req, json }) => {
    const key = await admit(req.raw, 'read')
    return inTurn(req.raw, key, usualBytes, async () => {
      const conversation = await readConversation(store, key, req.param('id'))
      await note(req.raw, key, 'read', conversation.id)
      return json(conversation)
    })
  })
  app.delete('/conversations/:id', async ({ req, json }) => {
    const key = await admit(req.raw, 'erase')
    await note(req.raw, key, 'erase_conversation', req.param('id'))
    return json(await deleteConversation(store, key, req.param('id')))
  })
  app.delete('/visitors/:id', async ({ req, json }) => {
    const key = await admit(req.raw, 'erase')
    await note(req.raw, key, 'erase_visitor', visitorHash(req.param('id')))
    return json(await forgetVisitor(store, key, req.param('id')))
  })
}

/**
 * Refuses other types than JSON. `text/plain` passes only with the key in the address: else any site's form could post.
 */
function refuseUnlessJson(request: Request): void {
  const type = mediaType(request)
  const isBeacon = type === 'text/plain' && request.headers.get('authorization') === null
  if (type === 'application/json' || isBeacon) return
  throw new ProblemError('bad_request', `Content-Type must be application/json, got ${JSON.stringify(type)}.`)
}
