// A page with react-chat-elements, as its documentation builds one. It knows nothing of chatlog.
import { useEffect, useRef, useState } from 'react'
import { Button, Input, MessageList } from 'react-chat-elements'
import styles from 'react-chat-elements/dist/main.css?inline'
import { createRoot } from 'react-dom/client'
import { keepHistory, keptHistory, receive } from './shared.js'

const picture = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='
const visitor = { position: 'right', type: 'text', title: 'Jane', status: 'read' }
const bot = { position: 'left', type: 'text', title: 'Osier', avatar: picture }

function Chat() {
  const [messages, setMessages] = useState(keptHistory)
  const [isAnswering, setAnswering] = useState(false)
  const answering = useRef(null)
  const input = useRef(null)
  const list = useRef(null)
  useEffect(() => keepHistory(messages), [messages])

  const answer = async (question) => {
    const id = crypto.randomUUID()
    const date = Date.now()
    answering.current = new AbortController()
    setAnswering(true)
    let text = ''
    try {
      for await (const piece of receive(question, answering.current.signal)) {
        text += piece
        const message = { ...bot, id, date, text }
        setMessages((all) => [...all.filter((one) => one.id !== id), message])
      }
    } catch (error) {
      setMessages((all) => [...all, { id: `${id}-error`, type: 'system', text: error.message }])
    }
    setAnswering(false)
  }
  const ask = ({ key }) => {
    const question = input.current.value
    if (key !== 'Enter' || !question) return
    input.current.value = ''
    setMessages((all) => [...all, { ...visitor, id: crypto.randomUUID(), date: Date.now(), text: question }])
    void answer(question)
  }
  const retry = () => {
    setMessages(messages.slice(0, -1))
    void answer(messages.findLast(({ position }) => position === 'right').text)
  }
  const dataSource = messages.map((message, index) =>
    message.position === 'left' && index === messages.length - 1 && !isAnswering
      ? { ...message, renderAddCmp: <Button text="Retry" onClick={retry} /> }
      : message,
  )
  return (
    <>
      <MessageList referance={list} lockable toBottomHeight="100%" dataSource={dataSource} />
      <Input
        referance={input}
        placeholder="Question"
        onKeyDown={ask}
        rightButtons={isAnswering && <Button text="Stop" onClick={() => answering.current.abort()} />}
      />
    </>
  )
}

const sheet = document.createElement('style')
sheet.textContent = styles
document.head.append(sheet)
createRoot(document.getElementById('root')).render(<Chat />)
