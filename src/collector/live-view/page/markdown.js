import { element } from './elements.js'
import MarkdownIt from './markdown-it.js'
import { imageText, safeLink } from './safe-link.js'

/** @typedef {ReturnType<InstanceType<typeof MarkdownIt>['parse']>[number]} Token */

const parser = new MarkdownIt({ html: false, linkify: true, breaks: true })
// `README.md` and `config.io` are names of files more often than addresses of hosts.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false })

/**
 * Text written in Markdown, as elements. The parser only gives tokens, and each becomes one of the elements named here:
 * HTML in the text stays text, a link that runs code can't be followed, and an image is named and never loaded.
 *
 * @param {string} text
 * @param {string | null} baseUrl what relative links are read against
 */
export function markdownElement(text, baseUrl) {
  const whole = element('div', { class: 'markdown' })
  append(whole, parser.parse(text, {}), baseUrl)
  return whole
}

/**
 * @param {HTMLElement} whole
 * @param {readonly Token[]} tokens
 * @param {string | null} baseUrl
 */
function append(whole, tokens, baseUrl) {
  let place = whole
  /** @type {HTMLElement[]} */
  const outer = []
  for (const token of tokens) {
    if (token.nesting < 0) place = outer.pop() ?? whole
    else if (token.nesting > 0) {
      outer.push(place)
      place = token.hidden ? place : opened(place, token, baseUrl)
    } else if (token.type === 'inline') append(place, token.children ?? [], baseUrl)
    else place.append(leaf(token, baseUrl))
  }
}

/** Elements that hold others, by the name that the parser gives them. */
const holders = /** @type {Set<keyof HTMLElementTagNameMap>} */ (
  new Set(['p', 'ul', 'ol', 'li', 'blockquote', 'em', 'strong', 's', 'thead', 'tbody', 'tr', 'th', 'td'])
)

/** Blocks whose own first letter says from which side they are read. */
const blocks = new Set(['p', 'ul', 'ol', 'blockquote', 'h3', 'th', 'td'])

/**
 * Makes the element that a token opens.
 *
 * @param {HTMLElement} place
 * @param {Token} token
 * @param {string | null} baseUrl
 * @returns {HTMLElement} what the next tokens stand in
 */
function opened(place, token, baseUrl) {
  if (token.tag === 'table') return openedTable(place)
  const made = token.tag === 'a' ? safeLink(String(token.attrGet('href') ?? ''), '', baseUrl) : holder(token, place)
  place.append(made)
  return made
}

/** @param {HTMLElement} place */
function openedTable(place) {
  const table = element('table')
  place.append(element('div', { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': 'Table' }, [table]))
  return table
}

/**
 * @param {Token} token
 * @param {HTMLElement} place
 */
function holder({ tag, attrs }, place) {
  const isHeading = /^h[1-6]$/.test(tag)
  // Every heading of an answer is one below the conversation's own.
  const name = isHeading ? 'h3' : ([...holders].find((known) => known === tag) ?? 'span')
  // What says its own direction tells nothing of that of what it stands in: a list takes its own from its entries.
  const isOfItsOwn = name !== 'p' || !place.closest('ul, ol, blockquote')
  const made = element(name, blocks.has(name) && isOfItsOwn ? { dir: 'auto' } : {})
  if (isHeading) made.className = `heading-${tag}`
  const given = new Map(attrs ?? [])
  const start = given.get('start')
  if (name === 'ol' && start) made.setAttribute('start', String(start))
  // The policy lets no style stand in an attribute.
  const align = /text-align:(center|right|left)/.exec(String(given.get('style') ?? ''))?.[1]
  if (align) made.className = `align-${align}`
  return made
}

/**
 * @param {Token} token
 * @param {string | null} baseUrl
 * @returns {Node | string}
 */
function leaf(token, baseUrl) {
  const { type, content, info } = token
  if (type === 'softbreak' || type === 'hardbreak') return element('br')
  if (type === 'hr') return element('hr')
  if (type === 'code_inline') return element('code', { dir: 'ltr' }, [content])
  if (type === 'image') return imageText(String(token.attrGet('src') ?? ''), content, baseUrl)
  if (type === 'fence' || type === 'code_block') return codeBlock(content, info.trim().split(/\s/, 1)[0] ?? '')
  return content
}

/**
 * @param {string} content
 * @param {string} language as the answer names it
 */
function codeBlock(content, language) {
  const label = language ? `Code, ${language.slice(0, 40)}` : 'Code'
  const code = element('code', {}, [content.replace(/\n$/, '')])
  return element('pre', { class: 'code', dir: 'ltr', tabindex: '0', role: 'group', 'aria-label': label }, [code])
}
