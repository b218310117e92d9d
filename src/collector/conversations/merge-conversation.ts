import { isDeepStrictEqual } from 'node:util'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import type { ConversationUpsert } from '../../contract/conversation.ts'
import { ProblemError } from '../problem-error.ts'
import { believable } from './believable-dates.ts'
import { type NamedMessage, nameMessages } from './name-messages.ts'
import { orderMessages } from './order-messages.ts'

/** Whose an upsert is, and what stands in for the fields that it leaves out. */
export type MergeContext = {
  projectId: string
  conversationId: string
  /** Stands in for a missing `integrationId`. */
  keyId: string
  /** ISO 8601; stands in for missing dates. */
  now: string
  createId: () => string
}

/** The merged conversation, and which of its messages the upsert held, in its order. */
export type MergedConversation = { conversation: StoredConversation; sentIds: string[] }

// Every field that is always present, in the order in which the answer shows them.
const emptyConversation = {
  id: '',
  externalId: null,
  externalUrl: null,
  type: null,
  supportTicketConversationId: null,
  createdAt: '',
  updatedAt: '',
  projectId: null,
  integrationId: null,
  visibility: null,
}
const emptyMessage = {
  id: '',
  type: null,
  externalId: null,
  externalUrl: null,
  conversationId: '',
  createdAt: '',
  updatedAt: '',
  role: '',
  content: null,
}

/**
 * Merges an upsert into what is stored. Absent messages stay, none is doubled, and an older `updatedAt` never
 * overwrites a newer one: message by message, and for the conversation's own fields. Within what is written, an absent
 * field keeps its stored value and `null` clears it. Messages that don't change are given back as the very objects that
 * came in.
 *
 * @throws ProblemError `unprocessable_entity` when the stored conversation is of another type
 */
export function mergeConversation(
  stored: StoredConversation | null,
  upsert: ConversationUpsert,
  context: MergeContext,
): MergedConversation {
  if (stored && stored.type !== upsert.type) {
    throw new ProblemError(
      'unprocessable_entity',
      `type: this conversation is stored with the type ${stored.type}, which cannot change`,
    )
  }
  const sent = nameMessages(stored?.messages ?? [], upsert.messages, context.createId)
  const messages = mergeMessages(stored?.messages ?? [], sent, upsert.type, context)
  return { conversation: { ...mergeOwnFields(stored, upsert, context), messages }, sentIds: sent.map(({ id }) => id) }
}

function mergeOwnFields(
  stored: StoredConversation | null,
  { messages: _messages, createdAt, updatedAt, ...sent }: ConversationUpsert,
  { projectId, conversationId, keyId, now }: MergeContext,
): Omit<StoredConversation, 'messages'> {
  const dates = datesOf(stored, { createdAt, updatedAt }, now)
  if (stored && isOlder(dates.updatedAt, believable(stored.updatedAt, now))) return stored
  return {
    ...emptyConversation,
    ...stored,
    ...defined(sent),
    id: conversationId,
    ...dates,
    // The key says whose conversation this is: a body's own claim could put it into somebody else's project.
    projectId,
    integrationId: sent.integrationId ?? stored?.integrationId ?? keyId,
  }
}

function mergeMessages(
  stored: StoredMessage[],
  sent: NamedMessage[],
  type: ConversationUpsert['type'],
  { conversationId, now }: MergeContext,
): StoredMessage[] {
  const byId = new Map(stored.map((message) => [message.id, message]))
  const sentMessages = sent.map((message) => mergeMessage(byId.get(message.id), message, { type, conversationId, now }))
  const order = orderMessages(stored, sentMessages)
  for (const message of sentMessages) byId.set(message.id, message)
  return order.flatMap((id) => byId.get(id) ?? [])
}

function mergeMessage(
  stored: StoredMessage | undefined,
  { createdAt, updatedAt, ...sent }: NamedMessage,
  { type, conversationId, now }: { type: string; conversationId: string; now: string },
): StoredMessage {
  const dates = datesOf(stored, { createdAt, updatedAt }, now)
  if (stored && isOlder(dates.updatedAt, believable(stored.updatedAt, now))) {
    if (!isEndOf(stored, sent)) return stored
    dates.updatedAt = stored.updatedAt
  }
  const merged: StoredMessage = {
    ...emptyMessage,
    ...stored,
    ...defined(sent),
    type,
    conversationId,
    createdAt: dates.createdAt,
    updatedAt: updatedAt ? dates.updatedAt : (stored?.updatedAt ?? now),
  }
  if (!stored) return merged
  // Their JSON can't be compared: a stored message has its fields in another order than a merged one.
  if (isDeepStrictEqual(merged, stored)) return stored
  return { ...merged, updatedAt: dates.updatedAt }
}

type Dates = { createdAt: string; updatedAt: string }
type SentDates = { [Name in keyof Dates]?: string | null | undefined }

/**
 * When something was made and last changed. A date more than a day ahead counts as missing, and such an `updatedAt`
 * never raises the stored one: all updates after that of a sender whose clock is years ahead would be taken for older
 * ones.
 */
function datesOf(stored: Dates | null | undefined, sent: SentDates, now: string): Dates {
  const createdAt = believable(sent.createdAt, now) ?? stored?.createdAt ?? now
  if (sent.updatedAt == null) return { createdAt, updatedAt: now }
  const fallback = believable(stored?.updatedAt, now) ?? believable(sent.createdAt, now) ?? now
  return { createdAt, updatedAt: believable(sent.updatedAt, now) ?? fallback }
}

/**
 * What broke off with its page is whole on another device, or is shown so by the site: that a version is whole, says more
 * than that it is newer.
 */
const isEndOf = (stored: StoredMessage, sent: Pick<NamedMessage, 'properties'>): boolean =>
  statusOf(stored) === 'interrupted' && /^(complete|aborted|error)$/.test(`${statusOf(sent)}`)

const statusOf = ({ properties }: { properties?: unknown }): unknown =>
  (properties as { chatlog?: { status?: unknown } } | null | undefined)?.chatlog?.status

function isOlder(updatedAt: string, than: string | undefined): boolean {
  return than !== undefined && Date.parse(updatedAt) < Date.parse(than)
}

/** The fields that were sent: zod leaves out keys that are missing, but keeps those whose value is `undefined`. */
function defined<Fields extends object>(fields: Fields): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  const kept = { ...fields } as { [Key in keyof Fields]: Exclude<Fields[Key], undefined> }
  for (const name in kept) if (kept[name] === undefined) delete kept[name]
  return kept
}
