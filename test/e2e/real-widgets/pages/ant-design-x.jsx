// A page with Ant Design X's bubbles and sender, as its documentation builds one. It knows nothing of chatlog.
import { Bubble, Sender } from '@ant-design/x'
import { Alert } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { keepHistory, keptHistory, receive } from './shared.js'

function Chat() {
  const [items, setItems] = useState(keptHistory)
  const [question, setQuestion] = useState('')
  const [isLoading, setLoading] = useState(false)
  const answering = useRef(null)
  useEffect(() => keepHistory(items), [items])

  const answer = async (asked) => {
    const key = crypto.randomUUID()
    answering.current = new AbortController()
    setLoading(true)
    let content = ''
    const show = (item) => setItems((all) => [...all.filter((one) => one.key !== key), { key, role: 'ai', ...item }])
    show({ content: '', loading: true })
    try {
      for await (const piece of receive(asked, answering.current.signal)) {
        content += piece
        show({ content })
      }
    } catch (error) {
      show({ content: error.message, failed: true })
    }
    setLoading(false)
  }
  const send = (asked) => {
    setItems((all) => [...all, { key: crypto.randomUUID(), role: 'user', content: asked }])
    setQuestion('')
    void answer(asked)
  }
  const retry = () => {
    const asked = items.findLast(({ role }) => role === 'user').content
    setItems(items.slice(0, -1))
    void answer(asked)
  }
  const role = {
    ai: {
      placement: 'start',
      avatar: <div>AI</div>,
      header: <h5>Osier</h5>,
      footer: () => (
        <button type="button" aria-label="Retry" onClick={retry}>
          ↻
        </button>
      ),
    },
    user: { placement: 'end', avatar: <div>ME</div>, header: <h5>Jane</h5> },
  }
  return (
    <div id="chat">
      <Bubble.List
        style={{ height: 400 }}
        role={role}
        items={items.map(({ failed, ...item }) =>
          failed ? { ...item, contentRender: (content) => <Alert type="error" message={content} /> } : item,
        )}
      />
      <Sender
        value={question}
        onChange={setQuestion}
        loading={isLoading}
        onSubmit={send}
        onCancel={() => answering.current?.abort()}
        placeholder="Question"
      />
    </div>
  )
}

createRoot(document.getElementById('root')).render(<Chat />)
