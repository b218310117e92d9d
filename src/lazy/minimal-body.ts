import type { MessageInput } from '../script/chatlog.ts'
import { toJson } from '../script/json.ts'
import type { GapCall, GapConversation } from './hand-over.ts'

type Given = Partial<MessageInput> & { conversationId?: string }

/**
 * The upsert of a conversation that this page began, with every message that is text. The core's own upserts replace it
 * later, since they have the same ids of conversation and messages.
 *
 * @returns JSON; `null` where the page has said something that only the core understands, or nothing yet
 */
export function minimalBody(
  { id, header }: GapConversation,
  calls: readonly GapCall[],
  updatedAt: number,
): string | null {
  const messages = messagesOf(calls)
  if (!header || !messages?.size) return null
  const { createdAt, userProperties, properties, tags, chatlog } = header
  return toJson({
    ...{ id, type: 'openai', createdAt, updatedAt: new Date(updatedAt), userProperties },
    properties: { ...properties, chatlog },
    tags: tags.length ? tags : undefined,
    messages: [...messages.values()].map((message) => wireMessage(id, message)),
  }) as string
}

/** The messages that the calls make, by the caller's ids; `null` where only the core can tell. */
function messagesOf(calls: readonly GapCall[]): Map<string, Given> | null {
  const messages = new Map<string, Given>()
  for (const [name, at, first, second] of calls) {
    const known = messages.get(first as string)
    if (name === 'trackMessage' || name === 'trackMessages') {
      for (const given of [first].flat() as Given[]) {
        // A message of a list may come without an id: only the core finds out which one it is.
        if (!isText(given) || (second as Given)?.conversationId) return null
        messages.set(`${given.id}`, { createdAt: at, ...given })
      }
    } else if (name === 'appendToMessage' && known) {
      Object.assign(known, { content: `${known.content}${second}`, status: 'streaming' })
    } else if (name === 'completeMessage' && known) {
      known.status = (second as Given)?.status ?? 'complete'
    } else if (/^(start|discard)Conversation$|^reset$/.test(name)) {
      return null
    }
  }
  return messages
}

const isText = (given: Given): boolean =>
  /^(system|user|assistant)$/.test(`${given?.role}`) &&
  typeof given.content === 'string' &&
  !!given.id &&
  !given.conversationId

function wireMessage(conversationId: string, { id, role, content, name, properties, createdAt, status }: Given) {
  const at = new Date(createdAt as number)
  return {
    ...{ id: `${conversationId}.${id}`, role, content, externalId: `${id}`, name: name ?? undefined },
    ...{ createdAt: at, updatedAt: at },
    properties: {
      ...properties,
      chatlog: { status: status === 'streaming' ? 'interrupted' : (status ?? 'complete') },
    },
  }
}
