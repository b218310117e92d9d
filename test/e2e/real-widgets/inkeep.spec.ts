import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { expect, type Site, test } from '../fixtures.ts'
import type { TestCollector } from '../test-collector.ts'

/**
 * What stands for Inkeep's model: an answer to each question, word by word, as its API streams it.
 *
 * @param isStored the answer waits until the widget knows under which id its question is stored, which takes a
 *   collector less than any model. An answer that is complete sooner, the widget sends without that id.
 */
async function mockAnswers(page: Page, isStored: boolean) {
  const stored: string[] = []
  page.on('requestfinished', (request) => {
    if (new URL(request.url()).pathname === '/conversations') stored.push(request.postData() ?? '')
  })
  await page.route('https://ai.example.com/**', async (route) => {
    const { messages = [] } = route.request().postDataJSON() ?? {}
    const asked = JSON.stringify(messages.at(-1)?.content ?? '').match(/How \w+|And \w+/)?.[0]
    if (isStored) await expect.poll(() => stored.some((body) => body.includes(`${asked}?`))).toBe(true)
    const pieces = `About ${asked}: it says so in the guide.`.match(/\S+\s*/g) ?? []
    const chunk = (delta: object, reason: string | null = null) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
    const body = [
      chunk({ role: 'assistant', content: '' }),
      ...pieces.map((content) => chunk({ content })),
      chunk({}, 'stop'),
      'data: [DONE]\n\n',
    ].join('')
    return route.fulfill({ body, headers: { 'content-type': 'text/event-stream', 'access-control-allow-origin': '*' } })
  })
}

/** A page with the widget's own file, that stores in the collector and asks the model above. */
async function openWidget(
  page: Page,
  site: Site,
  collector: TestCollector,
  settings: { privacyPreferences?: { optOutAllAnalytics: boolean } } = {},
) {
  await mockAnswers(page, !settings.privacyPreferences?.optOutAllAnalytics)
  const file = join(import.meta.dirname, 'node_modules/@inkeep/cxkit-js/dist/embed.js')
  site.rawPage('/embed.js', await readFile(file, 'utf8'), { 'content-type': 'text/javascript' })
  const baseSettings = {
    apiKey: collector.webKey,
    analyticsApiBaseUrl: collector.endpoint.replace('/conversations', ''),
    aiApiBaseUrl: 'https://ai.example.com',
    shouldBypassCaptcha: true,
    primaryBrandColor: '#9c3f16',
    ...settings,
  }
  await page.goto(
    site.rawPage(
      '/',
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"></head>
      <body><div id="root" style="height: 600px"></div><script type="module" src="/embed.js"></script>
      <script type="module">window.Inkeep.EmbeddedChat('#root', ${JSON.stringify({ baseSettings })})</script></body></html>`,
    ),
  )
}

async function ask(page: Page, question: string) {
  const input = page.getByRole('textbox').first()
  await input.fill(question)
  await input.press('Enter')
  await expect(page.getByText(`About ${question.slice(0, -1)}: it says so in the guide.`)).toBeVisible()
}

const first = ['user: How one?', 'assistant: About How one: it says so in the guide.']
const second = ['user: And two?', 'assistant: About And two: it says so in the guide.']

test('Inkeep’s own widget, unmodified, stores its conversations, events and thumbs in our collector', async ({
  page,
  site,
  collector,
}) => {
  await openWidget(page, site, collector)
  await ask(page, 'How one?')
  await ask(page, 'And two?')

  await expect.poll(collector.transcripts).toEqual([[...first, ...second]])
  await page.getByRole('button', { name: 'Upvote Message' }).first().click()
  const statusesOf = (path: string) =>
    collector.requests.filter(({ method, url }) => method === 'POST' && url.endsWith(path)).map(({ status }) => status)
  // A question, an answer, twice; and the thumb.
  await expect.poll(() => statusesOf('/events')).toEqual([200, 200, 200, 200, 200])
  await expect.poll(() => statusesOf('/feedback')).toEqual([200])
  const liked = await fetch(`${collector.endpoint}?feedback=positive`, {
    headers: { authorization: `Bearer ${collector.apiKey}` },
  })
  const [conversation] = await collector.stored()
  expect((await liked.json()).conversations).toMatchObject([{ id: conversation?.id }])

  await page.reload()
  await ask(page, 'And three?')
  await expect.poll(collector.transcripts).toEqual([
    [...first, ...second],
    ['user: And three?', 'assistant: About And three: it says so in the guide.'],
  ])
})

test('Inkeep’s own widget stores nothing where it opts out of all analytics', async ({ page, site, collector }) => {
  await openWidget(page, site, collector, { privacyPreferences: { optOutAllAnalytics: true } })
  await ask(page, 'How one?')
  await ask(page, 'And two?')

  expect(collector.requests).toEqual([])
})
