import { expect, started, test } from '../fixtures.ts'
import { observeTag } from '../observed-page.ts'
import { converse, link, piecesFor, url } from './conversation.ts'
import { startMockBackend, type Turn } from './mock-backend.ts'
import { bundlePage, type Widget, widgets } from './pages.ts'

/** What a message of the widget's should hold, by what the backend has sent. */
function expectedAnswer(widget: Widget, { answer }: Turn): { content: string; urls: string[] } {
  if (widget.plain) return { content: answer.trim(), urls: [] }
  return { content: answer.replace(link, 'the guide').trim(), urls: answer.includes(link) ? [url] : [] }
}

for (const widget of widgets) {
  test(`a tag alone records ${widget.name}, unmodified: ten turns, one stopped, one cut off, a reload in the middle`, async ({
    page,
    collector,
  }) => {
    const backend = await startMockBackend(piecesFor(widget), 20)
    if (widget.entry) backend.put('/page.js', await bundlePage(widget.entry), 'text/javascript')
    const head = observeTag(collector, widget.tag)
    await page.goto(
      backend.put('/', `<!doctype html><html lang="en"><head>${head}</head><body>${widget.body}</body></html>`),
    )
    await started(page)

    await converse(page, widget, backend)
    await expect.poll(async () => (await collector.transcripts()).flat().at(-1)).toMatch(/Answer 9.*less\.$/)

    const [conversation, ...others] = await collector.stored()
    const messages = conversation?.messages ?? []
    expect(others).toEqual([])
    const greetings = messages.filter(({ content }) => widget.greetings.includes(String(content)))
    expect(greetings.map(({ content }) => content)).toEqual(widget.greetings)
    const said = messages.filter(({ content }) => ![...widget.greetings, widget.failure].includes(String(content)))
    for (const turn of backend.turns) {
      const asked = said.shift()
      expect(asked).toMatchObject({ role: 'user', content: turn.question })
      const answered = said.shift()
      const { content, urls } = expectedAnswer(widget, turn)
      expect(answered?.role).toBe('assistant')
      expect(answered?.content).toBe(content)
      expect((answered?.links ?? []).map((one) => one.url)).toEqual(urls)
    }
    expect(said).toEqual([])
    await backend.close()
  })
}
