import { addressOf, readAddress } from './address.js'
import { createAdministration } from './administration.js'
import { conversationElement, noConversation, notice } from './detail.js'
import { frameElement } from './elements.js'
import { createLook } from './erased.js'
import { showFilters, startFilters } from './filters.js'
import { counted, renewTimes } from './format.js'
import { createList } from './list.js'
import { collectorUrl, read } from './session.js'
import { createSetup } from './setup.js'
import { createStatistics } from './statistics.js'
import { createVisitorView } from './visitor.js'
import { queryOf, zoneText } from './zone.js'

/**
 * @typedef {import('../summary.ts').ConversationSummary} Summary
 * @typedef {import('../data-routes.ts').SummaryPage} SummaryPage
 */

/** Conversations that a search goes on for by itself. */
const wantedFinds = 30

const pane = frameElement('detail', HTMLElement)
const panes = frameElement('panes', HTMLElement)
const older = frameElement('older', HTMLButtonElement)
const connection = frameElement('connection', HTMLElement)
const announcement = frameElement('announcement', HTMLElement)
const list = createList(frameElement('conversations', HTMLElement))
const administration = createAdministration(frameElement('administration', HTMLElement))
const visitorView = createVisitorView(frameElement('visitor', HTMLElement), forgotten)
const statistics = createStatistics(frameElement('statistics', HTMLElement))
const lookForErased = createLook(
  () => [...new Set([...list.ids(), ...visitorView.ids(), ...(readId === null ? [] : [readId])])],
  removeErased,
)
/** @type {string | null} */
let nextCursor = null
/** @type {number | null} */
let total = 0
/** @type {string | null} */
let shownId = null
/** What was searched for when it was opened: its hits are marked. */
let shownText = ''
/** The conversation that is on screen, unless it isn't stored. @type {string | null} */
let readId = null
/** @type {EventSource | null} */
let events = null
/** The steps to set up a page, while they are on screen. @type {ReturnType<typeof createSetup> | null} */
let setup = null
/** The filters that the list was read with. */
let filters = ''

/** @param {string | null} cursor */
async function readPage(cursor) {
  const readFilters = filters
  const wanted = list.size() + wantedFinds
  let from = cursor
  do {
    const query = `${queryOf(new URLSearchParams(filters))}${from ? `&cursor=${encodeURIComponent(from)}` : ''}`
    /** @type {SummaryPage | null} */
    const page = await read(`/live-view/conversations?${query}`)
    if (!page || filters !== readFilters) return
    list.addPage(page.conversations)
    nextCursor = page.nextCursor
    from = nextCursor
    showTotal(page.total)
    // A search reads only so much for one page, and may have found less than one.
  } while (from && total === null && list.size() < wanted)
  list.sayIfEmpty(filters !== '')
  if (list.size() === 0 && filters === '' && readAddress().id === null) showSetup()
  older.hidden = nextCursor === null
  showTotal(total)
}

/** @param {number | null} newTotal */
function showTotal(newTotal) {
  total = newTotal
  const found = `${list.size()} found${nextCursor === null ? '' : ' so far'}`
  frameElement('total', HTMLElement).textContent = total === null ? found : total.toLocaleString('en')
}

/** Shows what the address names. */
function showPlace() {
  const place = readAddress()
  showFilters(place.filters)
  panes.hidden = place.view !== 'conversations'
  statistics.show(place.view === 'statistics' ? place.filters : null)
  visitorView.show(place.view === 'visitor' ? place.who : null)
  const isAdministration = administration.show(place.view)
  frameElement('filters', HTMLFormElement).hidden = isAdministration || place.view === 'visitor'
  for (const tab of document.querySelectorAll('nav a[data-view]')) {
    if (!(tab instanceof HTMLAnchorElement)) continue
    const view = tab.dataset.view ?? ''
    tab.href = addressOf({ view, id: null, filters: place.filters })
    if (view === place.view) {
      tab.setAttribute('aria-current', 'page')
      // On a narrow screen the tabs scroll.
      tab.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    } else tab.removeAttribute('aria-current')
  }
  if (String(place.filters) !== filters || !events) listenFor(String(place.filters))
  list.renewAddresses()
  showChosen()
}

/** Shows the conversation that the address names, or none. */
async function showChosen() {
  const { id } = readAddress()
  list.select(id)
  if (id === null) return showNoConversation()
  setup = null
  panes.toggleAttribute('data-detail', true)
  const text = readAddress().filters.get('text') ?? ''
  const query = text === '' ? '' : `?text=${encodeURIComponent(text)}`
  const detail = await read(`/live-view/conversations/${encodeURIComponent(id)}${query}`)
  if (readAddress().id !== id) return
  const isNew = shownId !== id || shownText !== text
  shownId = id
  shownText = text
  readId = detail ? id : null
  if (!detail) return render(notice('This conversation is not stored here.'), isNew)
  const { article, showFound } = conversationElement(detail, () => erased(id))
  render(article, isNew)
  if (isNew) showFound()
}

