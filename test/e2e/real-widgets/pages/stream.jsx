// A page with Stream's chat, on a channel of the page's own. It knows nothing of chatlog.

import { useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { StreamChat } from 'stream-chat'
import { Channel, Chat, MessageComposer, MessageList, Window } from 'stream-chat-react'
import { keepHistory, keptHistory, receive } from './shared.js'

const jane = { id: 'jane', name: 'Jane' }
const osier = { id: 'osier', name: 'Osier' }
const cid = 'messaging:guide'

/** What Stream's API answers: the channel with what was said, and each message that is sent. */
function createService(client) {
  const history = keptHistory()
  const tell = (type, message) => {
    const known = history.findIndex(({ id }) => id === message.id)
    if (known < 0) history.push(message)
    else history[known] = message
    keepHistory(history)
    client.dispatchEvent({ type, cid, channel_id: 'guide', channel_type: 'messaging', user: message.user, message })
  }
  const made = (message) => {
    const at = new Date().toISOString()
    return { type: 'regular', cid, created_at: at, updated_at: at, attachments: [], reactions: [], ...message }
  }
  const answer = async (question) => {
    const message = made({ id: crypto.randomUUID(), user: osier, text: '', ai_generated: true })
    client.dispatchEvent({ type: 'typing.start', cid, channel_id: 'guide', channel_type: 'messaging', user: osier })
    try {
      for await (const piece of receive(question)) {
        message.text += piece
        tell(history.some(({ id }) => id === message.id) ? 'message.updated' : 'message.new', { ...message })
      }
    } catch (error) {
      message.text = error.message
      tell('message.updated', { ...message })
    }
    client.dispatchEvent({ type: 'typing.stop', cid, channel_id: 'guide', channel_type: 'messaging', user: osier })
  }
  return async ({ url, data }) => {
    const body = typeof data === 'string' ? JSON.parse(data) : data
    if (url.endsWith('/query'))
      return {
        channel: {
          id: 'guide',
          type: 'messaging',
          cid,
          own_capabilities: ['send-message', 'update-own-message'],
          config: {},
        },
        members: [{ user: jane, user_id: jane.id }],
        messages: history,
        read: [],
        watchers: [],
        watcher_count: 0,
      }
    const edited = history.find(({ id }) => url.endsWith(`/messages/${id}`))
    if (edited) {
      const message = { ...edited, text: body.message.text, updated_at: new Date().toISOString() }
      setTimeout(() => tell('message.updated', message))
      return { message }
    }
    if (!url.endsWith('/message')) return {}
    const message = made({ ...body.message, user: jane })
    setTimeout(() => {
      tell('message.new', message)
      void answer(message.text)
    })
    return { message }
  }
}

function Guide() {
  const [{ client, channel }, setReady] = useState({})
  useEffect(() => {
    const stream = new StreamChat('key', { allowServerSideConnect: true, disableCache: true })
    stream._setUser(jane)
    void stream.tokenManager.setTokenOrProvider(stream.devToken(jane.id), jane)
    stream.wsPromise = Promise.resolve()
    stream.wsConnection = { connectionID: 'c', isHealthy: true }
    const serve = createService(stream)
    stream.axiosInstance.defaults.adapter = async (config) => ({
      data: await serve(config),
      status: 200,
      statusText: 'OK',
      headers: {},
      config,
    })
    const guide = stream.channel('messaging', 'guide')
    void guide.watch().then(() => setReady({ client: stream, channel: guide }))
  }, [])
  if (!client) return null
  return (
    <Chat client={client}>
      <Channel channel={channel}>
        <Window>
          <MessageList />
          <MessageComposer />
        </Window>
      </Channel>
    </Chat>
  )
}

createRoot(document.getElementById('root')).render(<Guide />)
