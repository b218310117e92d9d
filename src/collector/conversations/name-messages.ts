import type { StoredMessage } from '../../contract/answer.ts'
import type { ConversationUpsert } from '../../contract/conversation.ts'

type UpsertMessage = ConversationUpsert['messages'][number]
/** A message of an upsert that has an id: the sender's own, or one found or made here. */
export type NamedMessage = UpsertMessage & { id: string }

/**
 * Gives every message an id. Senders without ids still send all messages every time, so messages are recognised by
 * `externalId`, else by the same role and content, in order; the last stored answer also by a longer text that begins
 * with it, as it was still streaming. So none is stored twice.
 */
export function nameMessages(
  stored: readonly StoredMessage[],
  messages: readonly UpsertMessage[],
  createId: () => string,
): NamedMessage[] {
  const taken = new Set(messages.flatMap(({ id }) => (id === undefined ? [] : [id])))
  const free = stored.filter(({ id }) => !taken.has(id))
  const freeIds = groupIds(free)
  const last = free.at(-1)

  return messages.map((message) => {
    if (message.id !== undefined) return { ...message, id: message.id }
    const known = freeIds.get(likeness(message))?.shift()
    if (known !== undefined) return { ...message, id: known }
    const grown = last !== undefined && isGrown(last, message) ? takeLast(freeIds, last) : undefined
    return { ...message, id: grown ?? createId() }
  })
}

function groupIds(messages: readonly StoredMessage[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const message of messages) {
    const group = groups.get(likeness(message))
    if (group) group.push(message.id)
    else groups.set(likeness(message), [message.id])
  }
  return groups
}

function takeLast(freeIds: Map<string, string[]>, last: StoredMessage): string | undefined {
  const alike = freeIds.get(likeness(last))
  return alike?.at(-1) === last.id ? alike.pop() : undefined
}

function likeness({ externalId, role, content }: UpsertMessage | StoredMessage): string {
  return externalId == null ? JSON.stringify([role, content ?? null]) : externalId
}

function isGrown(stored: StoredMessage, message: UpsertMessage): boolean {
  if (stored.externalId !== null || message.externalId != null || stored.role !== message.role) return false
  if (stored.role === 'user' || typeof stored.content !== 'string' || typeof message.content !== 'string') return false
  return message.content.startsWith(stored.content)
}
