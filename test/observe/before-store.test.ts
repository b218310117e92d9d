import { expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { observedWidget } from './observed-widget.ts'

/** A widget whose site leaves out digits, and which messages it was asked about. */
function widgetWithEdits() {
  const asked: string[] = []
  const widget = observedWidget({
    beforeStore(message: MessageInput) {
      asked.push(String(message.content))
      return { ...message, content: String(message.content).replace(/\d/g, '#') }
    },
  })
  return { widget, asked }
}

const paint = (widget: ReturnType<typeof observedWidget>, exchanges: number) => {
  for (let number = 1; number <= exchanges; number++) {
    widget.put('user', `Question ${number}?`)
    widget.put('bot', `Answer ${number}.`)
  }
}

test('`beforeStore` is asked once for each message of a history that is painted at a load', async () => {
  const { widget, asked } = widgetWithEdits()
  paint(widget, 40)
  await widget.wait(5_000)

  expect(asked).toHaveLength(80)
  expect(new Set(asked).size).toBe(80)
  expect((await widget.transcripts())[0]).toHaveLength(80)
})

test('`beforeStore` is asked at most once for each message that is painted again', async () => {
  const { widget, asked } = widgetWithEdits()
  paint(widget, 40)
  await widget.wait(5_000)
  asked.splice(0)

  await widget.reload()
  paint(widget, 40)
  await widget.wait(5_000)
  await widget.ask('Question 41?')

  expect(asked).toHaveLength(81)
  expect(new Set(asked).size).toBe(81)
  expect((await widget.transcripts()).map(({ length }) => length)).toEqual([81])
})

test('`beforeStore` isn’t asked again about what stands still', async () => {
  const { widget, asked } = widgetWithEdits()
  for (let number = 1; number <= 5; number++) {
    await widget.ask(`Question ${number}?`)
    widget.put('bot', `Answer ${number}.`)
    await widget.wait(5_000)
  }

  expect(asked.filter((text) => text === 'Question 1?')).toHaveLength(1)
  expect(asked.filter((text) => text === 'Question 5?')).toHaveLength(1)
})
