// A page with a Typebot, answered by a viewer of the page's own. It knows nothing of chatlog.
import Typebot from '@typebot.io/js/web'
import { receive } from './shared.js'

const richText = (text) => ({ type: 'richText', richText: [{ type: 'p', children: [{ text }] }] })
const bubble = (text) => ({ id: crypto.randomUUID(), type: 'text', content: richText(text) })
const input = () => ({
  id: 'input',
  type: 'text input',
  options: { labels: { placeholder: 'Question', button: 'Send' } },
})

const fetchFromSite = window.fetch
window.fetch = async (address, options) => {
  const url = new URL(address instanceof Request ? address.url : address, location.href)
  if (!url.pathname.includes('/api/v1/')) return fetchFromSite(address, options)
  const body = JSON.parse((address instanceof Request ? await address.text() : options?.body) || '{}')
  if (url.pathname.includes('startChat'))
    return Response.json({
      sessionId: 's',
      resultId: 'r',
      typebot: { id: 'typebot', version: '6.1', settings: {}, theme: {} },
      messages: [bubble('Hello, what would you like to know?')],
      input: input(),
    })
  const question = body.message?.text ?? body.message
  let text = ''
  try {
    for await (const piece of receive(question)) text += piece
  } catch (error) {
    text = error.message
  }
  return Response.json({ messages: [bubble(text)], input: input() })
}

const element = document.createElement('typebot-standard')
element.style.cssText = 'width: 400px; height: 500px; display: block'
document.getElementById('root').append(element)
Typebot.initStandard({ typebot: 'typebot', apiHost: location.origin })
