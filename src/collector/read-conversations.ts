import type { z } from 'zod'
import type { ConversationAnswer, conversationPageSchema } from '../contract/answer.ts'
import { cleanText } from './clean-json.ts'
import { conversationAnswer } from './conversation-answer.ts'
import { ProblemError } from './problem-error.ts'
import { InvalidCursorError, type Store, type StoredKey } from './store.ts'

type Page = z.infer<typeof conversationPageSchema>

const defaultPageSize = 20
const maxPageSize = 100

/** @throws ProblemError `forbidden` for a WEB key: it is public, so it only writes */
export function refuseUnlessReader(key: StoredKey): void {
  if (key.type !== 'api') throw new ProblemError('forbidden', 'A WEB key only writes: read with an API key.')
}

/** @throws ProblemError `not_found` */
export async function readConversation(store: Store, key: StoredKey, id: string): Promise<ConversationAnswer> {
  const conversation = await store.findConversation(key.projectId, cleanText(id))
  if (!conversation) throw new ProblemError('not_found', 'The project has no conversation of this id.')
  return conversationAnswer(conversation)
}

/**
 * One page of the key's project, newest first.
 *
 * @throws ProblemError `bad_request` when `limit`, `offset` or `cursor` isn't one
 */
export async function readConversations(store: Store, key: StoredKey, query: URLSearchParams): Promise<Page> {
  const limit = Math.min(maxPageSize, wholeNumber(query, 'limit', 1) ?? defaultPageSize)
  const offset = wholeNumber(query, 'offset', 0)
  const cursor = query.get('cursor') ?? undefined
  const page = await store.listConversations(key.projectId, { limit, offset, cursor }).catch((error) => {
    throw error instanceof InvalidCursorError ? new ProblemError('bad_request', error.message) : error
  })
  const conversations = page.conversations.map(conversationAnswer)
  const { total, nextCursor } = page
  return { conversations, count: conversations.length, total, pageSize: limit, nextCursor }
}

function wholeNumber(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new ProblemError('bad_request', `${name}: expected a whole number from ${least}, got ${JSON.stringify(text)}`)
}
