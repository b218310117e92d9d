// A page with NLUX, as its documentation builds one. It knows nothing of chatlog.
import { createAiChat } from '@nlux/core'
import { keepHistory, keptHistory, receive } from './shared.js'

const history = keptHistory()
const adapter = {
  streamText: async (question, observer) => {
    let text = ''
    try {
      for await (const piece of receive(question)) {
        text += piece
        observer.next(piece)
      }
      observer.complete()
      history.push({ role: 'user', message: question }, { role: 'assistant', message: text })
      keepHistory(history)
    } catch (error) {
      observer.error(error)
    }
  },
}
createAiChat()
  .withAdapter(adapter)
  .withInitialConversation([...history])
  .withPersonaOptions({
    assistant: { name: 'Osier', avatar: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=' },
    user: { name: 'Jane', avatar: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=' },
  })
  .withComposerOptions({ placeholder: 'Question' })
  .mount(document.getElementById('root'))
