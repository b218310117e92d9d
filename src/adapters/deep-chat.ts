/**
 * The deep-chat element -> chatlog.
 *
 * @module chatlog/adapters/deep-chat
 */
import type { Chatlog, MessageInput } from '../script/chatlog.ts'
import { objectsOf, textGiven } from './given.ts'

/** A message as `element.getMessages()` gives it. */
export interface DeepChatMessage {
  role?: string
  text?: string
  html?: string
  files?: readonly { src?: string; name?: string; type?: string }[]
}

/** The element, as far as it is used. */
export interface DeepChatElement {
  getMessages(): readonly DeepChatMessage[]
  addEventListener(name: string, listener: () => void): void
  removeEventListener(name: string, listener: () => void): void
}

/** The transcript for `trackMessages`. Messages have no ids of their own: role, text and neighbours are what they are known by. */
export function fromDeepChat(messages: readonly DeepChatMessage[]): MessageInput[] {
  return objectsOf(messages, 'messages').map(({ role: given, text, html, files }) => {
    const role = given === 'user' ? 'user' : 'assistant'
    const content =
      textGiven(text) ??
      textGiven(html)
        ?.replace(/<[^<>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim() ??
      ''
    const images = objectsOf(files, 'files').flatMap(({ src, type }) =>
      src && type === 'image' ? [{ type: 'image_url', image_url: { url: src } } as const] : [],
    )
    return {
      role,
      content: images.length ? [...(content ? [{ type: 'text', text: content } as const] : []), ...images] : content,
    }
  })
}

/**
 * Records what the element shows. It fires several events a message, which only say that something has changed.
 *
 * @returns the unsubscribe
 */
export function trackDeepChat(element: DeepChatElement, log: Pick<Chatlog, 'trackMessages'>): () => void {
  const names = ['message', 'new-message', 'render']
  const track = () => log.trackMessages(fromDeepChat(element.getMessages()))
  for (const name of names) element.addEventListener(name, track)
  return () => {
    for (const name of names) element.removeEventListener(name, track)
  }
}
