import { init } from 'chatlog'
import { writeAnswer } from './model.js'
import { createView } from './view.js'

/**
 * @typedef {{ id: string, role: 'user' | 'assistant', content: string, status: Status, links?: Link[] }} Message
 * @typedef {'streaming' | 'complete' | 'aborted'} Status
 * @typedef {{ url: string, label: string }} Link
 */

const root = /** @type {HTMLElement} */ (document.querySelector('#chat'))
const log = init({
  apiKey: root.dataset.apiKey ?? '',
  endpoint: root.dataset.endpoint ?? '',
  storeName: 'baker', // apart from what other widgets of this site record
})
const conversationId = log.startConversation({ tags: ['baker'] })

/** @type {Message[]} */
let messages = []
/** @type {AbortController | null} */
let answering = null

const view = createView(root, {
  ask: (question) => respond([...messages, createMessage('user', question, 'complete')]),
  stop: () => answering?.abort(),
  // The last answer goes, a new one takes its place: chatlog keeps both, the new one marked with what it replaces.
  regenerate: () => respond(messages.slice(0, -1)),
  rate: (messageId, type) => log.trackFeedback({ messageId, type }),
})

/** @param {Message[]} transcript ending with a question */
async function respond(transcript) {
  const question = transcript.at(-1)?.content ?? ''
  let answer = createMessage('assistant', '', 'streaming')
  const show = () => update([...transcript, answer])
  answering = new AbortController()
  show()
  for await (const { text, links } of writeAnswer(question, answering.signal)) {
    answer = { ...answer, content: answer.content + text, ...(links && { links }) }
    show()
  }
  answer = { ...answer, status: answering.signal.aborted ? 'aborted' : 'complete' }
  answering = null
  show()
}

/** @param {Message[]} transcript */
function update(transcript) {
  messages = transcript
  log.trackMessages(messages, { conversationId })
  view.show(messages)
}

/**
 * @param {Message['role']} role
 * @param {string} content
 * @param {Status} status
 * @returns {Message}
 */
const createMessage = (role, content, status) => ({ id: crypto.randomUUID(), role, content, status })
