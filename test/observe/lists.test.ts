import { expect, test } from 'vitest'
import { observedWidget } from './observed-widget.ts'

test('a list that holds the newest message first and shows it last is read as it is shown', async () => {
  const widget = observedWidget({ newestFirst: true })
  widget.list.style.cssText = 'display: flex; flex-direction: column-reverse'
  const questions = ['one', 'two', 'two']
  for (const question of questions) {
    await widget.ask(question)
    widget.put('bot', `About ${question}`)
    await widget.wait(3_000)
  }

  expect(await widget.transcripts()).toEqual([
    questions.flatMap((question) => [`user: ${question}`, `assistant: About ${question}`]),
  ])
})

for (const before of ['typed', 'clicked'] as const) {
  test(`history of one question that is painted after the visitor has ${before} somewhere is not asked anew`, async () => {
    const widget = observedWidget()
    await widget.ask('How?')
    widget.put('bot', 'With npm.')
    await widget.wait(5_000)

    await widget.reload()
    if (before === 'typed') widget.type()
    else await widget.click(widget.list)
    widget.put('user', 'How?')
    widget.put('bot', 'With npm.')
    await widget.wait(5_000)
    await widget.ask('How?')
    widget.put('bot', 'As I said.')

    expect(await widget.transcripts()).toEqual([
      ['user: How?', 'assistant: With npm.', 'user: How?', 'assistant: As I said.'],
    ])
  })
}

test('a question that is asked again after a reload without history is another one', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  widget.put('bot', 'With npm.')
  await widget.wait(5_000)

  await widget.reload()
  await widget.ask('How?')
  widget.put('bot', 'With npm.')

  const said = ['user: How?', 'assistant: With npm.']
  expect(await widget.transcripts()).toEqual([[...said, ...said]])
})
