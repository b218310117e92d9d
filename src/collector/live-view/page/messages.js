import { element } from './elements.js'
import { formatBytes, formatSeconds, timeElement } from './format.js'
import { markdownElement } from './markdown.js'
import { markWords } from './marks.js'
import { notedFeedback, reactionList } from './reactions.js'
import { imageText, safeLink, wholeUrl } from './safe-link.js'

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
 * @property {string | null} baseUrl of the page on which it was said: what relative links are read against
 * @property {import('./reading.js').Reading} reading
 * @property {ReadonlySet<string>} words that were searched for, as messages write them
 */

/**
 * @param {Message} message
 * @param {Surroundings} surroundings
 */
export function messageItem(message, { clicks, isReplaced, before, events, feedback, baseUrl, reading, words }) {
  const { role, name, createdAt, content, links, properties, tool_calls: toolCalls } = message
  const status = statusOf(message)
  const noted = notedFeedback(chatlogProperties(properties)?.feedback)
  // The page's script says it again by itself, under an id of the message's.
  const others = feedback.filter(({ id }) => noted.length === 0 || id !== `${message.id}-feedback`)
  const bubble = element('div', { class: 'bubble' }, [
    ...contentNodes(content, { isMarkdown: !['user', 'system'].includes(role), baseUrl, reading, words }),
    ...(toolCalls ?? []).map(toolCallElement),
    links?.length || clicks.length ? linkList(links ?? [], clicks, { shownAt: createdAt, baseUrl }) : null,
    reactionList(events, [...noted, ...others]),
  ])
  const line = element('p', { class: 'byline' }, [
    element('strong', { dir: 'auto' }, [name ? `${role} (${name})` : role]),
    ' ',
    timeElement(createdAt, 'clock'),
    before ? element('span', {}, [gapText(before, message)]) : null,
    status && status !== 'complete'
      ? element('span', { class: 'chip warning' }, [statusNames[status] ?? status])
      : null,
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

/** How an answer ended, in words. @type {Record<string, string>} */
const statusNames = { aborted: 'stopped', error: 'failed', streaming: 'still being written' }

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

/**
 * How a message's text is shown: what people typed as they typed it, answers as their Markdown means them.
 *
 * @typedef {{ isMarkdown: boolean, words: ReadonlySet<string> } & Pick<Surroundings, 'baseUrl' | 'reading'>} TextStyle `words` are marked
 */

/**
 * @param {Message['content']} content
 * @param {TextStyle} style
 */
function contentNodes(content, style) {
  if (content === null || content === '') return [element('p', { class: 'faint' }, ['no text'])]
  if (typeof content === 'string') return textNodes(content, style)
  return content.flatMap((part) =>
    part.type === 'text'
      ? textNodes(part.text, style)
      : [element('p', {}, [imageText(part.image_url.url, '', style.baseUrl)])],
  )
}

/**
 * @param {string} text
 * @param {TextStyle} style
 */
function textNodes(text, { isMarkdown, baseUrl, reading, words }) {
  const place = element('div', { class: 'text' })
  let shown = text.slice(0, maxShownLength)
  const show = (/** @type {boolean} */ isRaw) => {
    const written = element('p', { class: 'written', dir: 'auto' }, [shown])
    const formatted = isMarkdown && !isRaw && shown.length <= maxShownLength ? markdownElement(shown, baseUrl) : written
    // Marks alone (`>`, `- -`) mean an empty list or quotation: what was written says more.
    place.replaceChildren(formatted.textContent?.trim() ? formatted : written)
    markWords(place, words)
  }
  reading.follow(place, show)
  if (text.length <= maxShownLength) return [place]
  const size = formatBytes(new TextEncoder().encode(text).length)
  const all = element('button', { type: 'button', class: 'quiet' }, [`Show all ${size}`])
  all.addEventListener('click', () => {
    shown = text
    show(true)
    all.remove()
  })
  return [place, all]
}

/** @param {NonNullable<Message['tool_calls']>[number]} call */
function toolCallElement({ function: { name, arguments: given } }) {
  return element('details', { class: 'tool-call' }, [
    element('summary', {}, [`calls ${name}`]),
    element('pre', {}, [given]),
  ])
}

/**
 * The links that a message cites and those that were clicked in it, each address once.
 *
 * @param {NonNullable<Message['links']>} links
 * @param {LinkClick[]} clicks
 * @param {{ shownAt: string, baseUrl: string | null }} place
 */
function linkList(links, clicks, { shownAt, baseUrl }) {
  // A widget may cite `/guide` or `https://docs.example.com`; a click is noted as the browser resolved it. Where the page
  // isn't known, a click tells its site.
  const base = baseUrl ?? clicks.find(({ url }) => wholeUrl(url))?.url ?? null
  const addressOf = (/** @type {string} */ url) => wholeUrl(url, base) ?? url
  /** @type {Map<string, { url: string, text: string, clicks: LinkClick[] }>} */
  const found = new Map()
  for (const { url, label, title } of links) {
    const known = found.get(addressOf(url))
    if (!known) found.set(addressOf(url), { url, text: label?.trim() || title?.trim() || '', clicks: [] })
    else known.text ||= label?.trim() || title?.trim() || ''
  }
  for (const click of clicks) {
    const known = found.get(addressOf(click.url))
    if (known) known.clicks.push(click)
    else found.set(addressOf(click.url), { url: click.url, text: click.label?.trim() ?? '', clicks: [click] })
  }
  return element(
    'ul',
    { class: 'links', 'aria-label': 'Links' },
    [...found.values()].map((link) => linkItem(link.url, link.text, link.clicks, { shownAt, baseUrl: base })),
  )
}

/**
 * @param {string} url
 * @param {string} text empty where it has no label: then its address stands for it
 * @param {LinkClick[]} clicks
 * @param {{ shownAt?: string, baseUrl: string | null }} place since when it could be clicked, and on which page
 */
export function linkItem(url, text, clicks, { shownAt, baseUrl }) {
  const last = clicks.at(-1)
  const wait = shownAt && clicks.length === 1 && last?.clickedAt ? formatSeconds(shownAt, last.clickedAt) : null
  const clicked = last
    ? element('span', { class: 'clicked' }, [
        clicks.length > 1 ? `clicked ${clicks.length} times, last ` : 'clicked ',
        last.clickedAt ? timeElement(last.clickedAt, 'clock') : '',
        wait ? `, ${wait} after` : '',
      ])
    : null
  return element('li', {}, [safeLink(url, text || (wholeUrl(url, baseUrl) ?? url), baseUrl), ' ', clicked])
}
