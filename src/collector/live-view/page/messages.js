import { element } from './elements.js'
import { formatBytes, timeElement } from './format.js'
import { safeLink } from './safe-link.js'

/**
 * @typedef {import('../../../contract/answer.ts').StoredMessage} Message
 * @typedef {import('../../conversation-facets.ts').LinkClick} LinkClick
 */

/** Characters of a text that are shown at once: laying out a megabyte would hold the page for seconds. */
const maxShownLength = 20_000

/**
 * @param {Message} message
 * @param {LinkClick[]} clicks of this message
 * @param {boolean} isReplaced whether a later answer stands in its place on the page
 */
export function messageItem(message, clicks, isReplaced) {
  const { role, name, createdAt, content, links, tool_calls: toolCalls } = message
  const status = statusOf(message)
  const bubble = element('div', { class: 'bubble' }, [
    ...contentNodes(content),
    ...(toolCalls ?? []).map(toolCallElement),
    links?.length || clicks.length ? linkList(links ?? [], clicks) : null,
  ])
  const line = element('p', { class: 'byline' }, [
    element('strong', {}, [name ? `${role} (${name})` : role]),
    ' ',
    timeElement(createdAt, 'clock'),
    status && status !== 'complete' ? element('span', { class: 'chip warning' }, [status]) : null,
    isReplaced ? element('span', { class: 'chip warning' }, ['replaced']) : null,
  ])
  return element('li', { class: `message ${['user', 'system'].includes(role) ? role : 'assistant'}` }, [line, bubble])
}

/**
 * @param {Message} message
 * @returns {unknown} the id of the message that it was written in place of
 */
export const replacedIdOf = ({ properties }) => chatlogProperties(properties)?.replaces

/** @param {Message} message */
function statusOf({ properties }) {
  const status = chatlogProperties(properties)?.status
  return typeof status === 'string' ? status : null
}

/**
 * @param {Message['properties']} properties
 * @returns {{ status?: unknown, replaces?: unknown } | undefined | null}
 */
const chatlogProperties = (properties) => /** @type {{}} */ (properties?.chatlog)

/** @param {Message['content']} content */
function contentNodes(content) {
  if (content === null || content === '') return [element('p', { class: 'faint' }, ['no text'])]
  if (typeof content === 'string') return textNodes(content)
  return content.flatMap((part) => (part.type === 'text' ? textNodes(part.text) : [imagePart(part.image_url.url)]))
}

/** @param {string} text */
function textNodes(text) {
  const paragraph = element('p', { class: 'text' }, [text.slice(0, maxShownLength)])
  if (text.length <= maxShownLength) return [paragraph]
  const size = formatBytes(new TextEncoder().encode(text).length)
  const all = element('button', { type: 'button', class: 'quiet' }, [`Show all ${size}`])
  all.addEventListener('click', () => {
    paragraph.textContent = text
    all.remove()
  })
  return [paragraph, all]
}

/**
 * An image is named, never loaded: loading it would tell its host who reads this.
 *
 * @param {string} url
 */
function imagePart(url) {
  return element('p', { class: 'faint' }, ['image ', safeLink(url, url.length > 80 ? `${url.slice(0, 80)}…` : url)])
}

/** @param {NonNullable<Message['tool_calls']>[number]} call */
function toolCallElement({ function: { name, arguments: given } }) {
  return element('details', { class: 'tool-call' }, [
    element('summary', {}, [`calls ${name}`]),
    element('pre', {}, [given]),
  ])
}

/**
 * @param {NonNullable<Message['links']>} links
 * @param {LinkClick[]} clicks
 */
function linkList(links, clicks) {
  const cited = links.map(({ url, label, title }) => linkItem(url, label ?? title ?? url, clicksOn(url, clicks)))
  const others = clicks.filter((click) => !links.some(({ url }) => sameUrl(url, click.url)))
  const otherUrls = [...new Set(others.map(({ url }) => url))]
  return element('ul', { class: 'links', 'aria-label': 'Links' }, [
    ...cited,
    ...otherUrls.map((url) => {
      const here = clicksOn(url, others)
      return linkItem(url, here[0]?.label || url, here)
    }),
  ])
}

/**
 * @param {string} url
 * @param {string} text
 * @param {LinkClick[]} clicks
 */
export function linkItem(url, text, clicks) {
  const last = clicks.at(-1)
  const clicked = last
    ? element('span', { class: 'clicked' }, [
        clicks.length > 1 ? `clicked ${clicks.length} times, last ` : 'clicked ',
        last.clickedAt ? timeElement(last.clickedAt, 'clock') : '',
      ])
    : null
  return element('li', {}, [safeLink(url, text), ' ', clicked])
}

/**
 * @param {string} url
 * @param {LinkClick[]} clicks
 */
const clicksOn = (url, clicks) => clicks.filter((click) => sameUrl(click.url, url))

/**
 * A widget may cite `/guide` or `https://docs.example.com`; a click is noted as the browser resolved it.
 *
 * @param {string} one
 * @param {string} other
 */
function sameUrl(one, other) {
  return one === other || (URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href)
}
