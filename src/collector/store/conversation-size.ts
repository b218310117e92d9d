import type { StoredMessage } from '../../contract/answer.ts'
import { maxConversationBytes, maxConversationMessages } from '../../contract/limits.ts'
import { messageJson } from './message-json.ts'

/** How large a stored conversation is, kept beside it so that an upsert needn't read it whole. */
export type ConversationSize = {
  messages: number
  /** UTF-8 bytes of its messages as JSON. */
  bytes: number
  /** Messages of visitors. */
  questions: number
}

export const emptySize: ConversationSize = { messages: 0, bytes: 0, questions: 0 }

/** The conversation would be over the contract's bounds; nothing is written. */
export class ConversationFullError extends Error {
  override name = 'ConversationFullError'

  constructor(readonly bound: string) {
    super(`a conversation holds at most ${bound}`)
  }
}

/**
 * The size after some messages were written.
 *
 * @param replaced the stored versions of those `written` messages that are stored already
 * @throws ConversationFullError where it grows over a bound; a conversation that is over it may still change and shrink
 */
export function sizeAfter(
  size: ConversationSize,
  replaced: readonly StoredMessage[],
  written: readonly StoredMessage[],
): ConversationSize {
  const after = {
    messages: size.messages + written.length - replaced.length,
    bytes: size.bytes + bytesOf(written) - bytesOf(replaced),
    questions: size.questions + questionsOf(written) - questionsOf(replaced),
  }
  if (after.messages > maxConversationMessages && after.messages > size.messages) {
    throw new ConversationFullError(`${maxConversationMessages} messages`)
  }
  if (after.bytes > maxConversationBytes && after.bytes > size.bytes) {
    throw new ConversationFullError(`${maxConversationBytes} bytes`)
  }
  return after
}

/** UTF-8 bytes of a message as it is stored. */
export const byteLengthOf = (message: StoredMessage): number => Buffer.byteLength(messageJson(message).whole)

const bytesOf = (messages: readonly StoredMessage[]) =>
  messages.reduce((sum, message) => sum + byteLengthOf(message), 0)
const questionsOf = (messages: readonly StoredMessage[]) => messages.filter(({ role }) => role === 'user').length
