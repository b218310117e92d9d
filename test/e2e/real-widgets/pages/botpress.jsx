// A page with Botpress Webchat's parts, as its documentation builds one. It knows nothing of chatlog.
import { Composer, Container, MessageList } from '@botpress/webchat'
import { useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { keepHistory, keptHistory, receive } from './shared.js'

const names = { incoming: 'Osier', outgoing: 'Jane' }

function Chat() {
  const [said, setSaid] = useState(keptHistory)
  const [isTyping, setTyping] = useState(false)
  useEffect(() => keepHistory(said), [said])

  const say = (direction, text, id = crypto.randomUUID()) =>
    setSaid((all) => [...all.filter((one) => one.id !== id), { id, direction, text, at: Date.now() }])
  const send = async ({ text: question }) => {
    say('outgoing', question)
    setTyping(true)
    let text = ''
    try {
      for await (const piece of receive(question)) text += piece
    } catch (error) {
      text = error.message
    }
    setTyping(false)
    say('incoming', text)
  }
  const messages = said.map(({ id, direction, text, at }) => ({
    id,
    direction,
    timestamp: new Date(at),
    sender: { name: names[direction] },
    metadata: { delivered: true },
    status: 'processed',
    block: { type: 'bubble', block: { type: 'text', text } },
  }))
  return (
    <Container connected>
      <MessageList
        botName="Osier"
        botDescription="It knows the guide."
        isTyping={isTyping}
        messages={messages}
        sendMessage={send}
        showMessageStatus
        addMessageFeedback={() => {}}
      />
      <Composer connected composerPlaceholder="Question" sendMessage={send} />
    </Container>
  )
}

createRoot(document.getElementById('root')).render(<Chat />)
