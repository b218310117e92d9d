// A page with vue-advanced-chat: one element with an open shadow root, with names, dates and ticks in and between its
// rows. The page keeps the history. It knows nothing of chatlog.
import { register } from 'vue-advanced-chat'
import { keepHistory, keptHistory, receive } from './answers.js'

register()
const chat = document.querySelector('vue-advanced-chat')
const users = [
  { _id: 'me', username: 'Me' },
  { _id: 'bot', username: 'Helper' },
]
const sent = { date: '13 November', timestamp: '10:20', saved: true, distributed: true, seen: true }
let messages = keptHistory()

const show = (changed) => {
  messages = changed
  chat.messages = messages
  keepHistory(messages)
}

const answer = async (question) => {
  const _id = crypto.randomUUID()
  show([...messages, { ...sent, _id: `${_id}-question`, senderId: 'me', username: 'Me', content: question }])
  let content = ''
  for await (const piece of receive(question)) {
    content += piece
    const others = messages.filter((message) => message._id !== _id)
    show([...others, { ...sent, _id, senderId: 'bot', username: 'Helper', content }])
  }
}

Object.assign(chat, {
  currentUserId: 'me',
  rooms: [{ roomId: '1', roomName: 'Help', avatar: '', users }],
  roomsLoaded: true,
  singleRoom: 'true',
  messagesLoaded: true,
  height: '500px',
})
chat.addEventListener('fetch-messages', () => show(messages))
chat.addEventListener('send-message', ({ detail: [{ content }] }) => answer(content).catch(() => {}))
