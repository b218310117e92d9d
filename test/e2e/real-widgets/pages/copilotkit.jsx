// A page with CopilotKit's chat and an agent of the page's own, as its documentation builds one. It knows nothing of
// chatlog.
import { AbstractAgent } from '@ag-ui/client'
import { CopilotKit } from '@copilotkit/react-core'
import { CopilotChat } from '@copilotkit/react-ui'
import { createRoot } from 'react-dom/client'
import { Observable } from 'rxjs'
import { keepHistory, keptHistory, receive } from './shared.js'

/** An agent that answers in the page. */
class Guide extends AbstractAgent {
  #stop = new AbortController()

  run({ messages, threadId, runId }) {
    this.#stop = new AbortController()
    const { signal } = this.#stop
    return new Observable((subscriber) => {
      const tell = async () => {
        const messageId = crypto.randomUUID()
        subscriber.next({ type: 'RUN_STARTED', threadId, runId })
        subscriber.next({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' })
        const { content } = messages.findLast(({ role }) => role === 'user')
        for await (const delta of receive(content, signal))
          subscriber.next({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta })
        subscriber.next({ type: 'TEXT_MESSAGE_END', messageId })
        subscriber.next({ type: 'RUN_FINISHED', threadId, runId })
        subscriber.complete()
      }
      tell().catch((error) => {
        subscriber.next({ type: 'RUN_ERROR', message: error.message })
        subscriber.complete()
      })
    })
  }

  abortRun() {
    this.#stop.abort()
  }

  clone() {
    return this
  }
}

const agent = new Guide({ agentId: 'default', initialMessages: keptHistory() })
agent.subscribe({ onMessagesChanged: ({ messages }) => keepHistory(messages) })

createRoot(document.getElementById('root')).render(
  <CopilotKit agents__unsafe_dev_only={{ default: agent }} showDevConsole={false}>
    <CopilotChat labels={{ initial: 'Hello, what would you like to know?', placeholder: 'Question' }} />
  </CopilotKit>,
)
