import { fileURLToPath } from 'node:url'
import { expect, type Page, test } from 'playwright/test'
import { exampleConversation } from '../bench/example-conversations.js'
import { type LiveViewServer, startLiveView } from './live-view-server.ts'

/** Takes the pictures of `docs/tour.md` anew: `npm run docs:tour`, after a build. */
const isAsked = process.env.npm_lifecycle_event === 'docs:tour'

const conversations = 240
const days = 30
/** One with some messages and clicks. */
const shown = `example-${conversations - 2}`
const pictures = fileURLToPath(new URL('../../docs/tour/', import.meta.url))

let liveView: LiveViewServer

test.skip(!isAsked)
test.describe.configure({ mode: 'default' })
test.beforeAll(async () => {
  test.setTimeout(300_000)
  liveView = await startLiveView({ role: 'admin' })
  for (let index = 0; index < conversations; index++) {
    await liveView.send('/conversations', exampleConversation(index, conversations, Date.now(), days))
  }
  for (const [index, label] of ['out of date', 'does not answer it', 'out of date', 'too long'].entries()) {
    const messageId = `example-${conversations - 3 - index}-a0`
    await liveView.send('/feedback', { type: 'negative', messageId, reasons: [{ label, details: '' }] })
  }
  await liveView.send('/feedback', { type: 'positive', messageId: `${shown}-a0` })
  await liveView.send('/events', { type: 'copied', entityType: 'message', messageId: `${shown}-a0` })
  for (const searchQuery of ['proxy', 'move region', 'error 402']) {
    await liveView.send('/events', { type: 'searched', entityType: 'search', searchQuery })
  }
})
test.afterAll(() => liveView?.close())

async function open(page: Page, address: string, height: number): Promise<void> {
  await page.setViewportSize({ width: page.viewportSize()?.width ?? 1280, height })
  await page.goto(await liveView.ticketUrl())
  await page.goto(`${liveView.url}/${address}`)
}

const take = (page: Page, name: string) => page.screenshot({ path: `${pictures}${name}.png`, animations: 'disabled' })

test('a conversation', async ({ page }) => {
  await open(page, `#id=${shown}`, 800)
  await expect(page.getByRole('list', { name: 'Feedback and events' })).toBeVisible()

  await take(page, 'conversation')
})

test.describe('in the dark', () => {
  test.use({ colorScheme: 'dark' })

  test('a conversation, for the README', async ({ page }) => {
    await open(page, `#id=${shown}`, 800)
    await expect(page.getByRole('list', { name: 'Feedback and events' })).toBeVisible()

    await take(page, 'conversation-dark')
  })
})

test('a search with filters', async ({ page }) => {
  await open(page, '#text=proxy&tag=beta', 760)
  await expect(page.getByRole('link', { name: 'Remove the filter tag: beta' })).toBeVisible()
  await expect(page.locator('#conversations')).toContainText('the address of the proxy')
  await page.getByText('Filters', { exact: true }).click()

  await take(page, 'search')
})

test('a visitor', async ({ page }) => {
  await open(page, '', 640)
  await page.locator('#conversations .visitor').first().click()
  await expect(page.locator('#visitor .list li').first()).toBeVisible()

  await take(page, 'visitor')
})

test('keys', async ({ page }) => {
  await open(page, '#view=keys', 900)
  await expect(page.locator('#administration [data-key]').first()).toBeVisible()

  await take(page, 'keys')
})

test('the statistics', async ({ page }) => {
  await open(page, '#view=statistics', 1600)
  await expect(page.locator('canvas')).toHaveCount(4)
  await expect(page.getByRole('main', { name: 'Statistics' })).toContainText('Latest searches')

  await take(page, 'statistics')
})

test.describe('on a telephone, in the dark', () => {
  test.use({ viewport: { width: 390, height: 780 }, colorScheme: 'dark' })

  test('the list', async ({ page }) => {
    await open(page, '', 780)
    await expect(page.locator('#conversations li[data-id]').first()).toBeVisible()

    await take(page, 'list-narrow-dark')
  })
})

test('the page that describes the requests', async ({ page }) => {
  await open(page, 'docs#logFeedback', 760)
  await expect(page.getByRole('heading', { name: 'Log feedback' })).toBeInViewport()

  await take(page, 'docs')
})
