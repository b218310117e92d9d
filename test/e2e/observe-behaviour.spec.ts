import { expect, flush, started, test } from './fixtures.ts'
import { answered, ask, mockBackend, observeTag, putHomeMadePage } from './observed-page.ts'

const long = Array.from({ length: 300 }, (_, index) => `word${index}`).join(' ')

/** What chatlog says of a message. */
const marksOf = ({ properties }: { properties?: unknown }) =>
  (properties as { chatlog?: Record<string, unknown> } | null)?.chatlog ?? {}

test('an answer that the visitor stops is kept as far as it came, as aborted', async ({ page, site, collector }) => {
  await mockBackend(page, () => ({ text: long }))
  await page.goto(await putHomeMadePage(site, collector, { kind: 'grow', tokenMs: 20 }))
  await started(page)

  await ask(page, 'Go on')
  await expect(page.getByText('word5')).toBeVisible()
  await page.getByText('Stop').click()

  const answers = async () => (await collector.stored()).map(({ messages }) => messages[1])
  await expect
    .poll(async () => (await answers()).map((answer) => answer && marksOf(answer).status))
    .toEqual(['aborted'])
  const [answer] = await answers()
  expect(answer?.content).toMatch(/^word0 .*word5/)
  expect(long.startsWith(String(answer?.content))).toBe(true)
  expect(await collector.transcripts()).toEqual([['user: Go on', `assistant: ${answer?.content}`]])
})

for (const kind of ['grow', 'wholesale'] as const) {
  test(`a retry keeps the old answer, and the new one replaces it (${kind})`, async ({ page, site, collector }) => {
    let asked = 0
    await mockBackend(page, () => ({
      text: asked++ ? 'With npm install, in a folder.' : 'With npm install, anywhere.',
    }))
    await page.goto(await putHomeMadePage(site, collector, { kind, greeting: 'Hello' }))
    await started(page)
    await ask(page, 'How?')
    await answered(page, 1)
    await expect
      .poll(collector.transcripts)
      .toEqual([['assistant: Hello', 'user: How?', 'assistant: With npm install, anywhere.']])

    await page.getByTitle('Try again').click()
    await answered(page, 2)

    await expect
      .poll(collector.transcripts)
      .toEqual([
        [
          'assistant: Hello',
          'user: How?',
          'assistant: With npm install, anywhere.',
          'assistant: With npm install, in a folder.',
        ],
      ])
    const [conversation] = await collector.stored()
    const [, , old, anew] = conversation?.messages ?? []
    expect(anew && marksOf(anew).replaces).toBe(old?.id)
  })
}

test('history that another tab paints is the same conversation, and goes on there', async ({
  page,
  context,
  site,
  collector,
}) => {
  await mockBackend(page, (question) => ({ text: `About ${question}` }))
  const address = await putHomeMadePage(site, collector, { kind: 'html', greeting: 'Hello', storageKey: 'h' })
  await page.goto(address)
  await started(page)
  for (const [index, question] of ['one', 'one'].entries()) {
    await ask(page, question)
    await answered(page, index + 1)
  }
  await flush(page)

  const other = await context.newPage()
  await mockBackend(other, (question) => ({ text: `About ${question}` }))
  await other.goto(address)
  await started(other)
  await ask(other, 'two')
  await answered(other, 1)

  const said = ['one', 'one', 'two'].flatMap((question) => [`user: ${question}`, `assistant: About ${question}`])
  await expect.poll(collector.transcripts).toEqual([['assistant: Hello', ...said]])
})

test('a page on which nobody asks anything is no conversation, whatever its widget says first', async ({
  page,
  site,
  collector,
}) => {
  await page.goto(await putHomeMadePage(site, collector, { kind: 'grow', greeting: 'Hello' }))
  await started(page)
  await page.getByLabel('Question').fill('typed, and not sent')

  await flush(page)

  expect(await page.evaluate(() => window.chatlog.getState().conversations)).toEqual([])
  expect(JSON.stringify(collector.upserts())).not.toContain('not sent')
})

test('what is said after the button for a new conversation is another one, the same question too', async ({
  page,
  site,
  collector,
}) => {
  await mockBackend(page, (question) => ({ text: `About ${question}` }))
  const given = { kind: 'grow', greeting: 'Hello', tag: { 'new-conversation': '.anew' } } as const
  await page.goto(await putHomeMadePage(site, collector, given))
  await started(page)
  const said = ['assistant: Hello', 'user: one', 'assistant: About one']
  await ask(page, 'one')
  await answered(page, 1)
  await expect.poll(collector.transcripts).toEqual([said])

  await page.getByText('New chat').click()
  await ask(page, 'one')

  await expect.poll(collector.transcripts).toEqual([said, said])
})

test('a click on a link in an answer is stored with that answer', async ({ page, site, collector }) => {
  await mockBackend(page, () => ({ text: 'Here.', link: { href: '#guide', label: 'the guide' } }))
  const address = await putHomeMadePage(site, collector, { kind: 'grow' })
  await mockBackend(page, () => ({ text: 'Here.', link: { href: `${address}guide`, label: 'the guide' } }))
  await page.goto(address)
  await started(page)
  await ask(page, 'Where?')
  await answered(page, 1)
  await expect.poll(collector.transcripts).toEqual([['user: Where?', 'assistant: Here.\n\nSee the guide']])

  await page.getByText('the guide').click()

  await expect
    .poll(async () => {
      const [conversation] = await collector.stored()
      return conversation?.messages.map((message) => marksOf(message).linkClicks)
    })
    .toEqual([undefined, [expect.objectContaining({ url: `${address}guide`, label: 'the guide' })]])
})

test('what the visitor types and clicks in a frame of the page’s own is heard there', async ({
  page,
  site,
  collector,
}) => {
  const address = await putHomeMadePage(site, collector, { kind: 'grow', place: 'frame' })
  await mockBackend(page, () => ({ text: 'Here.', link: { href: `${address}guide`, label: 'the guide' } }))
  const frame = page.frameLocator('iframe')
  const said = ['user: Where?', 'assistant: Here.\n\nSee the guide']
  for (const times of [1, 2]) {
    await page.goto(address) // the frame begins with nothing each time
    await started(page)
    await frame.getByLabel('Question').fill('Where?')
    await frame.getByLabel('Question').press('Enter')
    await expect.poll(collector.transcripts).toEqual([Array(times).fill(said).flat()])
  }

  await frame.getByText('the guide').click()

  await expect
    .poll(async () => {
      const [conversation] = await collector.stored()
      return conversation?.messages.map((message) => marksOf(message).linkClicks)
    })
    .toEqual([undefined, undefined, undefined, [expect.objectContaining({ url: `${address}guide` })]])
})

test('a widget in a closed shadow root costs the site’s developer one clear line', async ({
  page,
  site,
  collector,
}) => {
  await page.clock.install()
  const lines: string[] = []
  page.on('console', (message) => lines.push(message.text()))
  const tag = observeTag(collector, { observe: 'x-chat', user: '.user', assistant: '.bot' })
  const define = `customElements.define('x-chat', class extends HTMLElement {
    constructor() { super(); this.attachShadow({ mode: 'closed' }).innerHTML = '<p class="bot">Hello</p>' } })`
  await page.goto(site.rawPage('/', `<!doctype html>${tag}<x-chat></x-chat><script>${define}</script>`))
  await started(page)

  await page.clock.runFor(40_000)

  expect(lines.filter((line) => /shadow root is closed/.test(line))).toHaveLength(1)
})
