// A page with React ChatBotify, as its documentation builds one: it keeps its own history, which a button brings back.
// It knows nothing of chatlog.
import ChatBot from 'react-chatbotify'
import { createRoot } from 'react-dom/client'
import { receive } from './answers.js'

const answer = async ({ userInput, streamMessage, endStreamMessage }) => {
  let text = ''
  try {
    for await (const piece of receive(userInput)) {
      text += piece
      await streamMessage(text)
    }
  } catch {
    // cut off: it stays as it is
  }
  await endStreamMessage('BOT')
}

const flow = { start: { message: 'Hello there!', path: 'answer' }, answer: { message: answer, path: 'answer' } }
const settings = { general: { embedded: true }, chatHistory: { storageKey: 'history' } }

createRoot(document.getElementById('root')).render(<ChatBot flow={flow} settings={settings} />)
