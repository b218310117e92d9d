// A page with DocSearch and its Ask AI, on an agent of the page's own. It knows nothing of chatlog.
import docsearch from '@docsearch/js'
import { receive } from './shared.js'

/** Answers as an agent of Algolia's does: the AI SDK's stream of parts. */
function answerStream(question, signal) {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async start(controller) {
      const send = (part) => controller.enqueue(encoder.encode(`data: ${JSON.stringify(part)}\n\n`))
      send({ type: 'start', messageId: crypto.randomUUID() })
      send({ type: 'text-start', id: 't' })
      try {
        for await (const delta of receive(question, signal)) send({ type: 'text-delta', id: 't', delta })
      } catch (error) {
        send({ type: 'error', errorText: error.message })
        return controller.close()
      }
      if (signal?.aborted) return controller.error(signal.reason)
      send({ type: 'text-end', id: 't' })
      send({ type: 'finish' })
      controller.close()
    },
  })
}

const fetchFromSite = window.fetch
window.fetch = async (address, options) => {
  if (!String(address).includes('/agent-studio/')) return fetchFromSite(address, options)
  if (!String(address).includes('/completions')) return Response.json({})
  const { messages } = JSON.parse(options.body)
  const asked = messages.findLast(({ role }) => role === 'user').parts.find(({ type }) => type === 'text').text
  return new Response(answerStream(asked, options.signal), { headers: { 'content-type': 'text/event-stream' } })
}

docsearch({
  container: '#root',
  appId: 'APPID',
  apiKey: 'key',
  indices: ['docs'],
  askAi: { agentId: 'agent', appId: 'APPID', apiKey: 'key', indexName: 'docs' },
})