function forgotten() {
  announcement.textContent = 'The visitor is forgotten.'
  list.clear()
  readPage(null)
  location.hash = addressOf({ view: 'conversations', filters: new URLSearchParams() })
}

/** @param {string} id of a conversation that somebody has deleted here */
function erased(id) {
  removeErased(new Set([id]))
  announcement.textContent = 'The conversation is deleted.'
  location.hash = addressOf({ id: null })
}

/** @param {Set<string>} ids of conversations that are not stored any more */
function removeErased(ids) {
  const removed = list.ids().filter((id) => ids.has(id))
  list.remove(removed)
  if (removed.length > 0) announcement.textContent = `Erased: ${counted(removed.length, 'conversation')}`
  if (readId !== null && ids.has(readId)) {
    readId = null
    shownId = null
    render(notice('This conversation was erased.'), true)
  }
  if (visitorView.ids().some((id) => ids.has(id))) visitorView.renew(ids)
  statistics.renew()
  renewTotal()
}

/** Counts anew, and fills the list where its rows were erased. What was read on stays, and where one reads on. */
async function renewTotal() {
  const readFilters = filters
  /** @type {SummaryPage | null} */
  const page = await read(`/live-view/conversations?${queryOf(new URLSearchParams(filters))}`)
  if (!page || filters !== readFilters) return
  if (list.size() === 0) nextCursor = page.nextCursor
  list.addPage(page.conversations)
  list.sayIfEmpty(filters !== '')
  older.hidden = nextCursor === null
  showTotal(page.total)
}

function showNoConversation() {
  shownId = null
  readId = null
  panes.toggleAttribute('data-detail', setup !== null)
  // The steps stay, with the key that is shown only once.
  if (!setup) pane.replaceChildren(noConversation(showSetup))
}

function showSetup() {
  if (setup) return
  setup = createSetup(() => {
    setup = null
    showNoConversation()
  })
  pane.replaceChildren(setup.element)
  panes.toggleAttribute('data-detail', true)
}

/**
 * @param {Element} content
 * @param {boolean} isNew false when the conversation was already on screen: the place read and what was open stay
 */
function render(content, isNew) {
  const { scrollTop, scrollHeight, clientHeight } = pane
  // Who has scrolled nowhere reads the beginning, also of one that is only a little higher than the pane.
  const isWhole = clientHeight >= scrollHeight
  const atEnd = isWhole || (scrollTop > 0 && scrollTop + clientHeight > scrollHeight - 80)
  const wasOpen = !isNew && pane.querySelector('details.raw')?.hasAttribute('open')
  pane.replaceChildren(content)
  if (wasOpen) content.querySelector('details.raw')?.setAttribute('open', '')
  if (isNew) {
    pane.scrollTop = 0
    if (matchMedia('(max-width: 52rem)').matches) pane.focus()
  } else {
    pane.scrollTop = atEnd ? pane.scrollHeight : scrollTop
  }
}

/** @param {string} newFilters only what they let through is listed and announced */
function listenFor(newFilters) {
  events?.close()
  if (newFilters !== filters) list.clear()
  filters = newFilters
  listen()
}

function listen() {
  const source = new EventSource(`${collectorUrl}/live-view/events?${queryOf(new URLSearchParams(filters))}`)
  events = source
  // The server says `ready` once it listens: what was stored before is in the list read from here on, also after the
  // line was down.
  source.addEventListener('ready', () => {
    showConnection('live')
    readPage(null)
    showChosen()
    // Also what was erased while the line was down.
    if (list.size() > 0) lookForErased()
  })
  source.addEventListener('erased', lookForErased)
  source.addEventListener('stored', ({ data }) => {
    /** @type {{ summary: Summary }} */
    const { summary } = JSON.parse(data)
    if (list.addStored(summary)) showTotal(total === null ? null : total + 1)
    announcement.textContent = `Stored: ${counted(summary.messages, 'message')} of visitor ${summary.visitor}`
    setup?.arrived(summary)
    if (summary.id === readAddress().id) showChosen()
  })
  source.addEventListener('error', () => {
    if (source !== events) return
    showConnection('reconnecting')
    // Most browsers try again by themselves, but not after an answer that isn't a stream: a session that is over, or a
    // proxy whose collector is away.
    if (source.readyState === EventSource.CLOSED) setTimeout(listenAgain, 3_000, source)
  })
}

/** @param {EventSource} source the one that ended */
async function listenAgain(source) {
  if (source !== events) return
  await readPage(null).catch(() => null)
  if (source === events) listen()
}

/** @param {'live' | 'reconnecting'} state */
function showConnection(state) {
  connection.dataset.state = state
  connection.textContent = state
}

older.addEventListener('click', () => readPage(nextCursor))
addEventListener('hashchange', showPlace)
setInterval(renewTimes, 20_000)
frameElement('zone', HTMLElement).textContent = `Days and times are those of ${zoneText()}.`
startFilters(() => {
  list.clear()
  readPage(null)
})
showPlace()
