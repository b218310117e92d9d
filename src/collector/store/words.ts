import { createHash } from 'node:crypto'

/** One word of a text: its form that searches compare, and where it stands, in UTF-16 units. */
export type Word = { folded: string; from: number; to: number }

/** A word that is searched for. `isBeginning` where a `*` follows it: longer words are meant too. */
export type WantedWord = { folded: string; isBeginning: boolean }

/** Longest word, in UTF-16 units; longer ones (keys, data) are known by their beginning. */
const maxWordLength = 64

/** By how many different words a message is found: the first ones. */
const maxWords = 10_000

/** UTF-16 units of those words together: PostgreSQL keeps 1 MB of them. */
const maxWordsLength = 200_000

/** UTF-16 units of a message that are looked through. */
const maxTextLength = 262_144

// Scripts that put no spaces between words: each character is a word there.
const unspaced = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]`
const wordPattern = new RegExp(`${unspaced}|(?:(?!${unspaced})[\\p{L}\\p{N}\\p{M}])+`, 'gu')

const asciiPattern = /^[\0-\x7f]*$/

/** Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic: people search without them. */
const accents = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]+/gu
const notWords = /[^\p{L}\p{N}\p{M}]+/gu

/** Letters that Unicode doesn't take apart, by how people type them. */
const alike: Record<string, string> = { ß: 'ss', ı: 'i', ς: 'σ', ø: 'o', ł: 'l', đ: 'd', æ: 'ae', œ: 'oe' }
const alikePattern = /[ßıςøłđæœ]/g

/** The words of a text, in their order. Case, accents and forms of one letter are folded: `İstanbul` is `istanbul`. */
export function* wordsOf(text: string): Generator<Word> {
  for (const { 0: word, index } of text.matchAll(wordPattern)) {
    const folded = fold(word)
    if (folded !== '') yield { folded, from: index, to: index + word.length }
  }
}

/** The words that are searched for, each once. */
export function wantedWords(query: string): WantedWord[] {
  const wanted = new Map<string, WantedWord>()
  for (const { folded, to } of wordsOf(query)) {
    const isBeginning = query[to] === '*'
    wanted.set(`${folded}${isBeginning ? '*' : ''}`, { folded, isBeginning })
  }
  return [...wanted.values()]
}

/** Whether a word of a text is one that is searched for. */
export const isWanted = (word: string, { folded, isBeginning }: WantedWord): boolean =>
  isBeginning ? word.startsWith(folded) : word === folded

/** The different words that a message is found by, whatever their order. */
export function indexedWords(text: string): string[] {
  const looked = text.length > maxTextLength ? text.slice(0, maxTextLength) : text
  const words = new Set<string>()
  let length = 0
  for (const word of asciiPattern.test(looked) ? asciiWordsOf(looked) : foldedWordsOf(looked)) {
    if (words.has(word)) continue
    length += word.length
    if (words.size === maxWords || length > maxWordsLength) break
    words.add(word)
  }
  return [...words]
}

function* foldedWordsOf(text: string): Generator<string> {
  for (const { folded } of wordsOf(text)) yield folded
}

/** The words of a text that is ASCII alone, in a twentieth of the time. */
function* asciiWordsOf(text: string): Generator<string> {
  for (const [word] of text.toLowerCase().matchAll(/[a-z0-9]+/g)) yield word.slice(0, maxWordLength)
}

/**
 * The letters before each word of a project in the stores' indexes. By them a search looks at its own project's words
 * alone, however often other projects say the same ones.
 */
export function wordPrefixOf(projectId: string): string {
  return createHash('sha256').update(projectId).digest('hex').slice(0, 4)
}

/** The words of a message as they stand in the index of its project, with a space between. */
export function wordsInIndex(projectId: string, text: string): string {
  const prefix = wordPrefixOf(projectId)
  return indexedWords(text)
    .map((word) => prefix + word)
    .join(' ')
}

function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(accents, '')
    .toLowerCase()
    .replace(alikePattern, (letter) => alike[letter] ?? letter)
    .normalize('NFKC')
    .replace(notWords, '')
    .slice(0, maxWordLength)
}
