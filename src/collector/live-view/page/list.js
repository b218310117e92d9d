import { addressOf, visitorAddress } from './address.js'
import { element } from './elements.js'
import { counted, timeElement } from './format.js'
import { markedNodes } from './marks.js'

/** @typedef {import('../summary.ts').ConversationSummary} Summary */

/**
 * The list of conversations, the one in which something last happened first.
 *
 * @param {HTMLElement} list
 */
export function createList(list) {
  /** @type {Map<string, Summary>} */
  const summaries = new Map()
  /** @type {string | null} */
  let selectedId = null

  /** @param {Summary} summary */
  function show(summary) {
    const shown = itemOf(summary.id)
    summaries.set(summary.id, summary)
    // A link that is taken away under a pressed button hears of no click.
    if (shown?.matches(':active')) return whenReleased(() => showAgain(summary.id))
    const item = createItem(summary, summary.id === selectedId)
    if (shown) swap(shown, item)
    place(list, item)
  }

  /** @param {string} id */
  function showAgain(id) {
    const newest = summaries.get(id)
    if (newest) show(newest)
  }

  /** @param {string} id */
  const itemOf = (id) => [...list.children].find((item) => item.getAttribute('data-id') === id)

  return {
    /** Empties it, for other filters. */
    clear() {
      summaries.clear()
      list.replaceChildren()
    },

    /** @param {string[]} ids of conversations that were erased */
    remove(ids) {
      for (const id of ids) summaries.delete(id)
      removeItems(list, ids.map(itemOf))
    },

    /** @returns {string[]} */
    ids: () => [...summaries.keys()],

    /** @returns {number} conversations in it */
    size: () => summaries.size,

    /** @param {Summary[]} page conversations to add, or to bring up to date */
    addPage(page) {
      list.querySelector('.empty')?.remove()
      for (const summary of page) show(summary)
    },

    /** @param {boolean} isNarrowed says that there is nothing, or nothing of what was asked for */
    sayIfEmpty(isNarrowed) {
      if (summaries.size === 0) list.replaceChildren(isNarrowed ? nothingFound() : emptyList())
    },

    /**
     * @param {Summary} summary just stored: shown with a flash
     * @returns {boolean} whether the list didn't hold it before
     */
    addStored(summary) {
      const isNew = !summaries.has(summary.id)
      list.querySelector('.empty')?.remove()
      show(summary)
      itemOf(summary.id)?.classList.add('just-stored')
      return isNew
    },

    /** Makes its links keep the filters of the address. */
    renewAddresses: () => renewAddresses(list),

    /** @param {string | null} id */
    select(id) {
      selectedId = id
      markSelected(list, id)
    },
  }
}

/**
 * Who stands on one that goes, goes on from the list.
 *
 * @param {HTMLElement} list
 * @param {(Element | undefined)[]} items
 */
function removeItems(list, items) {
  for (const item of items) {
    const hadFocus = item?.contains(document.activeElement)
    item?.remove()
    if (hadFocus) list.focus()
  }
}

/**
 * @param {HTMLElement} list
 * @param {string | null} id
 */
function markSelected(list, id) {
  for (const item of list.children) {
    const link = item.querySelector('a')
    if (item.getAttribute('data-id') === id) link?.setAttribute('aria-current', 'true')
    else link?.removeAttribute('aria-current')
  }
}

/** @param {HTMLElement} list */
function renewAddresses(list) {
  for (const item of list.children) {
    const id = item.getAttribute('data-id')
    if (id !== null) item.querySelector('a')?.setAttribute('href', addressOf({ id }))
  }
}

/**
 * Puts an item where its last activity belongs, unless it stands there.
 *
 * @param {HTMLElement} list
 * @param {Element} item
 */
function place(list, item) {
  const [before, after] = [item.previousElementSibling, item.nextElementSibling]
  const isPlaced = (!before || activeMs(before) >= activeMs(item)) && (!after || activeMs(after) <= activeMs(item))
  if (isPlaced && item.parentElement === list) return
  const hadFocus = item.contains(document.activeElement)
  const older = [...list.children].find((other) => other !== item && activeMs(other) < activeMs(item))
  list.insertBefore(item, older ?? null)
  if (hadFocus) item.querySelector('a')?.focus()
}

/** @type {Record<Summary['troubles'][number], string>} */
const troubleNames = {
  failed: 'answer failed',
  stopped: 'answer stopped',
  interrupted: 'answer interrupted',
  unanswered: 'no answer',
  disliked: 'disliked',
  asked_again: 'asked again',
  not_found: 'could not find',
}

/** @param {Element} item */
const activeMs = (item) => Number(item.getAttribute('data-active'))

/**
 * A conversation as lists show it.
 *
 * @param {Summary} summary
 * @param {boolean} selected
 * @param {string} [href] where it leads to; the conversation, in this list, if nothing is given
 */
export function createItem(summary, selected, href = addressOf({ id: summary.id })) {
  const { id, updatedAt, excerpt, found, visitor, messages, linkClicks, troubles, part } = summary
  const facts = [
    ...troubles.map((trouble) => element('span', { class: 'chip warning' }, [troubleNames[trouble]])),
    part ? element('span', { class: 'chip' }, [`part ${part}`]) : null,
  ]
  const counts = [counted(messages, 'message'), ...(linkClicks ? [counted(linkClicks, 'click')] : [])].join(' · ')
  const link = element('a', { class: 'open', href, ...(selected && { 'aria-current': 'true' }) }, [
    element('span', { class: 'row' }, [
      element('span', { class: 'excerpt', dir: 'auto' }, [excerpt || 'No words yet']),
      timeElement(updatedAt, 'ago'),
    ]),
    found ? element('span', { class: 'found', dir: 'auto' }, markedNodes(found.line, found.marks)) : null,
    element('span', { class: 'facts' }, [...facts, element('span', { class: 'size' }, [counts])]),
  ])
  return element('li', { 'data-id': id, 'data-active': String(Date.parse(updatedAt)) }, [link, visitorLink(visitor)])
}

/** @param {string | null} visitor */
function visitorLink(visitor) {
  if (visitor === null) return element('span', { class: 'visitor' }, ['no visitor id'])
  const title = `Everything of the visitor ${visitor}`
  return element('a', { class: 'visitor', href: visitorAddress(visitor), title }, [element('bdi', {}, [visitor])])
}

/**
 * Calls back once the button is up, or the touch over, and the click was heard.
 *
 * @param {() => void} callback
 */
function whenReleased(callback) {
  const heard = new AbortController()
  for (const name of ['pointerup', 'pointercancel', 'dragend']) {
    const release = () => {
      heard.abort()
      setTimeout(callback)
    }
    addEventListener(name, release, { signal: heard.signal })
  }
}

/**
 * @param {Element} shown
 * @param {Element} item
 */
function swap(shown, item) {
  const hadFocus = shown.contains(document.activeElement)
  shown.replaceWith(item)
  if (hadFocus) item.querySelector('a')?.focus()
}

function nothingFound() {
  return element('li', { class: 'empty' }, [
    element('strong', {}, ['Nothing found']),
    element('p', {}, ['No conversation matches the search and all filters. Change the words, or remove a filter.']),
  ])
}

function emptyList() {
  return element('li', { class: 'empty' }, [
    element('strong', {}, ['Nothing stored yet']),
    element('p', {}, ['A conversation appears here the moment the collector stores it.']),
  ])
}
