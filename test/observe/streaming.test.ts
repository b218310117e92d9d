import { expect, test } from 'vitest'
import { observedWidget } from './observed-widget.ts'

test('an answer that grows is recorded as it ends', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  const answer = widget.put('bot', 'With')
  await widget.wait(300)
  answer.textContent = 'With npm.'
  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm.']])
})

test('what a widget says about a broken connection in the answer’s own bubble is no part of the answer', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  const answer = widget.put('bot', '<p>With npm, in</p>')
  await widget.wait(300)

  answer.insertAdjacentHTML('beforeend', '<div role="alert">network error</div>')

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm, in']])
  expect((await widget.marks())[1]).toMatchObject({ status: 'error' })
})

test('an answer about errors is one, and no failure', async () => {
  const widget = observedWidget()
  await widget.ask('What does it mean?')
  widget.put('bot', '<p>It is <b class="error-name">E42</b>:</p><pre><code><i class="hljs-error">boom</i></code></pre>')

  expect(await widget.transcripts()).toEqual([['user: What does it mean?', 'assistant: It is E42:\n\nboom']])
  expect((await widget.marks())[1]).toMatchObject({ status: 'complete' })
})

test('a bubble that is nothing but an error is kept as one', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  widget.put('bot', '<div class="error-text">Something went wrong.</div>')

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: Something went wrong.']])
  expect((await widget.marks())[1]).toMatchObject({ status: 'error' })
})

test('an answer that is still being typed out when the next question comes is recorded whole', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  const first = widget.put('bot', '<p>It is in [the gui</p>')
  await widget.wait(300)
  await widget.ask('And then?')
  const second = widget.put('bot', '<p>Then</p>')
  first.innerHTML = '<p>It is in <a href="https://docs.example.com/">the guide</a> of</p>'
  await widget.wait(300)
  second.innerHTML = '<p>Then nothing.</p>'
  first.innerHTML = '<p>It is in <a href="https://docs.example.com/">the guide</a> of Osier.</p>'

  expect(await widget.transcripts()).toEqual([
    ['user: How?', 'assistant: It is in the guide of Osier.', 'user: And then?', 'assistant: Then nothing.'],
  ])
})

test('an answer that is shown as Markdown while it comes, and formatted later, is one', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  const answer = widget.put('bot', 'See **all** of [the guide](https://docs.example.com/guide), and `npm`.')
  await widget.wait(5_000)

  answer.innerHTML =
    '<p>See <b>all</b> of <a href="https://docs.example.com/guide">the guide</a>, and <code>npm</code>.</p>'

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: See all of the guide, and npm.']])
})

test('an answer that was cut off by a reload in the middle of its Markdown goes on where it is painted again', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  widget.put('bot', 'In [the guide](https://docs.exam')
  await widget.wait(600)

  await widget.reload()
  widget.put('user', 'How?')
  widget.put(
    'bot',
    '<p>In <a href="https://docs.example.com/">the guide</a> of Osier, more or less, and elsewhere.</p>',
  )

  expect(await widget.transcripts()).toEqual([
    ['user: How?', 'assistant: In the guide of Osier, more or less, and elsewhere.'],
  ])
})
