import { expect, test } from 'vitest'
import { observedWidget } from './observed-widget.ts'

const spoken = (text: string) => `<b>Helper</b><div role="alert">${text}</div>`

test('a widget that has every message read out as an alert has answers like any other', async () => {
  const widget = observedWidget()
  widget.put('bot', spoken('Hello.'))
  for (const number of ['one', 'two']) {
    widget.type()
    widget.put('user', spoken(`How ${number}?`))
    await widget.wait(100)
    widget.put('bot', spoken(`So ${number}.`))
    await widget.wait(3_000)
  }

  expect((await widget.marks()).map(({ status }) => status)).toEqual(Array(5).fill('complete'))
  const [said] = await widget.transcripts()
  expect(said?.slice(0, 2)).toEqual(['assistant: Hello.', 'user: How one?'])
})

test('a widget that has its answers read out as alerts has answers like any other', async () => {
  const widget = observedWidget()
  widget.put('bot', '<div role="alert">Hello.</div>')
  for (const number of ['one', 'two']) {
    await widget.ask(`How ${number}?`)
    widget.put('bot', `<div role="alert">So ${number}.</div>`)
    await widget.wait(3_000)
  }

  const statuses = (await widget.marks()).map(({ status }) => status)
  expect(statuses.slice(1)).toEqual(Array(4).fill('complete'))
})

test('the same failure behind each of two questions is one each time', async () => {
  const widget = observedWidget()
  for (const number of ['one', 'two']) {
    await widget.ask(`How ${number}?`)
    widget.put('bot', '<div role="alert">That went wrong.</div>')
    await widget.wait(3_000)
  }

  expect((await widget.marks()).map(({ status }) => status)).toEqual(['complete', 'error', 'complete', 'error'])
})
