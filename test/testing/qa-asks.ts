// Run in the project of playwright-project.ts, with the packed package.
import { readFileSync } from 'node:fs'
import { expect, test } from 'chatlog/testing'
import type { Frame, Page } from 'playwright/test'

declare const chatlog: { trackMessage(message: object): string }

const script = readFileSync('node_modules/chatlog/dist/chatlog.js', 'utf8')

/** A page of a site that exists only in the test. */
async function openSite(page: Page, body: string, path = '/') {
  await page.context().route('https://*.example/**', (route) => {
    const isScript = route.request().url().endsWith('.js')
    const type = isScript ? 'text/javascript' : 'text/html'
    return route.fulfill({ contentType: type, body: isScript ? script : body })
  })
  await page.goto(`https://shop.example${path}`)
}

const tag = (attributes = '') => `<script src="/chatlog.js" data-api-key="real_key" ${attributes}></script>`
const say = (page: Page | Frame, message: object) =>
  page.evaluate((said) => void chatlog.trackMessage(said), { role: 'user', ...message })

test('what a visitor clicks and thinks, and how an answer ended, can be asserted', async ({ page, chatlog }) => {
  await openSite(page, tag())
  await say(page, { id: 'q', content: 'Where is my order?' })
  await say(page, { id: 'a', role: 'assistant', content: 'Look: https://shop.example/track', status: 'aborted' })
  await page.evaluate(`chatlog.trackLinkClick({ url: '/track', label: 'Track an order' })`)
  const reasons = [{ label: 'Wrong', details: 'It is late.' }]
  await page.evaluate((why) => {
    const { trackFeedback } = (window as unknown as { chatlog: { trackFeedback(given: object): void } }).chatlog
    trackFeedback({ messageId: 'a', type: 'negative', reasons: why })
  }, reasons)
  const [conversation] = await chatlog.stored()

  expect(conversation).toHaveClicked('Track an order')
  expect(conversation).toHaveClicked('https://shop.example/track')
  expect(conversation).toHaveClicked({ url: expect.stringContaining('/track') })
  expect(conversation).not.toHaveClicked('Return an order')
  expect(conversation?.messages[0]).not.toHaveClicked('Track an order')
  expect(conversation?.messages[1]).toHaveClicked(/^Track/)
  expect(conversation).toHaveFeedback('negative')
  expect(conversation).toHaveFeedback({ type: 'negative', reasons })
  expect(conversation).not.toHaveFeedback('positive')
  expect(conversation).toHaveStatus('aborted')
  expect(conversation?.messages[0]).toHaveStatus('complete')
  expect(conversation).toHaveMessages(['user: Where is my order?', { content: expect.stringMatching(/track$/) }])
})

test('what a chat in a frame has recorded is asked for too', async ({ page, chatlog }) => {
  await openSite(page, '<iframe src="https://chat.example/"></iframe>')
  await page
    .context()
    .route('https://chat.example/', (route) => route.fulfill({ contentType: 'text/html', body: tag() }))
  await page.goto('https://shop.example/')
  await say(page.frames()[1] as Frame, { content: 'From the frame' })

  expect((await chatlog.stored())[0]).toHaveMessages(['user: From the frame'])
})

test.describe('with a clock that the test moves', () => {
  test('a question waits for its answer until the clock says so', async ({ page, chatlog }) => {
    await page.clock.install()
    await openSite(page, tag())
    await page.clock.pauseAt(Date.now() + 3_600_000)
    await say(page, { content: 'Where is my order?' })
    await page.clock.runFor(4_000)
    expect(chatlog.conversations()).toEqual([])

    await page.clock.runFor(2_000)

    const [conversation] = await chatlog.waitUntil((stored) => stored.length === 1)
    expect(conversation).toHaveMessages(['user: Where is my order?'])
  })

  test('what is stored can be asked for while the clock stands still', async ({ page, chatlog }) => {
    await page.clock.install()
    await openSite(page, tag())
    await page.clock.pauseAt(Date.now() + 3_600_000)
    await say(page, { content: 'Where is my order?' })
    await say(page, { id: 'a', role: 'assistant', content: 'On', status: 'streaming' })
    await page.evaluate(`chatlog.appendToMessage('a', ' its way.')`)
    await page.evaluate(`chatlog.completeMessage('a')`)

    expect((await chatlog.stored())[0]).toHaveMessages(['user: Where is my order?', 'assistant: On its way.'])
  })

  test('a widget that waits before it tells what was said', async ({ page, chatlog }) => {
    await page.clock.install()
    const debounce = `setTimeout(() => chatlog.trackMessage({ role: 'assistant', content: 'Late' }), 60_000)`
    await openSite(page, `${tag()}<button onclick="${debounce}">Ask</button>`)
    await page.getByRole('button').click()
    expect(await chatlog.stored()).toEqual([])

    await page.clock.fastForward(60_000)

    expect((await chatlog.stored())[0]).toHaveMessages(['assistant: Late'])
  })

  test('a half hour without a word ends the conversation', async ({ page, chatlog }) => {
    await page.clock.install()
    await openSite(page, tag())
    await say(page, { content: 'One' })
    await chatlog.stored()
    await page.clock.fastForward('31:00')
    await say(page, { content: 'Two' })

    const stored = await chatlog.stored()

    expect(stored).toHaveLength(2)
    expect(stored[1]).toHaveMessages(['user: Two'])
  })

  test('a collector that is away is asked again when the clock gets there', async ({ page, chatlog }) => {
    await page.clock.install()
    await openSite(page, tag())
    // A clock that is only installed goes on by itself, and the page asks again within 300 ms.
    await page.clock.pauseAt(Date.now() + 3_600_000)
    await chatlog.fail(503, { times: 1 })
    await say(page, { content: 'Hello?' })
    expect(await chatlog.stored()).toEqual([])
    expect(chatlog.requests.map(({ status }) => status)).toEqual([503])

    await page.clock.runFor(60_000)

    const [conversation] = await chatlog.waitUntil((stored) => stored.length === 1)
    expect(conversation).toHaveMessages(['user: Hello?'])
  })
})

test.describe('where nothing may be recorded', () => {
  test.use({ expectNothingRecorded: true })

  for (const consent of ['pending', 'denied']) {
    test(`consent ${consent}: a page that keeps to it passes`, async ({ page }) => {
      await openSite(page, tag(`data-consent="${consent}"`))
      await say(page, { content: 'Hello' })
    })
  }
})

test.describe('with an endpoint of the site’s own', () => {
  test.use({ chatlogEndpoint: 'https://api.example/chat/log' })

  test('what is sent there is handed over', async ({ page, chatlog }) => {
    await openSite(page, tag('data-endpoint="https://api.example/chat/log"'))
    await say(page, { content: 'Hello' })

    expect((await chatlog.stored())[0]).toHaveMessages(['user: Hello'])
    expect(chatlog.requests[0]?.url).toBe('https://api.example/chat/log')
  })
})

test('a condition that throws before anything is stored is waited for', async ({ page, chatlog }) => {
  await openSite(page, tag())
  const waiting = chatlog.waitUntil((stored) => stored[0]?.messages[0]?.content === 'Hello')
  const careless = chatlog.waitUntil((stored) => (stored[0] as (typeof stored)[0]).messages.length > 0)
  await say(page, { content: 'Hello' })
  await page.evaluate('chatlog.flush()')

  expect(await waiting).toEqual(await careless)
})
