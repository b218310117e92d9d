import { createHash } from 'node:crypto'
import type { FeedbackAnswer, FeedbackUpsert } from '../../contract/feedback.ts'
import { visitorIdsOf } from '../store/conversation-facets.ts'
import { believable } from './believable-dates.ts'
import type { LogContext } from './log-event.ts'

/**
 * Keeps feedback under the key's project, or replaces the one of its id. Without an id it gets one made of message and
 * visitor, so that a visitor who changes their mind replaces their own feedback and nobody else's. The answer holds
 * what was sent and nothing that was stored before.
 */
export async function logFeedback(feedback: FeedbackUpsert, { store, key, now }: LogContext): Promise<FeedbackAnswer> {
  const at = new Date(now()).toISOString()
  const stored: FeedbackAnswer = {
    ...feedback,
    id: feedback.id ?? idFor(feedback),
    createdAt: believable(feedback.createdAt, at) ?? at,
  }
  await store.putFeedback(key.projectId, stored, now())
  return stored
}

function idFor(feedback: FeedbackUpsert): string {
  const [visitor = ''] = visitorIdsOf(feedback)
  return createHash('sha256')
    .update(JSON.stringify([feedback.messageId, visitor]))
    .digest('base64url')
    .slice(0, 21)
}
