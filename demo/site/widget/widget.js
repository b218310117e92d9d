import { ask } from './assistant.js'
import { element, icon, writeText } from './elements.js'
import { keepTranscript, readTranscript } from './transcript.js'

/** @typedef {import('./transcript.js').Message} Message */

// The queue of the page's head, or the instance once the script has loaded: looked up at every call.
const log = () => window.chatlog

const messages = readTranscript()
/** @type {AbortController | null} set while an answer streams */
let answering = null

const launcher = element('button', { class: 'ask-launcher', type: 'button', 'aria-expanded': 'false' }, [
  icon('chat'),
  'Ask Osier',
])
const bubbles = element('div', { class: 'ask-bubbles', role: 'log', 'aria-label': 'Conversation', tabindex: '0' })
const suggestions = element('div', { class: 'ask-suggestions' })
const input = element('textarea', { rows: '1', placeholder: 'Ask a question', 'aria-label': 'Your question' })
const send = element('button', { class: 'ask-send', type: 'submit', 'aria-label': 'Send' }, [icon('send')])
const form = element('form', { class: 'ask-form' }, [input, send])
const close = element('button', { type: 'button', 'aria-label': 'Close' }, [icon('close')])
const restart = element('button', { type: 'button', 'aria-label': 'New conversation', title: 'New conversation' }, [
  icon('restart'),
])
const header = element('header', {}, [element('h2', {}, ['Ask Osier']), restart, close])
// data-chatlog: chatlog records clicks on links in here, and nowhere else on the site.
const panel = element('section', { class: 'ask-panel', 'aria-label': 'Ask Osier', 'data-chatlog': '', hidden: '' }, [
  header,
  bubbles,
  suggestions,
  form,
])

/** @param {string} question */
async function answer(question) {
  say({ id: newId(), role: 'user', content: question })
  answering = new AbortController()
  const { sources, words } = ask(question, answering.signal)
  const reply = say({ id: newId(), role: 'assistant', content: '', sources })
  showState()
  for await (const word of words) {
    reply.content += word
    log().appendToMessage(reply.id, word)
    showMessage(reply)
    keepTranscript(messages)
  }
  reply.stopped = answering.signal.aborted
  log().completeMessage(reply.id, { status: reply.stopped ? 'aborted' : 'complete' })
  answering = null
  keepTranscript(messages)
  showMessage(reply)
  showState()
}

/** @param {Message} message */
function say(message) {
  messages.push(message)
  const { id, role, content, sources } = message
  const status = role === 'assistant' ? 'streaming' : 'complete'
  log().trackMessage({ id, role, content, status, ...(sources && { links: sources.map(absolute) }) })
  keepTranscript(messages)
  showMessage(message)
  return message
}

/** @param {Message} message */
function showMessage(message) {
  const busy = answering !== null && message === messages.at(-1) && message.role === 'assistant'
  const shown = bubbles.querySelector(`[data-chatlog-message="${message.id}"]`)
  // data-chatlog-message: which message a clicked link belongs to.
  const bubble = element('div', {
    class: `ask-bubble ${message.role}`,
    'data-chatlog-message': message.id,
    'aria-busy': String(busy),
  })
  writeText(bubble, message.content)
  if (busy && !message.content) bubble.append(element('span', { class: 'ask-waiting' }, ['Searching the docs']))
  if (message.stopped) bubble.append(element('p', { class: 'ask-stopped' }, ['Stopped']))
  if (message.sources && !busy) bubble.append(sourceList(message.sources))
  shown ? shown.replaceWith(bubble) : bubbles.append(bubble)
  bubbles.scrollTop = bubbles.scrollHeight
}

/** @param {import('./transcript.js').Source[]} sources */
function sourceList(sources) {
  const links = sources.map(({ url, label }) => element('a', { href: url }, [icon('page'), label]))
  return element('nav', { class: 'ask-sources', 'aria-label': 'Sources' }, links)
}

function showState() {
  send.replaceChildren(icon(answering ? 'stop' : 'send'))
  send.setAttribute('aria-label', answering ? 'Stop' : 'Send')
  suggestions.hidden = messages.length > 0
  restart.disabled = messages.length === 0 || answering !== null
}

/** @param {boolean} open */
function show(open) {
  panel.hidden = !open
  launcher.setAttribute('aria-expanded', String(open))
  sessionStorage.setItem('ask-osier-open', String(open))
  if (open) bubbles.scrollTop = bubbles.scrollHeight
}

function startAgain() {
  messages.length = 0
  keepTranscript(messages)
  bubbles.replaceChildren()
  log().startConversation()
  showState()
  input.focus()
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  if (answering) return answering.abort()
  const question = input.value.trim()
  if (!question) return
  input.value = ''
  answer(question)
})
input.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  if (!answering) form.requestSubmit()
})
panel.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  show(false)
  launcher.focus()
})
launcher.addEventListener('click', () => {
  show(panel.hidden !== false)
  if (!panel.hidden) input.focus()
})
close.addEventListener('click', () => {
  show(false)
  launcher.focus()
})
restart.addEventListener('click', startAgain)
for (const question of ['How are failed jobs retried?', 'What happens on a deploy?', 'How many workers do I need?']) {
  const button = element('button', { type: 'button' }, [question])
  button.addEventListener('click', () => answer(question))
  suggestions.append(button)
}

const absolute = (/** @type {import('./transcript.js').Source} */ { url, label }) => ({
  url: new URL(url, location.href).href,
  label,
  type: 'documentation',
})
const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`

document.body.append(launcher, panel)
messages.forEach(showMessage)
showState()
show(sessionStorage.getItem('ask-osier-open') === 'true')
