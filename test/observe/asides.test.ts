import { expect, test } from 'vitest'
import { observedWidget } from './observed-widget.ts'

/** A row that says when it was sent, and how it goes. */
const row = (text: string, time: string, status = '') =>
  `<div>${text}</div><span class="sentTime">${time}</span><small class="msg-status">${status}</small>`

test('a question whose row says how long ago, and whether it has arrived, is one and the same', async () => {
  const widget = observedWidget()
  widget.type()
  const question = widget.put('user', row('How?', 'just now', 'Sending'))
  await widget.wait(100)
  question.innerHTML = row('How?', 'a moment ago', 'Sent')
  const answer = widget.put('bot', row('With npm.', 'just now'))
  await widget.wait(3_000)
  question.replaceWith(Object.assign(question.cloneNode(), { innerHTML: row('How?', '1 minute ago', '✓✓ Read') }))
  answer.innerHTML = row('With npm.', '1 minute ago')
  await widget.wait(3_000)

  await widget.reload()
  widget.put('user', row('How?', '2 minutes ago', 'Read'))
  widget.put('bot', row('With npm.', '2 minutes ago'))
  await widget.wait(3_000)
  await widget.ask('And how?')

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm.', 'user: And how?']])
})

test('a time in what an answer says is the answer’s, whatever its element is called', async () => {
  const widget = observedWidget()
  await widget.ask('When?')
  widget.put(
    'bot',
    '<p>From <b class="time">10:30</b></p><div class="card"><i class="time">11:00</i> on Mondays</div><p>on.</p>',
  )

  expect(await widget.transcripts()).toEqual([['user: When?', 'assistant: From 10:30\n\n11:00 on Mondays\n\non.']])
})

test('an answer that is a time alone is that', async () => {
  const widget = observedWidget()
  await widget.ask('When?')
  widget.put('bot', '<div class="time">10:30</div>')

  expect(await widget.transcripts()).toEqual([['user: When?', 'assistant: 10:30']])
})

test('a bubble that is also named for its state is what was said', async () => {
  const widget = observedWidget()
  widget.type()
  widget.put('user', '<b>Me</b><div class="bubble msg-status">How?</div>')
  widget.put('user', '<b>Me</b><div class="status-sent has-time">Who?</div>')

  expect(await widget.transcripts()).toEqual([['user: How?', 'user: Who?']])
})

test('spaces of no width around a link are none of the text, within a word they are', async () => {
  const widget = observedWidget()
  await widget.ask('Where?')
  widget.put('bot', 'See \u200b<a href="/guide">the guide</a>\u200b of ភាសា\u200bខ្មែរ.')

  expect(await widget.transcripts()).toEqual([['user: Where?', 'assistant: See the guide of ភាសា\u200bខ្មែរ.']])
})

test('a question whose row changes in a part without a name, in its place, is the same one', async () => {
  const widget = observedWidget()
  widget.type()
  const sending = widget.put('user', 'How? <i>Sending</i>')
  await widget.wait(100)
  const sent = widget.document.createElement('div')
  sent.className = 'user'
  sent.innerHTML = 'How? <i>Just now</i>'
  sending.replaceWith(sent)
  await widget.wait(100)
  widget.put('bot', 'With npm.')
  await widget.wait(3_000)
  widget.type()
  sent.innerHTML = 'How? <i>1 minute ago</i>'
  await widget.wait(100)
  await widget.ask('How?')
  widget.put('bot', 'As I said.')

  expect(await widget.transcripts()).toEqual([
    ['user: How?', 'assistant: With npm.', 'user: How?', 'assistant: As I said.'],
  ])
})

test('a question that is edited into another one is another one', async () => {
  const widget = observedWidget()
  await widget.ask('How do I install it?')
  const answer = widget.put('bot', 'With npm.')
  await widget.wait(3_000)
  widget.type()
  answer.remove()
  const question = widget.list.querySelector('.user') as HTMLElement
  question.textContent = 'How do I remove it again?'
  await widget.wait(100)
  widget.put('bot', 'With npm, too.')

  expect((await widget.transcripts()).flat()).toContain('user: How do I remove it again?')
})

test('an element that is called by what it says and by its buttons is no row of buttons', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  widget.put('bot', '<div class="message-and-actions">With npm.<div class="message-actions"><i>Good?</i></div></div>')

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm.']])
})

test('a short answer with a bar of pictures to press is no question of a rating', async () => {
  const widget = observedWidget()
  const bar = '<i><button aria-label="Good"></button><button aria-label="Copy"></button><button>↻</button></i>'
  await widget.ask('How?')
  widget.put('bot', `<div class="meta"><b class="author">Osier</b></div><div>With npm.${bar}</div>`)
  await widget.ask('With which?')
  widget.put('bot', `<div class="meta"><b class="author">Osier</b></div><div>Which have you?${bar}</div>`)

  expect(await widget.transcripts()).toEqual([
    ['user: How?', 'assistant: With npm.', 'user: With which?', 'assistant: Which have you?'],
  ])
})

test('an element that is a message and its content at once is recorded whole', async () => {
  const tag = { observe: '#chat', user: '.user', assistant: '.bot', content: '.text' }
  const widget = observedWidget({ tag })
  await widget.ask('How?')
  widget.put('user text', 'And how long?')
  widget.put('bot text', 'With npm.')
  widget.put('bot', '<i>Ada</i><p class="text">In a minute.</p>')

  expect(await widget.transcripts()).toEqual([
    ['user: And how long?', 'assistant: With npm.', 'assistant: In a minute.'],
  ])
})
