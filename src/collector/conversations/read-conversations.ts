import type { z } from 'zod'
import type { ConversationAnswer, conversationPageSchema, StoredConversation } from '../../contract/answer.ts'
import { cleanText } from '../clean-json.ts'
import { ProblemError } from '../problem-error.ts'
import { mayAs } from '../store/keys.ts'
import {
  type ConversationPageRequest,
  type ForgottenVisitor,
  InvalidCursorError,
  type KeyRole,
  type Store,
  type StoredKey,
} from '../store/store.ts'
import { conversationAnswer } from './conversation-answer.ts'
import { parseFilter } from './parse-filter.ts'

type Page = z.infer<typeof conversationPageSchema>

const defaultPageSize = 20
const maxPageSize = 100

/** @throws ProblemError `forbidden` for a WEB key: it is public, so it only writes */
export function refuseUnlessReader(key: StoredKey): void {
  if (key.type !== 'api') throw new ProblemError('forbidden', 'A WEB key can only write: use an API key to read.')
}

/** @throws ProblemError `forbidden` when the key's role may do less than `role` */
export function refuseUnlessMay(role: KeyRole, key: StoredKey): void {
  if (mayAs(role, key)) return
  throw new ProblemError('forbidden', `The key ${key.id} has the role ${key.role}: this needs the role ${role}.`)
}

/** @throws ProblemError `not_found` */
export async function readConversation(store: Store, key: StoredKey, id: string): Promise<ConversationAnswer> {
  const conversation = await store.findConversation(key.projectId, idOf(id))
  if (!conversation) throw new ProblemError('not_found', 'The project has no conversation of this id.')
  return conversationAnswer(conversation)
}

/** @throws ProblemError `not_found` */
export async function deleteConversation(store: Store, key: StoredKey, id: string) {
  const isDeleted = await store.deleteConversation(key.projectId, idOf(id))
  if (!isDeleted) throw new ProblemError('not_found', 'The project has no conversation of this id.')
  return { success: true, message: 'The conversation is deleted, with the events and feedback on it.' }
}

/**
 * Erases a person everywhere in the key's project. Where nothing is left to erase, that is no error: it was done
 * before.
 *
 * @throws ProblemError `bad_request` without an id
 */
export async function forgetVisitor(store: Store, key: StoredKey, id: string): Promise<ForgottenVisitor> {
  const visitorId = idOf(id)
  if (visitorId === '')
    throw new ProblemError('bad_request', 'The address names no visitor: use DELETE /visitors/{id}.')
  return store.forgetVisitor(key.projectId, visitorId)
}

/** A page that is asked for, not yet read. */
type AskedPage = { withMessages: boolean; read(): Promise<Page> }

/**
 * One page of the key's project, newest first, narrowed by what `parseFilter` knows. Conversations come without their
 * messages unless `messages=true` or `offset` asks for them.
 *
 * @throws ProblemError `bad_request` when `limit`, `offset` or a filter isn't one; from `read`, when `cursor` isn't
 */
export function parsePage(store: Store, key: StoredKey, query: URLSearchParams): AskedPage {
  const limit = Math.min(maxPageSize, wholeNumber(query, 'limit', 1) ?? defaultPageSize)
  const offset = wholeNumber(query, 'offset', 0)
  const cursor = query.get('cursor') ?? undefined
  const filter = parseFilter(query)
  // The public client, which pages by `offset` and can ask for nothing else, expects whole conversations and a number.
  const withMessages = flag(query, 'messages') ?? offset !== undefined
  const withTotal = offset !== undefined
  const request = { limit, offset, cursor, filter, withMessages, withTotal }
  return {
    withMessages,
    async read() {
      const page = await listConversations(store, key.projectId, request)
      const conversations = page.conversations.map((one) =>
        withMessages ? conversationAnswer(one) : withoutMessages(one),
      )
      const { total, nextCursor } = page
      // A page may end early by its bytes. A client that adds `pageSize` to its `offset` must not skip the rest.
      const pageSize = nextCursor === null ? limit : conversations.length || limit
      return { conversations, count: conversations.length, total, pageSize, nextCursor }
    },
  }
}

/** @throws ProblemError `bad_request` when the cursor isn't one */
export async function listConversations(store: Store, projectId: string, page: ConversationPageRequest) {
  return store.listConversations(projectId, page).catch((error) => {
    throw error instanceof InvalidCursorError ? new ProblemError('bad_request', error.message) : error
  })
}

/** An id from a request's address, in the form in which ids are stored. */
const idOf = (given: string) => cleanText(given).normalize('NFC')

function withoutMessages({ messages: _messages, ...fields }: StoredConversation) {
  return fields
}

function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (text === 'true' || text === 'false') return text === 'true'
  throw new ProblemError('bad_request', `${name}: expected true or false, got ${JSON.stringify(text)}`)
}

function wholeNumber(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new ProblemError('bad_request', `${name}: expected a whole number from ${least}, got ${JSON.stringify(text)}`)
}
