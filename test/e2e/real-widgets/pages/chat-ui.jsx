// A page with ChatUI, as its documentation builds one. It knows nothing of chatlog.
import styles from '@chatui/core/dist/index.css?inline'
import Chat, { Bubble, Button, RateActions, Typing, useMessages } from '@chatui/core/es'
import { useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { keepHistory, keptHistory, receive } from './shared.js'

const picture = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='
const visitor = { position: 'right', user: { name: 'Jane' } }
const bot = { position: 'left', user: { name: 'Osier', avatar: picture } }
const history = keptHistory()

function Guide() {
  const { messages, appendMsg, updateMsg, deleteMsg } = useMessages(history)
  const [isAnswering, setAnswering] = useState(false)
  const answering = useRef(null)
  useEffect(() => keepHistory(messages.filter(({ type }) => type !== 'typing')), [messages])

  const answer = async (question) => {
    const _id = crypto.randomUUID()
    answering.current = new AbortController()
    setAnswering(true)
    appendMsg({ _id, type: 'typing', ...bot })
    let text = ''
    try {
      for await (const piece of receive(question, answering.current.signal)) {
        text += piece
        updateMsg(_id, { type: 'text', content: { text }, ...bot })
      }
    } catch (error) {
      appendMsg({ type: 'system', content: { text: error.message } })
    }
    setAnswering(false)
  }
  const send = (_type, text) => {
    appendMsg({ type: 'text', content: { text }, ...visitor })
    void answer(text)
  }
  const retry = (_id) => {
    deleteMsg(_id)
    void answer(messages.findLast(({ position }) => position === 'right').content.text)
  }
  const show = ({ _id, type, position, content }) => {
    if (type === 'typing') return <Typing />
    if (position === 'right') return <Bubble content={content.text} />
    return (
      <>
        <Bubble content={content.text} />
        {!isAnswering && <RateActions onClick={() => undefined} />}
        {!isAnswering && _id === messages.at(-1)._id && <Button onClick={() => retry(_id)}>Retry</Button>}
      </>
    )
  }
  const stop = { icon: 'close', title: 'Stop', 'aria-label': 'Stop', onClick: () => answering.current.abort() }
  return (
    <Chat
      locale="en-US"
      navbar={{ title: 'Guide' }}
      messages={messages}
      renderMessageContent={show}
      onSend={send}
      placeholder="Question"
      rightAction={isAnswering ? stop : undefined}
    />
  )
}

const sheet = document.createElement('style')
sheet.textContent = styles
document.head.append(sheet)
createRoot(document.getElementById('root')).render(<Guide />)
