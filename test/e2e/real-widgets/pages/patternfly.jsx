// A page with PatternFly's chatbot, as its documentation builds one. It knows nothing of chatlog.
import Chatbot, { ChatbotDisplayMode } from '@patternfly/chatbot/dist/esm/Chatbot'
import ChatbotContent from '@patternfly/chatbot/dist/esm/ChatbotContent'
import ChatbotFooter from '@patternfly/chatbot/dist/esm/ChatbotFooter'
import Message from '@patternfly/chatbot/dist/esm/Message'
import MessageBar from '@patternfly/chatbot/dist/esm/MessageBar'
import MessageBox from '@patternfly/chatbot/dist/esm/MessageBox'
import { useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { keepHistory, keptHistory, receive } from './shared.js'

const picture = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='
const sides = { user: { name: 'Jane', avatar: picture }, bot: { name: 'Osier', avatar: picture } }

function Chat() {
  const [said, setSaid] = useState(keptHistory)
  const [isAnswering, setAnswering] = useState(false)
  const answering = useRef(null)
  useEffect(() => keepHistory(said), [said])

  const answer = async (question) => {
    const id = crypto.randomUUID()
    answering.current = new AbortController()
    setAnswering(true)
    let content = ''
    const show = (message) => setSaid((all) => [...all.filter((one) => one.id !== id), { id, role: 'bot', ...message }])
    show({ content, isLoading: true })
    try {
      for await (const piece of receive(question, answering.current.signal)) {
        content += piece
        show({ content })
      }
    } catch (error) {
      show({ content, error: { title: 'No answer', children: error.message } })
    }
    setAnswering(false)
  }
  const send = (question) => {
    setSaid((all) => [...all, { id: crypto.randomUUID(), role: 'user', content: String(question) }])
    void answer(String(question))
  }
  const retry = () => {
    const question = said.findLast(({ role }) => role === 'user').content
    setSaid(said.slice(0, -1))
    void answer(question)
  }
  const actions = {
    positive: { onClick() {} },
    negative: { onClick() {} },
    copy: { onClick() {} },
    redo: { ariaLabel: 'Regenerate', icon: <b>↻</b>, onClick: retry, tooltipContent: 'Regenerate' },
  }
  return (
    <Chatbot displayMode={ChatbotDisplayMode.embedded}>
      <ChatbotContent>
        <MessageBox>
          {said.map((message) => (
            <Message
              key={message.id}
              {...sides[message.role]}
              {...message}
              timestamp="10:20 AM"
              sources={
                message.role === 'bot' && /^About/.test(message.content)
                  ? { sources: [{ title: 'The guide', link: '#guide', body: 'What it is about.' }] }
                  : undefined
              }
              actions={message.role === 'bot' && !message.isLoading ? actions : undefined}
            />
          ))}
        </MessageBox>
      </ChatbotContent>
      <ChatbotFooter>
        <MessageBar
          onSendMessage={send}
          hasAttachButton={false}
          alwayShowSendButton
          hasStopButton={isAnswering}
          handleStopButton={() => answering.current?.abort()}
        />
      </ChatbotFooter>
    </Chatbot>
  )
}

createRoot(document.getElementById('root')).render(<Chat />)
