// Run in the project of readme-example.test.ts, with the packed package: not by the tests of this clone themselves.
import { expect, test } from 'chatlog/testing'
import type { Page } from 'playwright/test'

declare const chatlog: { trackMessage(message: object): string }

/** A deployed page, which sends to the hosted API. */
async function openDeployedPage(page: Page, blankPage: string) {
  const script = await (await fetch(new URL('/chatlog.js', blankPage))).text()
  await page.route('https://shop.example/**', (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({
          contentType: 'text/html',
          body: '<title>Shop</title><script src="/chatlog.js" data-api-key="real_key"></script>',
        }),
  )
  await page.goto('https://shop.example/')
}

const say = (page: Page, content: string) =>
  page.evaluate((said) => void chatlog.trackMessage({ role: 'user', content: said }), content)

test('what a deployed page sends to the hosted API lands in the fake collector', async ({ page, chatlog }) => {
  await openDeployedPage(page, chatlog.blankPage)
  await say(page, 'Hello')

  const [conversation] = await chatlog.stored()

  expect(conversation).toHaveMessages(['user: Hello'])
  expect(chatlog.requests[0]?.headers.authorization).toBe('Bearer real_key')
})

test('what it would send as it is left goes nowhere else, and arrives from its next page', async ({
  page,
  chatlog,
}) => {
  const failed: string[] = []
  page.on('requestfailed', (request) => failed.push(request.url()))
  await openDeployedPage(page, chatlog.blankPage)
  await say(page, 'Bye')
  await page.goto('about:blank')
  await page.goto('https://shop.example/')

  const [conversation] = await chatlog.waitUntil((stored) => stored.length > 0)

  expect(conversation).toHaveMessages(['user: Bye'])
  expect(failed).toEqual([])
})

test('a page that is given the fake endpoint sends to it as it is left', async ({ page, chatlog }) => {
  await page.goto(chatlog.blankPage)
  await say(page, 'Bye')
  await page.goto('about:blank')

  const [conversation] = await chatlog.waitUntil((stored) => stored.length > 0)

  expect(conversation).toHaveMessages(['user: Bye'])
})

for (const fault of ['reset', 'cut', 'offline'] as const) {
  test(`${fault}: the page sends again once it is healed`, async ({ page, chatlog }) => {
    await openDeployedPage(page, chatlog.blankPage)
    await chatlog.fail(fault)
    await say(page, 'Hello')
    await page.evaluate('chatlog.flush()')
    await chatlog.heal()

    const [conversation] = await chatlog.waitUntil((stored) => stored.length > 0)

    expect(conversation).toHaveMessages([{ content: 'Hello', role: 'user' }])
  })
}

test('hang: a test goes on while the request hangs', async ({ page, chatlog }) => {
  await openDeployedPage(page, chatlog.blankPage)
  await chatlog.fail('hang')
  await say(page, 'Hello')

  expect(await chatlog.stored()).toEqual([])
  await chatlog.heal()
  const [conversation] = await chatlog.waitUntil((stored) => stored.length > 0)
  expect(conversation).toHaveMessages(['user: Hello'])
})

test('other messages than expected are shown beside the expected ones', async ({ page, chatlog }) => {
  await page.goto(chatlog.blankPage)
  await say(page, 'Hello')
  const [conversation] = await chatlog.stored()

  expect(() => expect(conversation).toHaveMessages(['user: Bye'])).toThrow(/Bye[\s\S]*Hello/)
  expect(() => expect(undefined).toHaveMessages([])).toThrow(/nothing is stored/)
  expect(conversation).not.toHaveMessages(['user: Hello', 'assistant: Hi'])
})
