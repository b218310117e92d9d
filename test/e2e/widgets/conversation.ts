import type { Page } from 'playwright/test'
import { expect, started } from '../fixtures.ts'
import type { MockBackend } from './mock-backend.ts'
import type { Widget } from './pages.ts'

const stopAt = 3
const cutAt = 6
const reloadAt = 5

/** The link that every whole answer has. */
export const url = 'https://docs.example.com/guide?a=1'
export const link = `[the guide](${url})`

/** Pieces of the answers; `undefined`: it waits to be stopped, `null`: to be cut. */
export const piecesFor =
  ({ stop }: Widget) =>
  (question: string): (string | null | undefined)[] => {
    const turn = Number(/\d+/.exec(question)?.[0])
    const pieces = [`Answer ${turn}: `, 'it says so ', 'in ', link, ' of ', 'Osier, ', 'more or less.']
    if (turn === stopAt && stop) return [...pieces.slice(0, 3), undefined]
    return turn === cutAt ? [...pieces.slice(0, 3), null] : pieces
  }

const questions = Array.from({ length: 10 }, (_, index) => `What about number ${index}?`)

async function ask(page: Page, widget: Widget, question: string): Promise<void> {
  const input = widget.input(page)
  await expect(input).toBeEnabled()
  await input.click()
  await input.fill(question)
  await input.press('Enter')
}

/** Ten turns: the fourth is stopped, the seventh cut off, and the page is reloaded before the sixth. */
export async function converse(page: Page, widget: Widget, backend: MockBackend): Promise<void> {
  for (const [index, question] of questions.entries()) {
    if (index === reloadAt) {
      await page.reload()
      await started(page)
    }
    await ask(page, widget, question)
    await expect.poll(() => backend.turns.length).toBe(index + 1)
    const isWhole = index !== cutAt && !(index === stopAt && widget.stop)
    const shown = isWhole ? new RegExp(`Answer ${index}: .*more or less\\.`) : `Answer ${index}: it says so in`
    await expect(page.getByText(shown)).toBeVisible()
    if (index === stopAt) await widget.stop?.(page).click()
    if (index === cutAt) backend.cut()
    await expect.poll(() => backend.turns[index]?.ended).toBe(true)
  }
}
