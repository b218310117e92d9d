// Run in the project of example.test.ts, with the packed package: not by the tests of this clone themselves.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  expect(() => expect(undefined).toHaveMessages([])).toThrow(/Stored: 1 conversation[\s\S]*user: Hello/)
  expect(conversation).not.toHaveMessages(['user: Hello', 'assistant: Hi'])
})

/** A stand-in for production, which counts what reaches it, and a page that sends there. */
async function openProduction() {
  const hits: string[] = []
  const script = readFileSync('node_modules/chatlog/dist/chatlog-observe.js', 'utf8')
  const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization, content-type' }
  const server = createServer((request, response) => {
    const { method, url = '' } = request
    if (method === 'POST') hits.push(url)
    const { pathname, searchParams } = new URL(url, origin)
    if (method !== 'GET') return void response.writeHead(method === 'POST' ? 200 : 204, cors).end()
    const isScript = pathname === '/chatlog.js'
    const endpoint = `${origin}${searchParams.get('endpoint') ?? '/conversations'}`
    const attributes = `data-api-key="real_key" data-endpoint="${endpoint}" data-server="${searchParams.get('server') ?? 'hosted'}"`
    const html = `<title>Shop</title><script src="/chatlog.js" ${attributes}></script>`
    response
      .writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' })
      .end(isScript ? script : html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { hits, url: `${origin}/`, close: () => server.close() }
}

test.describe('production gets nothing', () => {
  let production: Awaited<ReturnType<typeof openProduction>>
  test.beforeAll(async () => {
    production = await openProduction()
  })
  test.afterEach(() => expect(production.hits).toEqual([]))
  test.afterAll(() => {
    expect(production.hits).toEqual([])
    production.close()
  })

  test('of a test that doesn’t name `chatlog`', async ({ page }) => {
    await page.goto(production.url)
    await say(page, 'Hello')
    expect(await page.evaluate('chatlog.flush()')).toMatchObject({ pending: [] })
  })

  test('of contexts and pages that the test opens itself', async ({ browser, chatlog }) => {
    const context = await browser.newContext()
    for (const page of [await context.newPage(), await browser.newPage()]) {
      await page.goto(production.url)
      await say(page, 'Hello')
      await page.evaluate('chatlog.flush()')
    }

    expect(chatlog.conversations()).toHaveLength(2)
  })

  test('of browsers that the test launches, and of persistent contexts', async ({ playwright, browser, chatlog }) => {
    const type = playwright[browser.browserType().name() as 'chromium']
    const folder = mkdtempSync(join(tmpdir(), 'chatlog-profile-'))
    const launched = await type.launch()
    const persistent = await type.launchPersistentContext(folder)
    for (const page of [await launched.newPage(), ...persistent.pages(), await persistent.newPage()]) {
      await page.goto(production.url)
      await say(page, 'Hello')
      await page.evaluate('chatlog.flush()')
    }
    await persistent.close()
    await launched.close()
    rmSync(folder, { recursive: true, force: true })

    const said = chatlog.conversations().map(({ messages }) => messages.map(({ content }) => content))
    expect(said).toEqual([['Hello'], ['Hello'], ['Hello']])
  })

  for (const server of ['hosted', 'chatlog']) {
    test(`of an endpoint that nobody named, for a ${server} server`, async ({ page, chatlog }) => {
      await page.goto(`${production.url}?endpoint=/log&server=${server}`)
      await say(page, 'Hello'.repeat(1_000))
      expect(await chatlog.stored()).toEqual([])
      await say(page, 'Bye')
      await page.goto('about:blank')
    })
  }

  test('and what the page posts to others with a key goes there', async ({ page }) => {
    await page.goto(production.url)
    await page.evaluate(() => {
      const headers = { authorization: 'Bearer x', 'content-type': 'application/json' }
      const post = (body: BodyInit) => fetch('/other', { method: 'POST', headers, body })
      return Promise.all([post('{"messages":[]}'), post(new Blob(['{"a":1}']))])
    })

    expect(production.hits.splice(0)).toEqual(['/other', '/other'])
  })

  test('of a popup', async ({ page, chatlog }) => {
    await page.goto(production.url)
    const opening = page.waitForEvent('popup')
    await page.evaluate(`void open(${JSON.stringify(production.url)})`)
    const popup = await opening
    await popup.waitForLoadState()
    await say(popup, 'Hello')

    expect(await chatlog.stored()).toHaveLength(1)
  })

  test('beside a route of the test’s own that lets everything go on', async ({ page, chatlog }) => {
    await page.route('**/*', (route) => route.continue())
    await page.goto(production.url)
    await say(page, 'Hello')

    expect(await chatlog.stored()).toHaveLength(1)
  })

  test('of feedback, which goes to the endpoint’s sibling', async ({ page, chatlog }) => {
    await page.goto(production.url)
    await page.evaluate(`chatlog.trackMessage({ id: 'a', role: 'assistant', content: 'Hello' })`)
    await page.evaluate(`chatlog.trackFeedback({ messageId: 'a', type: 'positive' })`)

    expect(await chatlog.stored()).toHaveLength(1)
  })

  for (const fault of ['slow', 'hang'] as const) {
    test(`of a test that ends while its request is under way: ${fault}`, async ({ page, chatlog }) => {
      await page.goto(production.url)
      await chatlog.fail(fault, { delayMs: 60_000 })
      await say(page, 'Hello')
      await page.evaluate('void chatlog.flush()')
    })
  }

  test('of a test whose assertion fails', async ({ page }) => {
    test.fail()
    await page.goto(production.url)
    await say(page, 'Hello')
    await page.evaluate('void chatlog.flush()')
    expect('red').toBe('green')
  })
})
