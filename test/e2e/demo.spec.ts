import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright/test'
import { expect, test } from 'playwright/test'
import { type Demo, startDemo } from '../demo/start-demo.ts'

const qaConfig = fileURLToPath(new URL('./qa-demo.config.ts', import.meta.url))

// One demo for all of them: the first start may have to build the widget demo.
test.describe.configure({ mode: 'default', timeout: 90_000 })

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.close())

/** Asks and waits until the answer is complete. */
async function ask(page: Page, question: string) {
  await page.getByLabel('Your question').fill(question)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
}

async function openChat(page: Page, path = '/site/') {
  await page.goto(demo.url + path)
  await page.getByRole('button', { name: 'Ask Osier' }).click()
}

const contents = async (count: number, visitorId: string | undefined) => {
  const ofVisitor = (await demo.stored()).filter(({ userProperties }) => userProperties?.id === visitorId)
  expect(ofVisitor.length).toBeLessThanOrEqual(1)
  return (ofVisitor[0]?.messages ?? [])
    .filter(({ role }) => role === 'user')
    .map(({ content }) => content)
    .slice(0, count)
}

const visitorIdOf = async (page: Page) =>
  (await page.context().cookies()).find(({ name }) => name === 'chatlog_visitor')?.value

test('a conversation shows in the live view within 3 s of its answer, link click included', async ({
  page,
  context,
}) => {
  await page.goto(demo.url)
  const [liveView] = await Promise.all([context.waitForEvent('page'), page.getByText('Open the live view').click()])
  await expect(liveView.getByText('live', { exact: true })).toBeVisible()

  await openChat(page)
  await ask(page, 'How are failed jobs retried?')

  const entry = liveView.locator('#conversations a', { hasText: 'How are failed jobs retried?' })
  await expect(entry).toBeVisible({ timeout: 3_000 })
  await expect(entry).toContainText('2 messages')
  await page.getByRole('link', { name: 'Giving up early' }).click()
  await expect(entry).toContainText('1 click', { timeout: 3_000 })
  await entry.click()
  await expect(liveView.getByRole('list', { name: 'Links' })).toContainText(/Giving up early\s*clicked/)
  await expect(liveView.locator('#panes')).toContainText(`${await visitorIdOf(page)}`)
})

test('what is stored names the visitor by the id in the cookie', async ({ page }) => {
  await openChat(page)
  await ask(page, 'What happens on a deploy?')

  const visitorId = await visitorIdOf(page)

  expect(visitorId).toMatch(/^[\w-]{21}$/)
  await expect
    .poll(async () => (await demo.stored()).map(({ userProperties }) => userProperties))
    .toContainEqual({ id: visitorId, identificationType: 'COOKIED' })
})

test('the conversation goes on over the pages and a reload, as one, in order', async ({ page }) => {
  await openChat(page)
  await ask(page, 'one: install?')
  await page.goto(`${demo.url}/site/retries.html`)
  await ask(page, 'two: retries?')
  await page.reload()
  await ask(page, 'three: workers?')

  const visitorId = await visitorIdOf(page)

  await expect.poll(() => contents(3, visitorId)).toEqual(['one: install?', 'two: retries?', 'three: workers?'])
})

test('a question asked in the moment of leaving the page is stored', async ({ page }) => {
  await openChat(page)
  await ask(page, 'install?')
  const visitorId = await visitorIdOf(page)

  await page.getByLabel('Your question').fill('and now I am gone')
  await page.evaluate(() => {
    document.querySelector<HTMLFormElement>('.ask-form')?.requestSubmit()
    location.href = 'about:blank'
  })

  await expect.poll(() => contents(2, visitorId)).toEqual(['install?', 'and now I am gone'])
})

