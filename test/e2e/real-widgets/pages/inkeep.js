// A page with Inkeep's chat, on a model of the page's own. It knows nothing of chatlog.
import { receive } from './shared.js'

const chunk = (delta, reason = null) =>
  `data: ${JSON.stringify({
    id: 'answer',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'model',
    choices: [{ index: 0, delta, finish_reason: reason }],
  })}\n\n`

/** Answers as Inkeep's API does. */
function answerStream(question, signal) {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async start(controller) {
      const send = (text) => controller.enqueue(encoder.encode(text))
      send(chunk({ role: 'assistant', content: '' }))
      try {
        for await (const content of receive(question, signal)) send(chunk({ content }))
      } catch (error) {
        return controller.error(error)
      }
      if (signal?.aborted) return controller.error(signal.reason)
      send(chunk({}, 'stop'))
      send('data: [DONE]\n\n')
      controller.close()
    },
  })
}

const fetchFromSite = window.fetch
window.fetch = async (address, options) => {
  const url = String(address instanceof Request ? address.url : address)
  if (!url.includes('/model/')) return fetchFromSite(address, options)
  const { messages } = JSON.parse(address instanceof Request ? await address.text() : options.body)
  const { content } = messages.findLast(({ role }) => role === 'user')
  const asked = typeof content === 'string' ? content : content[0].text
  const signal = options?.signal ?? (address instanceof Request ? address.signal : undefined)
  return new Response(answerStream(asked, signal), { headers: { 'content-type': 'text/event-stream' } })
}

// The widget's own file, as it is; it takes the page's `fetch` when it begins.
await import(/* @vite-ignore */ '/widget.js')
window.Inkeep.EmbeddedChat('#root', {
  baseSettings: {
    apiKey: 'key',
    aiApiBaseUrl: `${location.origin}/model`,
    shouldBypassCaptcha: true,
    privacyPreferences: { optOutAllAnalytics: true },
    primaryBrandColor: '#9c3f16',
  },
})
