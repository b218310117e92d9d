// A page with `useChat`, as its documentation builds one; it knows nothing of chatlog. History is kept by the page.
import { useChat } from '@ai-sdk/react'
import { DefaultChatTransport } from 'ai'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

/** Text with its Markdown links as links. */
const withLinks = (text) =>
  text.split(/(\[[^\]]*\]\([^)]*\))/).map((piece, index) => {
    const [, label, href] = /^\[([^\]]*)\]\(([^)]*)\)$/.exec(piece) ?? []
    return href ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces only ever come behind the others
      <a key={index} href={href}>
        {label}
      </a>
    ) : (
      piece
    )
  })

function Chat() {
  const [input, setInput] = useState('')
  const { messages, sendMessage, status, stop, error } = useChat({
    messages: JSON.parse(localStorage.getItem('messages') ?? '[]'),
    transport: new DefaultChatTransport({ api: '/use-chat' }),
  })
  useEffect(() => {
    if (status !== 'streaming' && status !== 'submitted') localStorage.setItem('messages', JSON.stringify(messages))
  }, [messages, status])
  return (
    <main id="chat">
      {messages.map(({ id, role, parts }) => (
        <div key={id} className={`message ${role}`}>
          {parts.map((part) => (part.type === 'text' ? withLinks(part.text) : null))}
        </div>
      ))}
      {status === 'submitted' && <div className="message assistant">Thinking…</div>}
      {error && <p role="alert">Something went wrong.</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          sendMessage({ text: input })
          setInput('')
        }}
      >
        <input aria-label="Question" value={input} onChange={(event) => setInput(event.target.value)} />
        <button type="button" onClick={stop} disabled={status !== 'streaming' && status !== 'submitted'}>
          Stop
        </button>
      </form>
    </main>
  )
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Chat />
  </StrictMode>,
)
