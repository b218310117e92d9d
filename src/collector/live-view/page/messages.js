import { element } from './elements.js'
import { formatBytes, formatSeconds, timeElement } from './format.js'
import { notedFeedback, reactionList } from './reactions.js'
import { safeLink } from './safe-link.js'

/**
 * @typedef {import('../../../contract/answer.ts').StoredMessage} Message
 * @typedef {import('../../store/conversation-facets.ts').LinkClick} LinkClick
 */

/** Characters of a text that are shown at once: laying out a megabyte would hold the page for seconds. */
const maxShownLength = 20_000

/**
 * What is shown with a message.
 *
 * @typedef {object} Surroundings
 * @property {LinkClick[]} clicks of this message
 * @property {boolean} isReplaced whether a later answer stands in its place on the page
 * @property {Message | undefined} before the message before it
 * @property {import('../../../contract/event.ts').EventAnswer[]} events
 * @property {import('../../../contract/feedback.ts').FeedbackAnswer[]} feedback
 */

/**
 * @param {Message} message
 * @param {Surroundings} surroundings
 */
export function messageItem(message, { clicks, isReplaced, before, events, feedback }) {
  const { role, name, createdAt, content, links, properties, tool_calls: toolCalls } = message
  const status = statusOf(message)
  const noted = notedFeedback(chatlogProperties(properties)?.feedback)
  // The page's script says it again by itself, under an id of the message's.
  const others = feedback.filter(({ id }) => noted.length === 0 || id !== `${message.id}-feedback`)
  const bubble = element('div', { class: 'bubble' }, [
    ...contentNodes(content),
    ...(toolCalls ?? []).map(toolCallElement),
    links?.length || clicks.length ? linkList(links ?? [], clicks, createdAt) : null,
    reactionList(events, [...noted, ...others]),
  ])
  const line = element('p', { class: 'byline' }, [
    element('strong', {}, [name ? `${role} (${name})` : role]),
    ' ',
    timeElement(createdAt, 'clock'),
    before ? element('span', {}, [gapText(before, message)]) : null,
    status && status !== 'complete' ? element('span', { class: 'chip warning' }, [status]) : null,
    isReplaced ? element('span', { class: 'chip warning' }, ['replaced']) : null,
  ])
  return element('li', { class: `message ${['user', 'system'].includes(role) ? role : 'assistant'}` }, [line, bubble])
}

/**
 * How long after the message before it this one began.
 *
 * @param {Message} before
 * @param {Message} message
 */
function gapText(before, message) {
  const gap = formatSeconds(before.createdAt, message.createdAt)
  if (gap === null) return ''
  return before.role === 'user' && message.role === 'assistant' ? `answered after ${gap}` : `${gap} later`
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
 * @returns {{ status?: unknown, replaces?: unknown, feedback?: unknown } | undefined | null}
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
 * @param {string} shownAt
 */
function linkList(links, clicks, shownAt) {
  const cited = links.map(({ url, label, title }) =>
    linkItem(url, label ?? title ?? url, clicksOn(url, clicks), shownAt),
  )
  const others = clicks.filter((click) => !links.some(({ url }) => sameUrl(url, click.url)))
  const otherUrls = [...new Set(others.map(({ url }) => url))]
  return element('ul', { class: 'links', 'aria-label': 'Links' }, [
    ...cited,
    ...otherUrls.map((url) => {
      const here = clicksOn(url, others)
      return linkItem(url, here[0]?.label || url, here, shownAt)
    }),
  ])
}

/**
 * @param {string} url
 * @param {string} text
 * @param {LinkClick[]} clicks
 * @param {string} [shownAt] since when it could be clicked
 */
export function linkItem(url, text, clicks, shownAt) {
  const last = clicks.at(-1)
  const wait = shownAt && clicks.length === 1 && last?.clickedAt ? formatSeconds(shownAt, last.clickedAt) : null
  const clicked = last
    ? element('span', { class: 'clicked' }, [
        clicks.length > 1 ? `clicked ${clicks.length} times, last ` : 'clicked ',
        last.clickedAt ? timeElement(last.clickedAt, 'clock') : '',
        wait ? `, ${wait} after` : '',
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
