import { nanoid } from 'nanoid'
import type { StoredConversation } from '../../contract/answer.ts'
import type { ConversationUpsert } from '../../contract/conversation.ts'
import { conversationFull } from '../../contract/problem.ts'
import { ProblemError } from '../problem-error.ts'
import { ConversationFullError } from '../store/conversation-size.ts'
import { MessageIdTakenError, type Store, type StoredKey } from '../store/store.ts'
import { conversationAnswerBytes } from './conversation-answer.ts'
import { formatPath } from './describe-issues.ts'
import { type MergeContext, mergeConversation } from './merge-conversation.ts'

/** Which conversation was stored, and what the sender is told of it, as JSON in UTF-8. */
export type LoggedConversation = { conversationId: string; isNew: boolean; answerJson: Uint8Array<ArrayBuffer> }

/**
 * Stores an upsert under the key's project.
 *
 * The answer to an API key is the whole conversation. A WEB key is public, and somebody who guesses an id could read a
 * chat with it: its answer is the request as that alone would have been stored, and tells nothing that wasn't sent. The
 * store then reads and writes the named messages alone, so that a small upsert costs the same however long the
 * conversation is.
 *
 * @throws ProblemError `unprocessable_entity` when a message's id belongs to another conversation, the stored
 *   conversation is of another type, or it would grow over its bounds
 */
export async function logConversation(
  sent: ConversationUpsert,
  { store, key, now }: { store: Store; key: StoredKey; now: () => number },
): Promise<LoggedConversation> {
  // A WEB key is public, so nobody can trust the `integrationId` that comes with it.
  const upsert = key.type === 'web' ? { ...sent, integrationId: null } : sent
  const context: MergeContext = {
    projectId: key.projectId,
    conversationId: upsert.id ?? nanoid(),
    keyId: key.id,
    now: new Date(now()).toISOString(),
    createId: nanoid,
  }
  let sentIds: string[] = []
  let isNew = false
  const stored = await store
    .upsertConversation(
      context.projectId,
      context.conversationId,
      (before) => {
        const merged = mergeConversation(before, upsert, context)
        sentIds = merged.sentIds
        isNew = before === null
        return merged.conversation
      },
      now(),
      key.type === 'web' ? idsOf(upsert) : undefined,
    )
    .catch((error) => {
      if (error instanceof MessageIdTakenError) throw idTaken(error, upsert)
      throw error instanceof ConversationFullError ? full(error) : error
    })
  const shown = isNew || key.type === 'api' ? stored : alone(upsert, sentIds, context)
  return { conversationId: context.conversationId, isNew, answerJson: conversationAnswerBytes(shown) }
}

function alone(upsert: ConversationUpsert, sentIds: string[], context: MergeContext): StoredConversation {
  const messages = upsert.messages.map((message, index) => ({ ...message, id: sentIds[index] }))
  return mergeConversation(null, { ...upsert, messages } as ConversationUpsert, context).conversation
}

/** Ids of the messages; `undefined` where one has none, since recognising it takes all stored messages. */
function idsOf({ messages }: ConversationUpsert): string[] | undefined {
  const ids = messages.flatMap(({ id }) => id ?? [])
  return ids.length === messages.length ? ids : undefined
}

function full({ message }: ConversationFullError): ProblemError {
  return new ProblemError('unprocessable_entity', `${conversationFull}: ${message}. Go on in another conversation.`)
}

function idTaken({ messageId }: MessageIdTakenError, { messages }: ConversationUpsert): ProblemError {
  const path = formatPath(['messages', messages.findIndex(({ id }) => id === messageId), 'id'])
  return new ProblemError('unprocessable_entity', `${path}: already belongs to another conversation of this project`)
}
