import type { Conversation } from './conversation.ts'
import { forgotten } from './delivery.ts'
import { withJson } from './merge.ts'
import { toRowJson } from './message.ts'
import type { MessageRow } from './rows.ts'
import { forgetMessages, isDiscarded, lastPartOf, type MessageEntry } from './transcript.ts'

/**
 * Id of the message that stands in each part of a removed conversation: the wire knows no conversation without
 * messages.
 */
const markId = ({ id }: Conversation, part: number): string => `${id}.~discarded${part}`

/** The one message of each part of a removed conversation. Every tab makes the same. */
export function discardMarks(conversation: Conversation, tabId: string): MessageRow[] {
  const createdAt = conversation.header.chatlog.discardedAt as string
  const order = Date.parse(createdAt)
  const json = toRowJson({ role: 'system', content: 'discarded', createdAt, updatedAt: createdAt })
  return [...Array(lastPartOf(conversation)).keys()].map((index) =>
    withJson(
      {
        ...{ kind: 'message', tabId, id: markId(conversation, index + 1), externalId: null, order, updatedAt: order },
        ...{ part: index + 1, streaming: false, role: 'system', json, bytes: 0 },
      },
      json,
    ),
  )
}

/** Forgets the messages of a removed conversation, and those that came to it since. @returns the forgotten ones */
export function forgetContent(conversation: Conversation): MessageEntry[] {
  if (!isDiscarded(conversation)) return []
  const entries = forgetMessages(conversation, ({ id }) => !id.startsWith(markId(conversation, 0).slice(0, -1)))
  forgotten(conversation.delivery, entries)
  return entries
}
