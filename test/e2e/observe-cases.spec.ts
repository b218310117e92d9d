import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { expect, started, test } from './fixtures.ts'
import { observeTag } from './observed-page.ts'
import type { TestCollector } from './test-collector.ts'

interface Said {
  said: string
  name?: string
  status?: string
  /** What the message replaces says this. */
  replaces?: string
  /** Labels of its links. */
  links?: (string | null)[]
  /** Labels of the links in it that were clicked. */
  clicked?: string[]
}

/** What has to be stored of each page of `observe-cases`. */
const cases: Record<string, { promise: string; stored: Said[] }> = {
  '01-newest-first': {
    promise: 'a list that shows the newest exchange on top is read in the order in which it was said',
    stored: [
      { said: 'user: First question?' },
      { said: 'assistant: First answer, see one.', links: ['one'], clicked: ['one'] },
      { said: 'user: Second question?' },
      { said: 'assistant: Second answer, see two.', links: ['two'] },
    ],
  },
  '02-delivered-moves': {
    promise: 'a label that moves from question to question is no text and makes no question anew',
    stored: [
      { said: 'user: Hello there' },
      { said: 'user: Where is my order?' },
      { said: 'assistant: On its way.' },
      { said: 'user: Thanks a lot' },
      { said: 'assistant: Welcome.' },
    ],
  },
  '03-author-name': {
    promise: 'names, avatars, times and what is for screen readers is no text, and the author becomes the name',
    stored: [
      { said: 'user: First question?', name: 'Jane' },
      { said: 'assistant: First answer.', name: 'Osier Bot' },
    ],
  },
  '04-streamdown': {
    promise: 'lines of code that are blocks by style stay lines, and a link that is drawn as a button stays text',
    stored: [
      { said: 'user: First question?' },
      { said: 'assistant: Run this:\n\nnpm install osier\nosier start\n\nSee the guide.' },
    ],
  },
  '05-stop-button': {
    promise: 'a stop button is known by its accessible name, its class names and in other languages',
    stored: [1, 2, 3, 4].flatMap((n) => [
      { said: `user: Question ${n}` },
      { said: `assistant: An answer that is stopped ${n}`, status: 'aborted' },
    ]),
  },
  '06-retry-soon': {
    promise: 'a retry soon after the end of an answer keeps that answer whole',
    stored: [
      { said: 'user: First question?' },
      { said: 'assistant: The first try.' },
      { said: 'assistant: A second attempt.', replaces: 'The first try.' },
    ],
  },
  '08-edit': {
    promise: 'an edited question replaces the first one, and looking at the first branch again says nothing',
    stored: [
      { said: 'user: First question?' },
      { said: 'assistant: The first answer is red.' },
      { said: 'user: Edited question?', replaces: 'First question?' },
      { said: 'assistant: Another answer that is blue.' },
    ],
  },
  '09-error-words': {
    promise: 'an alert of danger that is all of an answer is an error',
    stored: [
      { said: 'user: First question?' },
      { said: 'assistant: Could not load chat\n\nThe server answered 500', status: 'error' },
    ],
  },
  '10-thinking-not-last': {
    promise: 'the label of a link is what a reader sees, blocks apart',
    stored: [
      { said: 'user: First question?' },
      {
        said: 'assistant: First answer.',
        links: ['Docs Getting started How to begin'],
        clicked: ['Docs Getting started How to begin'],
      },
    ],
  },
  '11-file-only': {
    promise: 'an answer that is a picture alone is kept by what the picture shows',
    stored: [
      { said: 'user: Show me.' },
      { said: 'assistant: [image: Floor plan of the house]' },
      { said: 'user: Thanks' },
      { said: 'assistant: Welcome.' },
    ],
  },
  '13-reasoning-sources': {
    promise: 'reasoning, suggestions and disclaimers are no text, and sources are links',
    stored: [{ said: 'user: First question?' }, { said: 'assistant: First answer.', links: ['Getting started'] }],
  },
  '15-grouped-bubbles': {
    promise: 'each bubble of a group is a message',
    stored: [
      { said: 'user: Hello there' },
      { said: 'user: Where is my order?' },
      { said: 'assistant: On its way.' },
      { said: 'assistant: Anything else?' },
    ],
  },
  '16-observe-alone': {
    promise: 'data-observe alone finds messages whose classes say whose they are',
    stored: [{ said: 'user: First question?' }, { said: 'assistant: First answer.' }],
  },
}

/** Plays a page to its end. Its time is the test's: it passes as fast as the machine can. */
async function play(
  name: string,
  {
    page,
    rawPage,
    collector,
  }: { page: Page; rawPage: (path: string, html: string) => string; collector: TestCollector },
) {
  const html = await readFile(join(import.meta.dirname, 'observe-cases', `${name}.html`), 'utf8')
  const { tag } = JSON.parse(/<!--meta (.*?)-->/.exec(html)?.[1] ?? '{}')
  await page.clock.install()
  await page.exposeFunction('wait', (ms: number) => page.clock.runFor(ms))
  await page.exposeFunction('type', async (text: string) => {
    await page.locator('#in').pressSequentially(text)
    await page.locator('#in').press('Enter')
    await page.locator('#in').fill('')
  })
  await page.route('https://docs.example.com/**', (route) => route.fulfill({ status: 204 }))
  const address = rawPage(
    '/',
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
    ${observeTag(collector, tag)}</head><body><input id="in" aria-label="Question">${html}</body></html>`,
  )
  await page.goto(address)
  await started(page)
  await page.evaluate('scenario()')
  await page.clock.runFor(12_000)
}

type Marks = { status?: string; replaces?: string; linkClicks?: { label: string }[] }

for (const [name, { promise, stored }] of Object.entries(cases)) {
  test(`${promise} (${name})`, async ({ page, site, collector }) => {
    await play(name, { page, rawPage: site.rawPage, collector })

    const told = async () => {
      const [conversation] = await collector.stored()
      const messages = conversation?.messages ?? []
      return messages.map((message, index) => {
        const marks = ((message.properties as { chatlog?: Marks } | null)?.chatlog ?? {}) as Marks
        const { status = 'complete', links, clicked, replaces, name } = { status: undefined, ...stored[index] }
        const replaced = messages.find(({ id }) => id === marks.replaces)
        return {
          said: `${message.role}: ${message.content}`,
          status: marks.status,
          ...(links && { links: (message.links ?? []).map(({ label }) => label) }),
          ...(name !== undefined && { name: message.name }),
          ...(clicked && { clicked: (marks.linkClicks ?? []).map(({ label }) => label) }),
          ...((replaces !== undefined || marks.replaces) && { replaces: replaced?.content }),
          ...(!stored[index] && { isUnexpected: status }),
          ...(!clicked && marks.linkClicks && { clicked: marks.linkClicks }),
        }
      })
    }
    await expect.poll(told).toEqual(stored.map((said) => ({ status: 'complete', ...said })))
    expect(await collector.stored()).toHaveLength(1)
  })
}

test('selectors that match nothing cost the site’s developer one clear line (12-selectors-match-nothing)', async ({
  page,
  site,
  collector,
}) => {
  const lines: string[] = []
  page.on('console', (message) => lines.push(message.text()))

  await play('12-selectors-match-nothing', { page, rawPage: site.rawPage, collector })

  expect(lines.filter((line) => /\.mine/.test(line) && /\.theirs/.test(line))).toHaveLength(1)
})
