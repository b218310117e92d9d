import { element } from './elements.js'

// A word of a text, as the collector takes texts apart: scripts without spaces have a word for each character.
const unspaced = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]`

/** Words of a text; the collector's own pattern. */
export const wordPattern = new RegExp(`${unspaced}|(?:(?!${unspaced})[\\p{L}\\p{N}\\p{M}])+`, 'gu')

/**
 * Marks words wherever they stand in an element, whatever they are written in: code, a link, a cell.
 *
 * @param {Element} whole
 * @param {ReadonlySet<string>} words as they are written there
 */
export function markWords(whole, words) {
  if (words.size === 0) return
  const walker = document.createTreeWalker(whole, NodeFilter.SHOW_TEXT)
  /** @type {Text[]} */
  const texts = []
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode))
  for (const text of texts) markText(text, words)
}

/**
 * @param {Text} text
 * @param {ReadonlySet<string>} words
 */
function markText(text, words) {
  const found = [...text.data.matchAll(wordPattern)].filter(([word]) => words.has(word))
  if (found.length === 0) return
  const marks = found.map(({ 0: word, index }) => ({ from: index, to: index + word.length }))
  text.replaceWith(...markedNodes(text.data, marks))
}

/**
 * A text with parts of it marked. What stands side by side is one mark.
 *
 * @param {string} text
 * @param {readonly { from: number, to: number }[]} marks in their order
 * @returns {(string | Element)[]}
 */
export function markedNodes(text, marks) {
  /** @type {(string | Element)[]} */
  const nodes = []
  let end = 0
  for (let index = 0; index < marks.length; index++) {
    const { from = 0, to = 0 } = marks[index] ?? {}
    let last = to
    while (marks[index + 1]?.from === last) last = marks[++index]?.to ?? last
    nodes.push(text.slice(end, from), element('mark', {}, [text.slice(from, last)]))
    end = last
  }
  return [...nodes, text.slice(end)]
}
