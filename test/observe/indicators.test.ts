import { expect, test } from 'vitest'
import { observedWidget } from './observed-widget.ts'

for (const indicator of ['<i></i><i></i>', '• • •', 'Thinking…', 'Joe is typing', 'Loading', 'Searching...']) {
  test(`“${indicator}” before an answer is no message, however long it is there`, async () => {
    const widget = observedWidget()
    await widget.ask('How?')
    const bubble = widget.put('bot', indicator)
    await widget.wait(8_000)
    bubble.remove()
    widget.put('bot', 'With npm.')

    expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm.']])
  })
}

test('a short answer that speaks of typing is one', async () => {
  const widget = observedWidget()
  await widget.ask('What is strong?')
  widget.put('bot', 'TypeScript is strong in typing.')

  expect(await widget.transcripts()).toEqual([['user: What is strong?', 'assistant: TypeScript is strong in typing.']])
})

test('a short answer beside an element for the dots, as each answer has one, needs nothing behind it', async () => {
  const widget = observedWidget()
  const bubble = (text: string) => `<i class="bubble-typing"></i><p>${text}</p>`
  widget.put('bot', bubble('Hello.'))
  await widget.ask('Short?')
  widget.put('bot', bubble('Yes.'))

  expect(await widget.transcripts()).toEqual([['assistant: Hello.', 'user: Short?', 'assistant: Yes.']])
})
