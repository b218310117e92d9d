import { conversationElement, noConversation, notice } from './detail.js'
import { frameElement } from './elements.js'
import { counted, renewTimes } from './format.js'
import { createList } from './list.js'

/** @typedef {import('../summary.ts').ConversationSummary} Summary */

const pane = frameElement('detail', HTMLElement)
const panes = frameElement('panes', HTMLElement)
const older = frameElement('older', HTMLButtonElement)
const connection = frameElement('connection', HTMLElement)
const announcement = frameElement('announcement', HTMLElement)
const list = createList(frameElement('conversations', HTMLElement))
/** @type {string | null} */
let nextCursor = null
let total = 0
/** @type {string | null} */
let shownId = null

/**
 * @param {string} path
 * @returns {Promise<any | null>} `null` when there is no such thing, or when the session is over and the page goes to
 *   the sign-in
 */
async function read(path) {
  const answer = await fetch(path)
  if (answer.status === 401) location.reload()
  return answer.ok ? answer.json() : null
}

/** @param {string | null} cursor */
async function readPage(cursor) {
  const page = await read(`/live-view/conversations${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`)
  if (!page) return
  list.addPage(page.conversations)
  nextCursor = page.nextCursor
  older.hidden = nextCursor === null
  showTotal(page.total)
}

/** @param {number} newTotal */
function showTotal(newTotal) {
  total = newTotal
  frameElement('total', HTMLElement).textContent = total.toLocaleString('en')
}

/** Shows the conversation that the address names, or none. */
async function showChosen() {
  const id = chosenId()
  list.select(id)
  panes.toggleAttribute('data-detail', id !== null)
  if (id === null) {
    shownId = null
    return pane.replaceChildren(noConversation())
  }
  const detail = await read(`/live-view/conversations/${encodeURIComponent(id)}`)
  if (chosenId() !== id) return
  const isNew = shownId !== id
  shownId = id
  render(detail ? conversationElement(detail) : notice('This conversation is not stored here.'), isNew)
}

/**
 * @param {Element} content
 * @param {boolean} isNew false when the conversation was already on screen: the place read and what was open stay
 */
function render(content, isNew) {
  const { scrollTop, scrollHeight, clientHeight } = pane
  const atEnd = scrollTop + clientHeight > scrollHeight - 80
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

const chosenId = () => new URLSearchParams(location.hash.slice(1)).get('id')

function listen() {
  const events = new EventSource('/live-view/events')
  // The server says `ready` once it listens: what was stored before is in the list read from here on, also after the
  // line was down.
  events.addEventListener('ready', () => {
    showConnection('live')
    readPage(null)
    showChosen()
  })
  events.addEventListener('stored', ({ data }) => {
    /** @type {{ summary: Summary }} */
    const { summary } = JSON.parse(data)
    if (list.addStored(summary)) showTotal(total + 1)
    announcement.textContent = `Stored: ${counted(summary.messages, 'message')} of visitor ${summary.visitor}`
    if (summary.id === chosenId()) showChosen()
  })
  events.addEventListener('error', () => {
    showConnection('reconnecting')
    // Most browsers try again by themselves, but not after an answer that isn't a stream: a session that is over, or a
    // proxy whose collector is away.
    if (events.readyState === EventSource.CLOSED) setTimeout(listenAgain, 3_000)
  })
}

async function listenAgain() {
  await readPage(null).catch(() => null)
  listen()
}

/** @param {'live' | 'reconnecting'} state */
function showConnection(state) {
  connection.dataset.state = state
  connection.textContent = state
}

older.addEventListener('click', () => readPage(nextCursor))
addEventListener('hashchange', showChosen)
setInterval(renewTimes, 20_000)
listen()
