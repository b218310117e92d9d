import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { expect, test } from '../fixtures.ts'

/** What stands for Inkeep's model: an answer to each question, word by word, as its API streams it. */
async function mockAnswers(page: Page) {
  await page.route('https://ai.example.com/**', (route) => {
    const { messages = [] } = route.request().postDataJSON() ?? {}
    const asked = JSON.stringify(messages.at(-1)?.content ?? '').match(/How \w+|And \w+/)?.[0]
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

test('Inkeep’s own widget, unmodified, stores its conversations, events and thumbs in our collector', async ({
  page,
  site,
  collector,
}) => {
  await mockAnswers(page)
  const file = join(import.meta.dirname, 'node_modules/@inkeep/cxkit-js/dist/embed.js')
  site.rawPage('/embed.js', await readFile(file, 'utf8'), { 'content-type': 'text/javascript' })
  const settings = {
    baseSettings: {
      apiKey: collector.webKey,
      analyticsApiBaseUrl: collector.endpoint.replace('/conversations', ''),
      aiApiBaseUrl: 'https://ai.example.com',
      shouldBypassCaptcha: true,
      primaryBrandColor: '#9c3f16',
    },
  }
  await page.goto(
    site.rawPage(
      '/',
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"></head>
      <body><div id="root" style="height: 600px"></div><script type="module" src="/embed.js"></script>
      <script type="module">window.Inkeep.EmbeddedChat('#root', ${JSON.stringify(settings)})</script></body></html>`,
    ),
  )
  const input = page.getByRole('textbox').first()
  for (const question of ['How one?', 'And two?']) {
    await input.fill(question)
    await input.press('Enter')
    await expect(page.getByText(`About ${question.slice(0, -1)}: it says so in the guide.`)).toBeVisible()
  }

  await expect
    .poll(collector.transcripts)
    .toEqual([
      [
        'user: How one?',
        'assistant: About How one: it says so in the guide.',
        'user: And two?',
        'assistant: About And two: it says so in the guide.',
      ],
    ])
  const answersOf = (path: string) =>
    collector.requests.filter(({ method, url }) => method === 'POST' && url.endsWith(path)).map(({ status }) => status)
  expect(answersOf('/events')).not.toEqual([])
  await page.getByRole('button', { name: 'Upvote Message' }).first().click()
  await expect.poll(() => answersOf('/feedback')).not.toEqual([])
  expect(new Set([...answersOf('/events'), ...answersOf('/feedback')])).toEqual(new Set([200]))
})
