import { expect, test } from 'chatlog/testing'

// A test as somebody leaves it: nobody answers the banner. Its report is red-report.txt.
test('what a visitor asks is stored', async ({ page, chatlog }) => {
  await page.goto(chatlog.blankPage)
  await page.evaluate(`chatlog.setConsent('pending')`)
  await page.evaluate(`chatlog.trackMessage({ role: 'user', content: 'Where is my order?' })`)

  const [conversation] = await chatlog.stored()

  expect(conversation).toHaveMessages(['user: Where is my order?'])
})
