import { setImmediate } from 'node:timers/promises'
import type { StoredMessage } from '../../contract/answer.ts'
import { textOf } from './search-text.ts'
import type { Store } from './store.ts'
import { type WantedWord, wantedWords, wordsOf } from './words.ts'

/** Phrases that a project may have at most, and the longest one, in UTF-16 units. */
export const phraseBounds = { phrases: 50, length: 200 }

/** Under which name a project's phrases are kept, as a JSON list. */
const settingName = 'not_found_phrases'

/** Answers that are looked at for the phrases at most, the newest ones that say their words. */
const maxLookedAt = 20_000

/** Answers looked at before others are answered. */
const sliceLength = 500

/** The words in which a site's chat says that it could not find something. */
export async function notFoundPhrases(store: Pick<Store, 'findSetting'>, projectId: string): Promise<string[]> {
  const json = await store.findSetting(projectId, settingName)
  const kept: unknown = json === null ? [] : JSON.parse(json)
  return Array.isArray(kept) ? kept.filter((phrase) => typeof phrase === 'string') : []
}

/** Keeps a project's phrases, in place of those before. */
export const keepNotFoundPhrases = (store: Pick<Store, 'putSetting'>, projectId: string, phrases: readonly string[]) =>
  store.putSetting(projectId, settingName, JSON.stringify(phrases))

/** Whether an answer says one of the phrases: its words, one after the other, in any case, with or without accents. */
export function saysNotFound({ role, content }: Pick<StoredMessage, 'role' | 'content'>, phrases: readonly string[]) {
  if (role !== 'assistant' || phrases.length === 0) return false
  const said = ` ${[...wordsOf(textOf({ content }))].map(({ folded }) => folded).join(' ')} `
  return phrases.some((phrase) => {
    const words = [...wordsOf(phrase)].map(({ folded }) => folded).join(' ')
    return words !== '' && said.includes(` ${words} `)
  })
}

/** An answer that says the words of a phrase, in whatever order. */
export type Candidate = { conversationId: string; message: Pick<StoredMessage, 'role' | 'content'> }

/**
 * Conversations with an answer that says one of the phrases.
 *
 * @param find the newest answers that say all of some words, so many at most
 */
export async function conversationsNotFound(
  phrases: readonly string[],
  find: (words: WantedWord[], limit: number) => Promise<Candidate[]>,
): Promise<string[]> {
  const ids = new Set<string>()
  for (const phrase of phrases) {
    const words = wantedWords(phrase.replaceAll('*', ' '))
    if (words.length === 0) continue
    const candidates = await find(words, maxLookedAt)
    for (let from = 0; from < candidates.length; from += sliceLength) {
      for (const { conversationId, message } of candidates.slice(from, from + sliceLength)) {
        if (!ids.has(conversationId) && saysNotFound(message, [phrase])) ids.add(conversationId)
      }
      await setImmediate()
    }
  }
  return [...ids]
}
