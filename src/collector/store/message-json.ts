import type { StoredMessage } from '../../contract/answer.ts'

/**
 * A stored message as JSON, and in the pieces that an answer is put together from: `content` is shown twice there, and
 * `start` is all before it.
 */
export type MessageJson = { whole: string; start: string; content: string }

// The store writes each message as JSON and the answer writes it again, which is most of the work on a large
// conversation: this keeps the first result. Nobody changes a message after it was merged, and the entry goes with it.
const written = new WeakMap<StoredMessage, MessageJson>()

/** The JSON of a message, written once for as long as the message is held. */
export function messageJson(message: StoredMessage): MessageJson {
  const known = written.get(message)
  if (known) return known
  const { content, ...rest } = message
  const contentJson = JSON.stringify(content)
  const start = `${JSON.stringify(rest).slice(0, -1)},"content":`
  const json = { whole: `${start}${contentJson}}`, start, content: contentJson }
  written.set(message, json)
  return json
}
