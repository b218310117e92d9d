// A page with chatscope's Chat UI Kit, as its documentation builds one. It knows nothing of chatlog.
import {
  Avatar,
  ChatContainer,
  MainContainer,
  Message,
  MessageInput,
  MessageList,
  TypingIndicator,
} from '@chatscope/chat-ui-kit-react'
import { useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { keepHistory, keptHistory, receive } from './shared.js'

const picture = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='

function Chat() {
  const [messages, setMessages] = useState(keptHistory)
  const [isTyping, setTyping] = useState(false)
  const answering = useRef(null)
  useEffect(() => keepHistory(messages), [messages])

  const answer = async (question) => {
    const id = crypto.randomUUID()
    answering.current = new AbortController()
    let text = ''
    try {
      for await (const piece of receive(question, answering.current.signal)) {
        setTyping(false)
        text += piece
        const message = { id, text, from: 'bot' }
        setMessages((all) => [...all.filter((one) => one.id !== id), message])
      }
    } catch (error) {
      setMessages((all) => [...all, { id: `${id}-error`, text: error.message, from: 'bot', failed: true }])
    }
    setTyping(false)
  }
  const ask = (_html, question) => {
    setMessages((all) => [...all, { id: crypto.randomUUID(), text: question, from: 'me' }])
    setTyping(true)
    void answer(question)
  }
  const retry = () => {
    const question = messages.findLast(({ from }) => from === 'me').text
    setMessages(messages.slice(0, -1))
    void answer(question)
  }
  return (
    <MainContainer style={{ height: 500 }}>
      <ChatContainer>
        <MessageList typingIndicator={isTyping ? <TypingIndicator content="Osier is typing" /> : null}>
          {messages.map(({ id, text, from, failed }, index) => (
            <Message
              key={id}
              className={failed ? 'message-error' : ''}
              model={{
                direction: from === 'me' ? 'outgoing' : 'incoming',
                sender: from,
                position: 'single',
                sentTime: '10:20',
              }}
            >
              <Avatar src={picture} name={from === 'me' ? 'Jane' : 'Osier'} />
              <Message.Header sender={from === 'me' ? 'Jane' : 'Osier'} sentTime="10:20 AM" />
              <Message.TextContent text={text} />
              {from === 'bot' && index === messages.length - 1 && (
                <Message.Footer>
                  <button type="button" onClick={retry}>
                    Retry
                  </button>
                </Message.Footer>
              )}
            </Message>
          ))}
        </MessageList>
        <MessageInput attachButton={false} onSend={ask} placeholder="Question" />
      </ChatContainer>
      <button type="button" aria-label="Stop" onClick={() => answering.current?.abort()} />
    </MainContainer>
  )
}

createRoot(document.getElementById('root')).render(<Chat />)
