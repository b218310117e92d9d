import type { Page } from 'playwright/test'
import { expect, started, test } from './fixtures.ts'
import { observeTag } from './observed-page.ts'
import { startMockBackend } from './widgets/mock-backend.ts'
import { areInstalled, bundleUseChatPage, type Widget, widgets } from './widgets/pages.ts'

const stopAt = 3
const cutAt = 6
const link = '[the guide](https://docs.example.com/guide?a=1)'

/** Pieces of the answers; `null`: the connection breaks. */
function piecesOf(question: string): (string | null)[] {
  const turn = Number(/\d+/.exec(question)?.[0])
  const pieces = [`Answer ${turn}: `, 'it says so ', 'in ', link, ' of ', 'Osier, ', 'more or less.']
  if (turn === stopAt) return [`Answer ${turn}: `, ...Array.from({ length: 200 }, (_, index) => `word${index} `)]
  return turn === cutAt ? [...pieces.slice(0, 3), null] : pieces
}

const asCopied = (markdown: string): string => markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim()

const questions = Array.from({ length: 10 }, (_, index) => `What about number ${index}?`)

async function ask(page: Page, widget: Widget, question: string): Promise<void> {
  const input = widget.input(page)
  await expect(input).toBeEnabled()
  await input.click()
  await input.pressSequentially(question)
  await input.press('Enter')
}

for (const widget of widgets) {
  test(`a tag alone records ${widget.name}, unmodified: ten turns, one stopped, one cut off, a reload in the middle`, async ({
    page,
    collector,
  }) => {
    test.skip(!areInstalled(), 'run `npm run test:widgets`, which installs the widgets')
    test.setTimeout(90_000)
    const backend = await startMockBackend(piecesOf, 20)
    if (widget.name === 'useChat') backend.put('/use-chat.js', await bundleUseChatPage(), 'text/javascript')
    const tag = observeTag(collector, widget.tag)
    await page.goto(
      backend.put('/', `<!doctype html><html lang="en"><head>${tag}</head><body>${widget.body}</body></html>`),
    )
    await started(page)

    for (const [index, question] of questions.entries()) {
      if (index === 5) {
        await page.reload()
        await started(page)
      }
      await ask(page, widget, question)
      await expect.poll(() => backend.turns.length).toBe(index + 1)
      if (index === stopAt && widget.stop) {
        await expect(page.getByText('word3').first()).toBeVisible()
        await widget.stop(page).click()
      } else if (index === cutAt) {
        await expect(page.getByText(`Answer ${index}: it says so in`)).toBeVisible()
        backend.cut()
        await expect.poll(() => backend.turns[index]?.ended).toBe(true)
      } else {
        await expect(page.getByText(`Answer ${index}`)).toBeVisible()
        await expect.poll(() => backend.turns[index]?.ended).toBe(true)
      }
    }
    await expect.poll(async () => (await collector.transcripts()).flat().at(-1)).toMatch(/Answer 9.*less\.$/)

    const [conversation, ...others] = await collector.stored()
    const messages = conversation?.messages ?? []
    expect(others).toEqual([])
    const said = messages.filter(({ content }) => ![...widget.greetings, widget.failure].includes(String(content)))
    expect(said.map(({ role }) => role)).toEqual(questions.flatMap(() => ['user', 'assistant']))
    for (const [index, { question, answer }] of backend.turns.entries()) {
      const [asked, answered] = said.slice(2 * index)
      expect(asked?.content).toBe(question)
      if (index === stopAt && widget.stop) {
        expect(asCopied(answer)).toContain(String(answered?.content))
        expect(answered?.content).toContain('word3')
      } else {
        expect(answered?.content).toBe(asCopied(answer))
        const urls = answer.includes(link) ? ['https://docs.example.com/guide?a=1'] : []
        expect((answered?.links ?? []).map(({ url }) => url)).toEqual(urls)
      }
    }
    const greetings = messages.filter(({ content }) => widget.greetings.includes(String(content)))
    expect(greetings.map(({ content }) => content)).toEqual(widget.greetings)
    await backend.close()
  })
}
