import { expect, test } from 'playwright/test'

const { SITE = 'http://127.0.0.1:8080', COLLECTOR = 'http://127.0.0.1:8081', API_KEY } = process.env

test('what a visitor asks, reads and clicks is stored', async ({ page, request }) => {
  await page.goto(`${SITE}/qa/`)
  await page.getByLabel('Your question').fill('Where is my order?')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('link', { name: 'Track an order' }).click()

  await page.evaluate(() => window.chatlog.flush())
  const id = await page.evaluate(() => window.chatlog.getState().conversations.at(-1)?.id)
  const headers = { authorization: `Bearer ${API_KEY}` }
  const stored = await (await request.get(`${COLLECTOR}/conversations/${id}`, { headers })).json()

  expect(stored).toMatchObject({
    userProperties: { identificationType: 'COOKIED' },
    messages: [
      { role: 'user', content: 'Where is my order?' },
      { role: 'assistant', properties: { chatlog: { linkClicks: [{ label: 'Track an order' }] } } },
    ],
  })
})
