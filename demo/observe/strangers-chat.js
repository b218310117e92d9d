// A widget as somebody else makes it: it knows nothing of chatlog, gives out no events, and has no ids.

const chat = /** @type {HTMLElement} */ (document.querySelector('.chat'))
const log = /** @type {HTMLElement} */ (chat.querySelector('[role=log]'))
const form = /** @type {HTMLFormElement} */ (chat.querySelector('form'))

/** What it keeps, in the shape of a chat API. @type {{ role: 'user' | 'assistant', content: string }[]} */
export const transcript = JSON.parse(sessionStorage.getItem('strangers-chat') ?? '[]')

/** @type {Set<() => void>} */
const listeners = new Set()

/** @param {() => void} listener called on every change of the transcript */
export const onChange = (listener) => listeners.add(listener)

const answers = [
  'With npm install osier, then osier init. The guide has every step.',
  'Nothing is sent anywhere: this answer was written before you asked.',
  'Yes: a job that fails is tried again, later each time.',
]

const changed = () => {
  sessionStorage.setItem('strangers-chat', JSON.stringify(transcript))
  for (const listener of listeners) listener()
}

/** @param {{ role: string, content: string }} message */
const show = ({ role, content }) => {
  const bubble = document.createElement('p')
  bubble.className = `message ${role} bubble--${role === 'user' ? 'visitor' : 'bot'}`
  bubble.textContent = content
  log.append(bubble)
  return bubble
}

/** Thumbs below an answer: one of them stays pressed. */
const showThumbs = () => {
  const thumbs = [
    ['up', 'Helpful'],
    ['down', 'Not helpful'],
  ].map(([name, text]) => {
    const thumb = Object.assign(document.createElement('button'), { type: 'button', textContent: text })
    thumb.className = `quiet thumb--${name}`
    thumb.addEventListener('click', () => {
      for (const one of thumbs) one.setAttribute('aria-pressed', String(one === thumb))
    })
    return thumb
  })
  const row = Object.assign(document.createElement('div'), { className: 'below' })
  row.append(...thumbs)
  log.append(row)
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const question = String(new FormData(form).get('question'))
  form.reset()
  transcript.push({ role: 'user', content: question })
  show({ role: 'user', content: question })
  changed()
  const words = (answers[(transcript.length >> 1) % answers.length] ?? '').split(/(?<=\s)/)
  const answer = { role: /** @type {const} */ ('assistant'), content: '' }
  transcript.push(answer)
  const bubble = show(answer)
  const timer = setInterval(() => {
    answer.content += words.shift() ?? ''
    bubble.textContent = answer.content
    changed()
    if (words.length) return
    clearInterval(timer)
    showThumbs()
  }, 60)
})

for (const message of transcript) {
  show(message)
  if (message.role === 'assistant') showThumbs()
}
