import { element } from './elements.js'
import { counted, formatBytes, sizeMeter, timeElement } from './format.js'

/** @typedef {import('../summary.ts').ConversationSummary} Summary */

/**
 * The list of conversations, newest first.
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
    const item = createItem(summary, summary.id === selectedId)
    summaries.set(summary.id, summary)
    if (shown) return swap(shown, item)
    const older = [...list.children].find((other) => (other.getAttribute('data-created') ?? '') < summary.createdAt)
    list.insertBefore(item, older ?? null)
  }

  /** @param {string} id */
  const itemOf = (id) => [...list.children].find((item) => item.getAttribute('data-id') === id)

  return {
    /** @param {Summary[]} page conversations to add, or to bring up to date */
    addPage(page) {
      list.querySelector('.empty')?.remove()
      for (const summary of page) show(summary)
      if (summaries.size === 0) list.append(emptyList())
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

    /** @param {string | null} id */
    select(id) {
      selectedId = id
      for (const item of list.children) {
        const link = item.querySelector('a')
        if (item.getAttribute('data-id') === id) link?.setAttribute('aria-current', 'true')
        else link?.removeAttribute('aria-current')
      }
    },
  }
}

/**
 * @param {Summary} summary
 * @param {boolean} selected
 */
function createItem(summary, selected) {
  const { id, createdAt, excerpt, visitor, identificationType, messages, linkClicks, bytes, maxBytes, part } = summary
  const facts = [
    element('span', { class: 'visitor', title: visitor ?? '' }, [visitor ?? 'no visitor id']),
    identificationType ? element('span', { class: 'chip' }, [identificationType]) : null,
    part ? element('span', { class: 'chip' }, [`part ${part}`]) : null,
  ]
  const counts = [counted(messages, 'message'), ...(linkClicks ? [counted(linkClicks, 'click')] : [])].join(' · ')
  const link = element('a', { href: `#${new URLSearchParams({ id })}`, ...(selected && { 'aria-current': 'true' }) }, [
    element('span', { class: 'row' }, [
      element('span', { class: 'excerpt' }, [excerpt || 'No words yet']),
      timeElement(createdAt, 'ago'),
    ]),
    element('span', { class: 'facts' }, facts),
    element('span', { class: 'size' }, [counts, sizeMeter(bytes, maxBytes), formatBytes(bytes)]),
  ])
  return element('li', { 'data-id': id, 'data-created': createdAt }, [link])
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

function emptyList() {
  return element('li', { class: 'empty' }, [
    element('strong', {}, ['Nothing stored yet']),
    element('p', {}, ['A conversation appears here the moment the collector stores it.']),
  ])
}
