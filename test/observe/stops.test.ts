import { expect, test } from 'vitest'
import { observedWidget } from './observed-widget.ts'

test('a button beside the input, outside what is observed, stops an answer too', async () => {
  const widget = observedWidget()
  const button = widget.document.createElement('button')
  button.setAttribute('aria-label', 'Stop generating')
  widget.document.body.append(button)
  await widget.ask('How?')
  const answer = widget.put('bot', 'With')
  await widget.wait(300)

  answer.textContent = 'With npm, in'
  await widget.click(button)

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm, in']])
  expect((await widget.marks())[1]).toMatchObject({ status: 'aborted' })
})

test('an answer that is stopped before its first words were looked at is aborted all the same', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  const stop = widget.put('controls', '<button>Stop</button>').querySelector('button') as HTMLButtonElement
  await widget.wait(100)

  widget.put('bot', 'With')
  await widget.click(stop)

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With']])
  expect((await widget.marks())[1]).toMatchObject({ status: 'aborted' })
})

test('a button elsewhere that reloads something else asks for no other answer', async () => {
  const widget = observedWidget()
  const button = widget.document.createElement('button')
  button.textContent = 'Refresh the weather'
  widget.document.body.append(button)
  await widget.ask('How?')
  const answer = widget.put('bot', 'With')
  await widget.wait(3_000)
  await widget.click(button)

  answer.textContent = 'With npm.'

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm.']])
})

test('an answer that the widget takes back while it comes is stored as far as it came', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  const answer = widget.put('bot', 'With npm, in')
  await widget.wait(300)

  widget.list.querySelector('.user')?.remove()
  answer.remove()

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm, in']])
})
