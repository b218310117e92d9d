import { isLazy } from './chat-page.ts'
import { answer, expect, flush, say, test } from './fixtures.ts'

/** Records a message in the click that leaves the page: nothing asynchronous of the script can run any more. */
const leavingLink = (href: string) => `<a id="leave" href="${href}"
  onclick="chatlog.trackMessage({ role: 'user', content: 'Bye' })">Leave</a>`

for (const server of ['hosted', 'chatlog'] as const) {
  test.describe(`with server: '${server}'`, () => {
    test('a message written while going to the site’s next page is stored', async ({ page, site, collector }) => {
      site.page('/next', { tag: { server } })
      await site.open(page, site.page('/', { tag: { server }, body: leavingLink('/next') }))
      await answer(page, 'Hello')

      await page.click('#leave')
      await page.waitForURL('**/next')

      await expect.poll(collector.transcripts).toEqual([['assistant: Hello', 'user: Bye']])
    })

    test('a message written while leaving the site is stored before any next visit', async ({
      page,
      site,
      collector,
    }) => {
      site.rawPage('/elsewhere', '<!doctype html>')
      const elsewhere = `${site.otherOrigin}/elsewhere`
      await site.open(page, site.page('/', { tag: { server }, body: leavingLink(elsewhere) }))
      await answer(page, 'Hello')

      await page.click('#leave')
      await page.waitForURL(elsewhere)

      await expect.poll(collector.transcripts).toEqual([['assistant: Hello', 'user: Bye']])
    })

    test('a message written just before the tab is closed is stored', async ({ page, site, collector, context }) => {
      await context.newPage() // so that closing the tab doesn't end the browser's context
      await site.open(page, site.page('/', { tag: { server } }))
      await answer(page, 'Hello')
      await say(page, 'Bye')

      await page.close()

      await expect.poll(collector.transcripts).toEqual([['assistant: Hello', 'user: Bye']])
    })
  })
}

test('what the closing tab could not send is sent by the next visit', async ({ page, site, collector, context }) => {
  await site.open(page)
  await collector.goAway()
  await say(page, 'Is anybody there?')
  await page.close()
  await collector.comeBack()
  expect(await collector.transcripts()).toEqual([])

  await site.open(await context.newPage())

  await expect.poll(collector.transcripts).toEqual([['user: Is anybody there?']])
})

test('a large conversation, too large for a closing page, is stored by the next visit', async ({
  page,
  site,
  collector,
  context,
}) => {
  await site.open(page)
  for (let number = 0; number < 10; number++) await say(page, `${number}${'Lorem ipsum '.repeat(1_700)}`)
  await page.close()

  await site.open(await context.newPage())

  await expect
    .poll(async () => (await collector.transcripts()).map((messages) => messages.map((text) => text.slice(0, 7))))
    .toEqual([Array.from({ length: 10 }, (_, number) => `user: ${number}`)])
})

test('a hidden page sends at once', async ({ page, site, collector }) => {
  await site.open(page, site.page('/', { tag: { 'max-wait-ms': '60000' } }))
  await say(page, 'Waiting')

  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  })

  await expect.poll(collector.transcripts).toEqual([['user: Waiting']])
})

test('a closing page asks our own collector with a text/plain beacon, never the hosted API', async ({
  page,
  site,
  collector,
}) => {
  test.skip(isLazy, 'The lazy tag leaves its body with the browser in the call, and the key in a header.')
  for (const server of ['chatlog', 'hosted'] as const) {
    await site.open(page, site.page('/', { tag: { server } }))
    await page.evaluate(() => {
      sessionStorage.clear() // a conversation of its own for each round
      window.chatlog.startConversation()
    })
    await say(page, `Bye, ${server}`)
    await page.goto('about:blank')
    await expect.poll(async () => (await collector.transcripts()).flat()).toContain(`user: Bye, ${server}`)
  }

  const beacons = collector.requests.filter(({ method, headers }) => method === 'POST' && !headers.authorization)
  expect(beacons.map(({ body }) => body.includes('Bye, hosted'))).not.toContain(true)
  expect(beacons[0]).toMatchObject({
    url: `/conversations?key=${collector.webKey}`,
    headers: { 'content-type': expect.stringMatching(/^text\/plain/) },
  })
})

test('30 KB of Chinese and emoji written just before leaving are stored', async ({ page, site, collector }) => {
  const text = '漢字😀'.repeat(3_000)
  await site.open(page)
  await say(page, text)
  await page.goto('about:blank')

  await expect.poll(collector.transcripts).toEqual([[`user: ${text}`]])
})

test('a turn after 200 KB of delivered conversation reaches our own collector from a closing page', async ({
  page,
  site,
  collector,
}) => {
  await site.open(page, site.page('/', { tag: { server: 'chatlog' } }))
  for (let number = 0; number < 10; number++) await say(page, `${number}${'Lorem ipsum '.repeat(1_700)}`)
  await flush(page)
  await say(page, 'Bye')
  await page.goto('about:blank')

  await expect.poll(async () => (await collector.transcripts()).flat().at(-1)).toBe('user: Bye')
  expect((await collector.transcripts()).flat()).toHaveLength(11)
})

test('an answer that was streaming when the tab was closed arrives as far as it came', async ({
  page,
  site,
  collector,
  context,
}) => {
  await site.open(page)
  await say(page, 'Tell me')
  const id = await answer(page, 'It ', { status: 'streaming' })
  await page.evaluate((id) => window.chatlog.appendToMessage(id, 'was going'), id)
  await page.close()
  await expect.poll(collector.transcripts).toEqual([['user: Tell me', 'assistant: It was going']])

  await site.open(await context.newPage())

  const status = async () => (await collector.stored())[0]?.messages[1]?.properties
  await expect.poll(status).toMatchObject({ chatlog: { status: 'interrupted' } })
})

test('ten messages recorded at once, then the tab closed: all ten are stored before any next visit', async ({
  page,
  site,
  collector,
  context,
}) => {
  await context.newPage() // so that closing the tab doesn't end the browser's context
  await site.open(page)
  await page.evaluate(() => {
    for (let number = 0; number < 10; number++) window.chatlog.trackMessage({ role: 'user', content: `${number}` })
  })

  await page.close()

  const expected = Array.from({ length: 10 }, (_, number) => `user: ${number}`)
  await expect.poll(collector.transcripts).toEqual([expected])
})

test('what was said in the moment of loading a resumed conversation stands after it, and no older message is lost', async ({
  page,
  site,
  collector,
}) => {
  await site.open(page)
  for (let number = 0; number < 40; number++) await say(page, `${number}`)
  await flush(page)
  const quick = site.page('/quick', { early: `chatlog.trackMessage({ role: 'user', content: 'quick' })` })
  await site.open(page, quick)
  await page.goto(site.rawPage('/plain', '<!doctype html>'))

  await site.open(page)

  const expected = [...Array.from({ length: 40 }, (_, number) => `user: ${number}`), 'user: quick']
  await expect.poll(collector.transcripts).toEqual([expected])
  const sizes = collector.upserts().map(({ messages }) => messages.length)
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
})

test('a visitor who logs out and leaves has said what they said', async ({ page, site, collector }) => {
  await site.open(page)
  await say(page, 'Mine')
  await page.evaluate(() => window.chatlog.reset())
  await page.goto('about:blank')

  await expect.poll(collector.transcripts).toEqual([['user: Mine']])
})
