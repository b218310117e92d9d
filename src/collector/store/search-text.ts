import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import { indexedWords, isWanted, type Word, wantedWords, wordsOf } from './words.ts'

/**
 * Whether one message of the conversation says all the words, in any order and case, with or without accents. A `*` after a
 * word means every word that begins with it.
 */
export function holdsText({ messages }: Pick<StoredConversation, 'messages'>, text: string): boolean {
  const wanted = wantedWords(text)
  return wanted.length > 0 && messages.some((message) => holdsWords(message, wanted))
}

function holdsWords(message: StoredMessage, wanted: ReturnType<typeof wantedWords>): boolean {
  const words = indexedWords(textOf(message))
  const all = new Set(words)
  return wanted.every((one) => (one.isBeginning ? words.some((word) => isWanted(word, one)) : all.has(one.folded)))
}

/** Where the words that are searched for stand in a text, in their order, to be marked there. */
export function foundIn(said: string, text: string): Word[] {
  const wanted = wantedWords(text)
  return [...wordsOf(said)].filter(({ folded }) => wanted.some((one) => isWanted(folded, one)))
}

/**
 * Where a conversation says what is searched for.
 *
 * @returns `words`: those of the messages as they are written there, each once; `places`: of the messages that say all of
 *   them
 */
export function foundInMessages(
  messages: readonly StoredMessage[],
  text: string,
): { words: string[]; places: number[] } {
  const wanted = wantedWords(text)
  const words = new Set<string>()
  const places: number[] = []
  messages.forEach((message, place) => {
    const said = textOf(message)
    for (const { from, to } of foundIn(said, text)) words.add(said.slice(from, to))
    if (wanted.length > 0 && holdsWords(message, wanted)) places.push(place)
  })
  return { words: [...words], places }
}

/** What a message says in words: its text parts, one under the other; pictures say nothing. */
export function textOf({ content }: Pick<StoredMessage, 'content'>): string {
  if (typeof content === 'string') return content
  return (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}
