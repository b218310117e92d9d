import { useChat } from '@ai-sdk/react'
import { DefaultChatTransport } from 'ai'
import { useChatlog } from 'chatlog/react'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'

const transport = new DefaultChatTransport({ api: '/widgets/answers/use-chat' })

function Chat() {
  const { messages, sendMessage, status, stop, error } = useChat({ transport })
  useChatlog(messages, { status })

  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to for those without a mouse */}
      <div role="log" aria-label="Messages" tabIndex={0}>
        {messages.map(({ id, role, parts }) => (
          // The id leads from a click on a link to its message.
          <div key={id} className={`message ${role}`} data-chatlog-message={id}>
            {parts.map((part) => part.type === 'text' && withLinks(part.text))}
          </div>
        ))}
      </div>
      {error && <p role="alert">Something went wrong.</p>}
      <Composer isAnswering={status === 'submitted' || status === 'streaming'} ask={sendMessage} stop={stop} />
    </>
  )
}

/**
 * @param {{
 *   isAnswering: boolean,
 *   ask: (message: { text: string }) => void,
 *   stop: () => void,
 * }} props
 */
function Composer({ isAnswering, ask, stop }) {
  const [question, setQuestion] = useState('')

  const submit = (/** @type {import('react').FormEvent} */ event) => {
    event.preventDefault()
    if (isAnswering) return stop()
    ask({ text: question })
    setQuestion('')
  }

  return (
    <form onSubmit={submit}>
      <input
        aria-label="Your question"
        placeholder="How do I install it?"
        required={!isAnswering}
        value={question}
        onChange={(event) => setQuestion(event.target.value)}
      />
      <button type="submit">{isAnswering ? 'Stop' : 'Send'}</button>
    </form>
  )
}

/** Text with its Markdown links as links. @param {string} text */
const withLinks = (text) =>
  text.split(/(\[[^\]]*\]\([^)]*\))/).map((piece) => {
    const [, label, href] = /^\[([^\]]*)\]\(([^)]*)\)$/.exec(piece) ?? []
    return href ? (
      <a key={href} href={href} target="_blank" rel="noopener">
        {label}
      </a>
    ) : (
      piece
    )
  })

createRoot(/** @type {Element} */ (document.querySelector('#chat'))).render(
  <StrictMode>
    <Chat />
  </StrictMode>,
)