test('an answer that was stopped is stored as far as it came, one written again keeps the first', async ({ page }) => {
  await page.goto(`${demo.url}/docs-widget/`)
  await page.getByRole('button', { name: 'Why is my bread dense?' }).click()
  const answer = page.locator('.chat .message.assistant')
  await expect(answer).toContainText('A dense crumb')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(answer).toContainText('stopped')

  await page.getByRole('button', { name: 'Regenerate' }).click()
  await expect(answer).toContainText('Check three things')
  await expect(page.getByRole('button', { name: 'Regenerate' })).toBeVisible()

  const visitorId = await visitorIdOf(page)
  await expect
    .poll(async () => {
      const found = (await demo.stored()).find(({ userProperties }) => userProperties?.id === visitorId)
      return found?.messages.map(({ properties }) => (properties?.chatlog as { status?: string } | undefined)?.status)
    })
    .toEqual(['complete', 'aborted', 'complete'])
  await page.goto(`${demo.url}/live-view`)
  await page.locator('#conversations a', { hasText: 'Why is my bread dense?' }).first().click()
  await expect(page.locator('.message', { hasText: 'A dense crumb' })).toContainText('replaced')
})

test('thumbs show in the live view: those that a widget tells of, and those of a widget that knows nothing of it', async ({
  page,
  context,
}) => {
  const liveView = await context.newPage()
  await liveView.goto(`${demo.url}/live-view`)
  const shows = async (question: string, feedback: string) => {
    await liveView.locator('#conversations a', { hasText: question }).first().click()
    await expect(liveView.locator('.message.assistant')).toContainText(feedback)
  }

  await page.goto(`${demo.url}/docs-widget/`)
  await page.getByRole('button', { name: 'How do I get a good crust?' }).click()
  await page.getByRole('button', { name: 'Helpful', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Helpful', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await shows('How do I get a good crust?', 'positive feedback')

  await page.goto(`${demo.url}/observe/`)
  await page.getByLabel('Your question').fill('Do you know me?')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Not helpful' }).click()
  await shows('Do you know me?', 'negative feedback')
})

test('the selector finder gives a tag for pasted HTML, after a click on a question and one on an answer', async ({
  page,
}) => {
  await page.goto(`${demo.url}/observe/selectors.html`)
  await page
    .getByLabel('The widget’s HTML')
    .fill('<div id="chat"><div class="list"><p class="msg user">How?</p><p class="msg bot">So.</p></div></div>')
  await page.getByRole('button', { name: 'How?' }).click()
  await page.getByRole('button', { name: 'So.' }).click()

  await expect(page.getByRole('status')).toContainText('1 of the visitor’s messages and 1 answers')
  await expect(page.getByLabel('The tag')).toHaveValue(
    /data-observe="#chat \.list"\s+data-user="\.user"\s+data-assistant="\.bot"/,
  )
})

test('the test that QA copies passes as it stands', async () => {
  const env = { ...process.env, SITE: demo.url, COLLECTOR: demo.collectorUrl, API_KEY: demo.apiKey }
  const playwright = fileURLToPath(new URL('../../node_modules/playwright/cli.js', import.meta.url))
  const child = spawn(process.execPath, [playwright, 'test', '-c', qaConfig], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))

  const code = await new Promise((resolve) => child.on('close', resolve))

  expect(output).toContain('1 passed')
  expect(code).toBe(0)
})

test('every page of the demos works with the keyboard and shows its source', async ({ page }) => {
  await page.goto(`${demo.url}/site/`)
  await page.getByRole('button', { name: 'Ask Osier' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Your question')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Ask Osier' })).toBeFocused()

  await page.getByRole('button', { name: 'Source' }).click()
  await expect(page.getByRole('tabpanel')).toContainText('data-api-key')
  await page.getByRole('tab', { name: 'index.html' }).press('ArrowRight')
  await expect(page.getByRole('tabpanel')).toContainText('appendToMessage')
  for (const path of ['/docs-widget/', '/qa/', '/widgets/', '/widgets/adapter.html', '/widgets/use-chat/']) {
    await page.goto(demo.url + path)
    await expect(page.getByRole('tabpanel')).toContainText('chatlog')
  }
})

test('the start prints one address, and ends when asked to, also while somebody watches', async ({ page }) => {
  const other = await startDemo()
  try {
    await page.goto(`${other.url}/live-view`)
    await expect(page.getByText('live', { exact: true })).toBeVisible()
    expect(other.output().match(/https?:\/\//g)).toHaveLength(1)
    expect(await other.end('SIGINT')).toBe(0)
  } finally {
    await other.close()
  }
})
