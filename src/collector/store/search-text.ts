import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'

/**
 * Pattern for SQL's `like … escape '\'` over a message's JSON that passes every message holding the text, and some more:
 * what stands in the JSON otherwise than in the text, and letters whose case databases don't know, match anything.
 */
export function likePattern(text: string): string {
  const inJson = JSON.stringify(text).slice(1, -1)
  return `%${inJson.replace(/[\\%_]/g, '\\$&').replace(/[^\x20-\x7e]+/g, '%')}%`
}

/** Whether one message's text holds the words, in any case. */
export function holdsText({ messages }: Pick<StoredConversation, 'messages'>, text: string): boolean {
  const wanted = text.toLowerCase()
  return messages.some((message) => textOf(message).toLowerCase().includes(wanted))
}

/** What a message says in words: its text parts, one under the other; pictures say nothing. */
export function textOf({ content }: Pick<StoredMessage, 'content'>): string {
  if (typeof content === 'string') return content
  return (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}
