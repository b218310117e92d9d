/**
 * The Inkeep widget's `onEvent` -> chatlog.
 *
 * @module chatlog/adapters/inkeep
 */

import type { Chatlog, FeedbackInput, MessageInput } from '../script/chatlog.ts'
import { findLast } from '../script/lists.ts'
import { fieldsOf, objectsOf, readable, textGiven } from './given.ts'

/** A message of the event's conversation, as far as it is read. */
export interface InkeepMessage {
  id: string
  role: 'assistant' | 'system' | 'user'
  content: string | readonly { type: 'text'; text: string }[]
  createdAt?: string
  name?: string | null
  links?: readonly InkeepLink[] | null
}

/** A source that the widget shows with an answer. */
export interface InkeepLink {
  url: string
  title?: string | undefined
  description?: string | undefined
  type?: string
  breadcrumbs?: readonly string[]
}

/** What `onEvent` is called with, as far as it is read. */
export interface InkeepEvent {
  eventName: string
  properties: object
}

interface Properties {
  conversation?: { id: string; messages?: readonly InkeepMessage[] }
  link?: { url?: string; title?: string }
  url?: string
  title?: string
  messageId?: string
  reasons?: readonly { label?: string; details?: string }[]
}

/**
 * The transcript for `trackMessages`.
 *
 * @see docs/adapters.md for each field
 */
export const fromInkeep = (messages: readonly InkeepMessage[]): MessageInput[] =>
  objectsOf(messages, 'messages').flatMap((message) => readable(() => [toInput(message)]))

function toInput(message: InkeepMessage): MessageInput {
  const { id, role, content, createdAt, name, links } = message
  const { tool_calls: calls } = message as { tool_calls?: MessageInput['toolCalls'] }
  return {
    id,
    role,
    content: contentOf(content),
    ...(createdAt && { createdAt }),
    ...(name && { name }),
    ...(Array.isArray(calls) && calls.length && { toolCalls: calls }),
    ...(links?.length && {
      links: objectsOf(links, 'links').map(({ url, title, description, type, breadcrumbs }) => ({
        url,
        title: title ?? null,
        description: description ?? null,
        type: type ?? null,
        breadcrumbs: Array.isArray(breadcrumbs) ? [...breadcrumbs] : null,
      })),
    }),
  }
}

/** Text is joined as the widget shows it; parts of any other kind are kept where the message is recorded. */
function contentOf(content: unknown): MessageInput['content'] {
  if (typeof content === 'string') return content
  const parts = objectsOf(content as readonly { type?: string; text?: string }[], 'content')
  const isText = parts.every(({ type, text }) => (type ?? 'text') === 'text' || textGiven(text) !== undefined)
  if (!isText) return parts as unknown as MessageInput['content']
  return parts.map(({ text }) => textGiven(text) ?? '').join('')
}

/**
 * The widget's `onEvent`: each event's conversation is the transcript; clicks on sources and on links in answers, and
 * thumbs, are recorded as such. The conversation is known by the widget's own id. With `optOutAllAnalytics`, and with
 * `env: 'development'`, the widget makes a new one at every message: what goes on with the same messages is the same
 * chat.
 */
export function inkeepEvents(
  log: Pick<Chatlog, 'trackMessages' | 'trackLinkClick' | 'trackFeedback'>,
): (event: InkeepEvent) => void {
  const chats = createChats()
  return (event) => {
    const [told] = objectsOf([event], 'event')
    const { conversation, link, url, title, messageId, reasons } = (told?.properties ?? {}) as Properties
    const eventName = `${told?.eventName}`
    const messages = objectsOf(conversation?.messages, 'messages')
    const conversationId = chats.idOf(textGiven(conversation?.id), messages)
    const where = conversationId ? { conversationId } : {}
    if (messages.length) log.trackMessages(fromInkeep(messages), where)
    if (eventName === 'assistant_source_item_clicked' && link?.url) {
      log.trackLinkClick({ url: link.url, ...(link.title && { label: link.title }), ...where })
    }
    if (eventName === 'assistant_message_inline_link_opened' && url) {
      log.trackLinkClick({ url, ...(title && { label: title }), ...where })
    }
    const type = /^assistant_(positive|negative)_feedback_submitted$/.exec(eventName)?.[1] as FeedbackInput['type']
    // The widget doesn't say which answer is meant: its thumbs stand below the newest.
    const meant = messageId ?? chats.newestAnswer()
    if (type && meant) log.trackFeedback({ messageId: meant, type, ...reasonsOf(reasons), ...where })
    if (eventName === 'chat_clear_button_clicked') chats.leave()
  }
}

function reasonsOf(given: Properties['reasons']): Pick<FeedbackInput, 'reasons'> {
  const reasons = objectsOf(given, 'reasons').map(({ label, details }) => ({
    label: textGiven(label) ?? '',
    details: textGiven(details) ?? '',
  }))
  return reasons.length ? { reasons } : {}
}

interface Chat {
  /** The first id that the widget gave the chat. */
  id: string
  messages: readonly InkeepMessage[]
}

/** Tells chats apart by what is said in them, where their ids don't last. */
function createChats() {
  const byId = new Map<string, Chat>()
  let current: Chat | null = null
  let isLeft = false
  return {
    /** @returns the id under which the chat is recorded; that of the chat before, where the event has none */
    idOf(id: string | undefined, messages: readonly InkeepMessage[]): string | undefined {
      if (!id) return current?.id
      const before = current && !isLeft && isContinued(current.messages, messages) ? current : null
      const chat: Chat = byId.get(id) ?? before ?? { id, messages: [] }
      byId.set(id, chat)
      if (messages.length) chat.messages = messages
      current = chat
      isLeft = false
      return chat.id
    },
    /** The id of the answer that stands last. */
    newestAnswer: () => findLast(current?.messages ?? [], ({ role }) => role === 'assistant')?.id,
    /** The visitor has cleared the chat: what is said next begins another. */
    leave() {
      isLeft = true
    },
  }
}

/** Whether a transcript holds all that was said before, in the same order; an answer may have grown. */
function isContinued(before: readonly InkeepMessage[], now: readonly InkeepMessage[]): boolean {
  return before.length <= now.length && before.every((message, place) => isSame(message, now[place] as InkeepMessage))
}

function isSame(one: InkeepMessage, other: InkeepMessage): boolean {
  if (one.role !== other.role) return false
  if (one.id === other.id) return true
  const [text, later] = [one, other].map(({ content }) => JSON.stringify(contentOf(fieldsOf({ content }).content)))
  return text !== undefined && !!later?.startsWith(text.slice(0, -1))
}
