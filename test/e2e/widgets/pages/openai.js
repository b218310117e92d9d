// A page that asks an API in the shape of OpenAI's by their client, and keeps the messages in the same shape. It knows
// nothing of chatlog.
import OpenAI from 'openai'
import { keepHistory, keptHistory } from './answers.js'

const client = new OpenAI({ apiKey: 'none', baseURL: `${location.origin}/openai`, dangerouslyAllowBrowser: true })
const [list, form, input, stop] = ['ol', 'form', 'input', 'button'].map((name) => document.querySelector(name))
const messages = keptHistory()
let answering

const show = () => {
  keepHistory(messages)
  list.replaceChildren(
    ...messages.map(({ content }) => Object.assign(document.createElement('li'), { textContent: content })),
  )
}

const answer = async () => {
  answering = new AbortController()
  const body = { model: 'any', messages: [...messages], stream: true }
  const stream = await client.chat.completions.create(body, { signal: answering.signal, maxRetries: 0 })
  const message = { role: 'assistant', content: '' }
  messages.push(message)
  for await (const { choices } of stream) {
    message.content += choices[0].delta.content
    show()
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  messages.push({ role: 'user', content: input.value })
  input.value = ''
  show()
  answer().catch(() => {})
})
stop.addEventListener('click', () => answering.abort())
show()
