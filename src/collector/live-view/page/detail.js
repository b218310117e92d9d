import { addressOf, addressWith, visitorAddress } from './address.js'
import { element } from './elements.js'
import { eraseButton } from './erasing.js'
import { counted, formatBytes, sizeMeter, timeElement } from './format.js'
import { messageLists } from './message-lists.js'
import { linkItem } from './messages.js'
import { reactionList } from './reactions.js'
import { createReading } from './reading.js'
import { safeLink } from './safe-link.js'

/**
 * @typedef {import('../data-routes.ts').ConversationDetail} Detail
 * @typedef {{ page?: { url?: string, title?: string }, visitorId?: string, continues?: string, continuedIn?: string }} ChatlogProperties
 */

const reading = createReading()

/** What the pane says while no conversation is chosen. */
export function noConversation(/** @type {() => void} */ setUp) {
  const button = element('button', { type: 'button', class: 'quiet' }, ['Set up a page'])
  button.addEventListener('click', setUp)
  return element('div', { class: 'nothing' }, [element('p', {}, ['Choose a conversation to read it.']), button])
}

/** @param {string} text */
export function notice(text) {
  return element('div', { class: 'nothing' }, [backLink(), element('p', {}, [text])])
}

/**
 * @param {Detail} detail
 * @param {() => void} erased called once somebody has deleted it here
 */
export function conversationElement(detail, erased) {
  const { conversation, summary, linkClicks, events } = detail
  const baseUrl = pageOf(detail)?.url ?? null
  const outside = linkClicks.map((click) => linkItem(click.url, click.label?.trim() ?? '', [click], { baseUrl }))
  reading.clear()
  const words = new Set(detail.found?.words)
  const { whole: messages, reveal } = messageLists(detail, { baseUrl, reading, words })
  const article = element('article', { class: 'conversation' }, [
    backLink(),
    element('div', { class: 'title' }, [
      element('h2', { dir: 'auto' }, [summary.excerpt || 'No words yet']),
      conversation.messages.some(isAnswer) ? rawSwitch() : null,
      detail.mayErase ? deleteButton(conversation.id, erased) : null,
    ]),
    facts(detail),
    sizeElement(summary),
    foundBar(detail.found?.places ?? [], reveal),
    messages,
    outside.length
      ? element('section', { class: 'outside' }, [
          element('h3', {}, ['Clicked outside the messages']),
          element('ul', { class: 'links' }, outside),
        ])
      : null,
    reactionList(
      events.filter(({ entityType }) => entityType === 'conversation'),
      [],
    ),
    rawJson(detail),
  ])
  return {
    article,
    /** Brings the first hit of a search onto the screen. */ showFound: () => reveal(firstFound(detail)),
  }
}

/** @param {Detail} detail */
const firstFound = ({ found }) => found?.places[0] ?? -1

/**
 * Leads from one message that says what was searched for to the next.
 *
 * @param {readonly number[]} places
 * @param {(place: number) => void} reveal
 */
function foundBar(places, reveal) {
  if (places.length === 0) return null
  let shown = 0
  const text = element('span', { role: 'status' })
  const step = (/** @type {string} */ label, /** @type {number} */ by) => {
    const button = element('button', { type: 'button', class: 'quiet' }, [label])
    button.addEventListener('click', () => {
      shown = (shown + by + places.length) % places.length
      say()
      reveal(places[shown] ?? 0)
    })
    return button
  }
  const say = () => {
    text.textContent = `${shown + 1} of ${counted(places.length, 'message')} found`
  }
  say()
  const steps = places.length > 1 ? [step('Previous', -1), step('Next', 1)] : []
  return element('p', { class: 'found-bar' }, [text, ...steps])
}

/** @param {Detail['conversation']['messages'][number]} message */
const isAnswer = ({ role }) => role !== 'user' && role !== 'system'

/** A button that shows answers as they were written, and again as their Markdown means them. */
function rawSwitch() {
  const button = element('button', { type: 'button', class: 'quiet' }, ['Raw text'])
  reading.follow(button, (isRaw) => button.setAttribute('aria-pressed', String(isRaw)))
  button.addEventListener('click', () => reading.switch())
  return button
}

/**
 * @param {string} id
 * @param {() => void} erased
 */
const deleteButton = (id, erased) =>
  eraseButton({
    label: 'Delete…',
    question: 'Delete this conversation?',
    path: `/live-view/conversations/${encodeURIComponent(id)}`,
    erased,
  })

