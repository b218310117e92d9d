/**
 * The deep-chat element -> chatlog.
 *
 * @module chatlog/adapters/deep-chat
 */
import type { Chatlog, MessageInput } from '../script/chatlog.ts'
import { fieldsOf, objectsOf, readable, textGiven } from './given.ts'
import { takeHtml } from './html-pieces.ts'
import { createPieces, type Pieces } from './pieces.ts'

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
  addEventListener(name: string, listener: (event: Event) => void): void
  removeEventListener(name: string, listener: (event: Event) => void): void
}

/**
 * The transcript for `trackMessages`. Messages have no ids of their own: role, text and neighbours are what they are known
 * by. A role that isn't `user` or `ai` becomes the assistant's `name`.
 *
 * @see docs/adapters.md for each field
 */
export function fromDeepChat(messages: readonly DeepChatMessage[]): MessageInput[] {
  return objectsOf(messages, 'messages').flatMap((message) => readable(() => [toInput(message)]))
}

function toInput({ role: given, text, html, files, ...rest }: DeepChatMessage): MessageInput {
  const pieces = createPieces()
  pieces.text(text)
  const markup = textGiven(html)
  if (markup) takeHtml(markup, pieces)
  for (const file of objectsOf(files, 'files')) takeFile(file, pieces)
  const error = textGiven((rest as { error?: unknown }).error)
  pieces.text(error)
  const isKnown = given === undefined || /^(user|ai|assistant)$/.test(given)
  return {
    role: given === 'user' ? 'user' : 'assistant',
    content: pieces.content('\n'),
    ...(!isKnown && { name: textGiven(given) ?? null }),
    ...(error && { status: 'error' as const }),
    ...pieces.rest(),
  }
}

function takeFile({ src, name, type }: { src?: string; name?: string; type?: string }, pieces: Pieces): void {
  const isImage = type === 'image' || type === 'gif' || !!textGiven(src)?.startsWith('data:image/')
  if (src && isImage) pieces.image(src)
  else pieces.placeholder(type === 'audio' || type === 'image' ? type : 'file', name)
}

/**
 * Records what the element shows. It fires several events a message, which only say that something has changed. An
 * answer that the visitor stops is `aborted`. What the element shows as an error ends the answer that had begun with the status
 * `error`, or is a message of that status where none had.
 *
 * @returns the unsubscribe
 */
export function trackDeepChat(element: DeepChatElement, log: Pick<Chatlog, 'trackMessages'>): () => void {
  const names = ['message', 'new-message', 'render']
  /** Places of answers that were stopped. */
  const stopped = new Set<number>()
  /** Places of answers that broke off, with what the element showed of it. */
  const broken = new Map<number, string>()
  /** Error messages, which the element doesn't count among its messages, with the number of those before them. */
  const errors: { after: number; message: MessageInput }[] = []
  const shown = () => objectsOf(element.getMessages(), 'messages')

  const track = () => {
    const messages = fromDeepChat(shown()).map((message, place): MessageInput => {
      const error = broken.get(place)
      if (message.role !== 'assistant') return message
      if (error !== undefined) return { ...message, status: 'error', properties: { ...message.properties, error } }
      return stopped.has(place) ? { ...message, status: 'aborted' } : message
    })
    for (const { after, message } of [...errors].reverse()) messages.splice(after, 0, message)
    log.trackMessages(messages)
  }
  const fail = (event: Event) => {
    const { detail } = fieldsOf(event) as { detail?: unknown }
    const content = textGiven(detail) ?? textGiven(fieldsOf(detail).message) ?? 'Error'
    const all = shown()
    const last = fromDeepChat(all.slice(-1))[0]
    // An answer that had begun is what broke off; else nothing but the error answers the question.
    if (last?.role === 'assistant') broken.set(all.length - 1, content)
    else errors.push({ after: all.length, message: { role: 'assistant', content, status: 'error' } })
    track()
  }
  const stop = (event: Event) => {
    if (!isStop(event)) return
    stopped.add(shown().length - 1)
    track()
  }
  const clear = () => {
    stopped.clear()
    broken.clear()
    errors.length = 0
  }
  const listeners: [string, (event: Event) => void][] = [
    ...names.map((name): [string, () => void] => [name, track]),
    ['error', fail],
    ['clear-messages', clear],
    ['click', stop],
  ]
  for (const [name, listener] of listeners) element.addEventListener(name, listener)
  return () => {
    for (const [name, listener] of listeners) element.removeEventListener(name, listener)
  }
}

/** A click on the button that shows its stop icon; seen in deep-chat 2.4.2. */
function isStop(event: Event): boolean {
  return event.composedPath?.().some((target) => {
    const { id, classList } = target as Element
    return (
      id === 'stop-icon' || !!(classList?.contains('input-button') && (target as Element).querySelector('#stop-icon'))
    )
  })
}
