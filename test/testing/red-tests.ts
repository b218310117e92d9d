// Run in the project of playwright-project.ts, with the packed package: every test here fails, and its report is read.
import { readFileSync } from 'node:fs'
import { expect, test } from 'chatlog/testing'
import type { Page } from 'playwright/test'

declare const chatlog: { trackMessage(message: object): string }

/** A shop's page: the tag with these attributes, and what stands in its body. */
async function openShop(page: Page, { tag = '', body = '', file = 'chatlog.js' } = {}) {
  await page.route('https://shop.example/**', (route) => {
    if (!route.request().url().endsWith('.js')) {
      const script = tag && `<script src="/${file}" ${tag}></script>`
      return route.fulfill({ contentType: 'text/html', body: `<title>Shop</title>${script}${body}` })
    }
    if (file === 'missing-chatlog.js') return route.fulfill({ status: 404, body: '' })
    return route.fulfill({
      contentType: 'text/javascript',
      body: readFileSync(`node_modules/chatlog/dist/${file}`, 'utf8'),
    })
  })
  await page.goto('https://shop.example/')
}

const say = (page: Page, ...messages: object[]) =>
  page.evaluate((said) => {
    for (const message of said) chatlog.trackMessage(message)
  }, messages)

const key = 'data-api-key="real_key"'
const ask = `<button onclick="chatlog.trackMessage({ role: 'user', content: 'Where is my order?' })">Ask</button>`

test('wrong selector in the test', async ({ page, chatlog }) => {
  await openShop(page, { tag: key, body: ask })
  await page.getByRole('button', { name: 'Aks' }).click({ timeout: 500 })
  await chatlog.stored()
})

test('wrong selector of the tag', async ({ page, chatlog }) => {
  const body = '<div class="chat"><p class="mine">Where is my order?</p><p class="theirs">On its way.</p></div>'
  const tag = `${key} data-observe=".chat" data-user=".my" data-assistant=".theirs-too"`
  await openShop(page, { tag, body, file: 'chatlog-observe.js' })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?'])
})

test('a refused body', async ({ page, chatlog }) => {
  await openShop(page)
  await page.evaluate(async () => {
    const body = JSON.stringify({ type: 'openai', messages: [{ role: 'tool', content: 'found' }] })
    const headers = { 'content-type': 'application/json', authorization: 'Bearer real_key' }
    await fetch('https://api.shop.example/conversations', { method: 'POST', headers, body })
  })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['assistant: found'])
})

test('a refused body is waited for', async ({ page, chatlog }) => {
  await openShop(page, { tag: key, body: ask })
  await chatlog.fail(422)
  await page.getByRole('button').click()
  await page.evaluate('chatlog.flush()')
  await chatlog.waitUntil((stored) => stored[0]?.messages.length === 1, { timeoutMs: 300 })
})

test('a consent banner left open', async ({ page, chatlog }) => {
  await openShop(page, { tag: `${key} data-consent="pending"`, body: ask })
  await page.getByRole('button').click()
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?'])
})

test('a consent banner left open is waited for', async ({ page, chatlog }) => {
  await openShop(page, { tag: `${key} data-consent="pending"`, body: ask })
  await page.getByRole('button').click()
  await chatlog.waitUntil(([conversation]) => conversation?.messages.length === 1, { timeoutMs: 300 })
})

test('no script', async ({ page, chatlog }) => {
  await openShop(page, { body: ask })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?'])
})

test('a script that is not there', async ({ page, chatlog }) => {
  const stub = '<script>window.chatlog = { q: [] }; chatlog.q.push(["trackMessage", {}])</script>'
  await openShop(page, { tag: key, file: 'missing-chatlog.js', body: stub })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?'])
})

test('calls that are queued', async ({ page, chatlog }) => {
  await openShop(page, {
    body: '<script>window.chatlog = { q: [] }; chatlog.q.push(["trackMessage", {}], ["identify", {}])</script>',
  })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?'])
})

test('a tag without a key', async ({ page, chatlog }) => {
  await openShop(page, { tag: 'data-consent="granted"', body: ask })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?'])
})

test('a wrong endpoint', async ({ page, chatlog }) => {
  await openShop(page, { tag: `${key} data-endpoint="https://api.shop.example/convrsations?key=1"`, body: ask })
  await page.getByRole('button').click()
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?'])
})

test('a wrong option', async ({ page, chatlog }) => {
  await openShop(page, { tag: `${key} data-endpoint="/conversations"`, body: ask })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?'])
})

test('nobody said anything', async ({ page, chatlog }) => {
  await openShop(page, { tag: key, body: ask })
  expect((await chatlog.stored())[0]).toHaveClicked('Track')
})

test('an invalid message', async ({ page, chatlog }) => {
  await openShop(page, { tag: key })
  await say(page, { role: 'tool', content: 'found' })
  expect((await chatlog.stored())[0]).toHaveStatus('complete')
})

test('a closed page', async ({ browser, chatlog }) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await openShop(page, { tag: `${key} data-consent="denied"`, body: ask })
  await page.getByRole('button').click()
  await context.close()
  expect((await chatlog.stored())[0]).toHaveFeedback('positive')
})

test('other messages', async ({ page, chatlog }) => {
  await openShop(page, { tag: key })
  const answer = { role: 'assistant', content: 'On its way.', properties: { secret: 'no-body' } }
  await say(page, { role: 'user', content: 'Where is my order?' }, answer, { role: 'user', content: 'Thanks!' })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages(['user: Where is my order?', 'user: Thanks'])
})

test('another field', async ({ page, chatlog }) => {
  await openShop(page, { tag: key })
  await say(page, { role: 'user', content: 'Hi', name: 'Jo' })
  const [conversation] = await chatlog.stored()
  expect(conversation).toHaveMessages([{ role: 'user', name: 'Joe', properties: { chatlog: { status: 'aborted' } } }])
})

test('other clicks, feedback and status', async ({ page, chatlog }) => {
  await openShop(page, { tag: key })
  await say(page, {
    id: 'a',
    role: 'assistant',
    content: 'Look [here](https://shop.example/track).',
    status: 'aborted',
  })
  await page.evaluate(`chatlog.trackLinkClick({ url: '/track', label: 'here' })`)
  await page.evaluate(`chatlog.trackFeedback({ messageId: 'a', type: 'negative' })`)
  const [conversation] = await chatlog.stored()
  expect.soft(conversation).toHaveClicked('there')
  expect.soft(conversation).toHaveFeedback('positive')
  expect.soft(conversation).toHaveStatus('complete')
  expect.soft((await chatlog.stored())[1]).toHaveStatus('complete')
})

test.describe(() => {
  test.use({ expectNothingRecorded: true })

  test('something is recorded where nothing may be', async ({ page }) => {
    await openShop(page, { tag: key, body: ask })
    await page.getByRole('button').click()
  })
})
