import { expect, test } from 'vitest'
import { observedWidget } from './observed-widget.ts'

const thumbs = '<button class="up"><svg><path></path></svg></button><button class="down">👎</button>'

for (const [where, html, isBeside] of [
  ['in its own bubble', `With npm. ${thumbs}`, false],
  ['in a row behind it', 'With npm.', true],
] as const) {
  test(`a click on an answer’s thumb ${where} is kept at that answer, and the last one counts`, async () => {
    const widget = observedWidget()
    const found: Element[] = []
    for (const question of ['one', 'two']) {
      await widget.ask(question)
      const bubble = widget.put('bot', html)
      const row = isBeside ? widget.put('tools', thumbs) : bubble
      found.push(...row.querySelectorAll('path, .down'))
      await widget.wait(3_000)
    }
    const [up, down] = found as [Element, Element]

    await widget.click(down)
    await widget.click(up)

    const given = (await widget.marks()).map(({ feedback }) => (feedback as { type?: string } | undefined)?.type)
    expect(given).toEqual([undefined, 'positive', undefined, undefined])
    expect((await widget.transcripts())[0]).toContain('assistant: With npm.')
  })
}
