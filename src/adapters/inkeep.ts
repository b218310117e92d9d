/**
 * The Inkeep widget's `onEvent` -> chatlog.
 *
 * @module chatlog/adapters/inkeep
 */
import type { Chatlog, MessageInput } from '../script/chatlog.ts'
import { objectsOf, textGiven } from './given.ts'

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
}

/** The transcript for `trackMessages`. */
export const fromInkeep = (messages: readonly InkeepMessage[]): MessageInput[] =>
  objectsOf(messages, 'messages').map(({ id, role, content, createdAt, name, links }) => ({
    id,
    role,
    content:
      typeof content === 'string'
        ? content
        : objectsOf(content, 'content')
            .map(({ text }) => textGiven(text) ?? '')
            .join(''),
    ...(createdAt && { createdAt }),
    ...(name && { name }),
    ...(links?.length && {
      links: objectsOf(links, 'links').map(({ url, title, description, type, breadcrumbs }) => ({
        url,
        title: title ?? null,
        description: description ?? null,
        type: type ?? null,
        breadcrumbs: Array.isArray(breadcrumbs) ? [...breadcrumbs] : null,
      })),
    }),
  }))

/**
 * The widget's `onEvent`: each event's conversation is the transcript, clicks on sources and on links in answers are
 * recorded as such. The conversation is known by the widget's own id.
 */
export function inkeepEvents(log: Pick<Chatlog, 'trackMessages' | 'trackLinkClick'>): (event: InkeepEvent) => void {
  return (event) => {
    const [told] = objectsOf([event], 'event')
    const { conversation, link, url, title } = (told?.properties ?? {}) as Properties
    const eventName = told?.eventName
    const where = conversation?.id ? { conversationId: conversation.id } : {}
    if (conversation?.messages?.length) log.trackMessages(fromInkeep(conversation.messages), where)
    if (eventName === 'assistant_source_item_clicked' && link?.url) {
      log.trackLinkClick({ url: link.url, ...(link.title && { label: link.title }), ...where })
    }
    if (eventName === 'assistant_message_inline_link_opened' && url) {
      log.trackLinkClick({ url, ...(title && { label: title }), ...where })
    }
  }
}