/** @param {Detail} detail */
const chatlogOf = ({ conversation }) => /** @type {ChatlogProperties} */ (conversation.properties?.chatlog ?? {})

/**
 * @param {Detail} detail
 * @returns {{ url: string, title?: string } | null} the page on which the conversation began
 */
function pageOf(detail) {
  const { page } = chatlogOf(detail)
  return typeof page?.url === 'string' ? { ...page, url: page.url } : null
}

const backLink = () => element('a', { class: 'back', href: addressOf({ id: null }) }, ['All conversations'])

/** How a visitor is told apart, in words. @type {Record<string, string>} */
const knownBy = {
  COOKIED: 'the id in a cookie',
  ID_PROVIDED: 'an id that the site gave',
  ANONYMOUS: 'this page alone, without a cookie',
}

/** @param {Detail} detail */
function facts(detail) {
  const { conversation, summary } = detail
  const page = pageOf(detail)
  const { visitor, identificationType, createdAt, updatedAt } = summary
  const { visitorId, continues, continuedIn } = chatlogOf(detail)
  return element('dl', { class: 'fact-grid' }, [
    ...fact('Visitor', visitor === null ? 'no id' : visitorLink(visitor)),
    ...fact('Known by', knownBy[identificationType ?? ''] ?? identificationType ?? 'not said'),
    ...(visitorId && visitorId !== visitor ? fact('Cookie id', visitorLink(visitorId)) : []),
    ...fact('Started', timeElement(createdAt, 'full')),
    ...fact('Last change', timeElement(updatedAt, 'full')),
    ...(page ? fact('Page', safeLink(page.url, page.title || page.url)) : []),
    ...(conversation.tags?.length ? fact('Tags', tagLinks(conversation.tags)) : []),
    ...(continues ? fact('Continues', conversationLink(continues)) : []),
    ...(continuedIn ? fact('Continued in', conversationLink(continuedIn)) : []),
    ...(conversation.externalId ? fact('The site’s own id', code(conversation.externalId)) : []),
    ...fact('Id', code(conversation.id)),
  ])
}

/**
 * @param {string} name
 * @param {Node | string} value
 */
const fact = (name, value) => [element('dt', {}, [name]), element('dd', {}, [value])]

/**
 * Leads to the other conversations that have it.
 *
 * @param {string} name of a filter
 * @param {string} value
 */
const filterLink = (name, value) =>
  element('a', { href: addressWith(name, value), title: `Conversations with this ${name}` }, [
    element('bdi', {}, [value]),
  ])

/** @param {string} visitor */
const visitorLink = (visitor) =>
  element('a', { href: visitorAddress(visitor), title: 'Everything of this visitor' }, [code(visitor)])

/** @param {string[]} tags */
const tagLinks = (tags) =>
  element(
    'span',
    { class: 'tags' },
    tags.map((tag) => filterLink('tag', tag)),
  )

/** @param {string} text */
const code = (text) => element('code', { dir: 'auto' }, [text])

/** @param {string} id */
const conversationLink = (id) => element('a', { href: addressOf({ id }) }, [id])

/** @param {Detail['summary']} summary */
function sizeElement({ bytes, maxBytes, messages }) {
  const share = ((bytes / maxBytes) * 100).toFixed(bytes / maxBytes < 0.1 ? 2 : 0)
  return element('div', { class: 'size-large' }, [
    sizeMeter(bytes, maxBytes),
    element('p', {}, [
      `${formatBytes(bytes)} of ${formatBytes(maxBytes)} (${share} %), ${counted(messages, 'message')}`,
    ]),
  ])
}

/** @param {Detail} detail */
function rawJson({ conversation }) {
  const pre = element('pre', { tabindex: '0', 'aria-label': 'The conversation as JSON' })
  const copy = element('button', { type: 'button', class: 'quiet' }, ['Copy'])
  const details = element('details', { class: 'raw' }, [element('summary', {}, ['Raw JSON']), copy, pre])
  const json = () => JSON.stringify(conversation, null, 2)
  // Written when it is opened: two megabytes of text that nobody reads would make every update slow.
  details.addEventListener('toggle', () => {
    if (details.open && !pre.textContent) pre.textContent = json()
  })
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(json())
    copy.textContent = 'Copied'
  })
  return details
}
