// A page with Bot Framework Web Chat on a direct line of the page's own. It knows nothing of chatlog.
import { keepHistory, keptHistory, receive } from './shared.js'

const { renderWebChat } = window.WebChat

/** As much of RxJS as Web Chat asks of a direct line. */
const observable = (start) => ({
  subscribe(observer, error, complete) {
    const given = typeof observer === 'function' ? { next: observer, error, complete } : observer
    start(given)
    return { unsubscribe() {} }
  },
  [Symbol.observable ?? '@@observable']() {
    return this
  },
})

const sinks = new Set()
const history = keptHistory()
let count = history.length
const tell = (activity) => {
  const whole = {
    id: `a${count++}`,
    timestamp: new Date().toISOString(),
    channelId: 'directline',
    conversation: { id: 'c' },
    ...activity,
  }
  history.push(whole)
  keepHistory(history)
  for (const sink of sinks) sink.next(whole)
}
const answer = async (question) => {
  tell({ type: 'typing', from: { id: 'bot', name: 'Osier', role: 'bot' } })
  let text = ''
  try {
    for await (const piece of receive(question)) text += piece
  } catch {
    text = 'Half of it'
  }
  tell({ type: 'message', text, from: { id: 'bot', name: 'Osier', role: 'bot' } })
}
const directLine = {
  activity$: observable((sink) => {
    sinks.add(sink)
    for (const activity of history) if (activity.type === 'message') sink.next(activity)
  }),
  connectionStatus$: observable((sink) => {
    sink.next(0)
    sink.next(1)
    sink.next(2)
  }),
  postActivity: (activity) =>
    observable((sink) => {
      const id = `a${count}`
      if (activity.type === 'message') {
        tell({ ...activity, from: { id: 'me', name: 'Jane', role: 'user' } })
        void answer(activity.text)
      }
      sink.next(id)
      sink.complete?.()
    }),
  end() {},
  getSessionId: () => observable(() => {}),
}
renderWebChat({ directLine, userID: 'me', username: 'Jane', locale: 'en-US' }, document.getElementById('root'))
