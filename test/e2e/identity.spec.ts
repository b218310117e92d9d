import type { BrowserContext } from 'playwright/test'
import { expect, flush, say, started, test } from './fixtures.ts'

const day = 86_400

const visitorCookie = async (context: BrowserContext) =>
  (await context.cookies()).find(({ name }) => name === 'chatlog_visitor')

test('a visitor is COOKIED: the stored user is the cookie’s id', async ({ page, site, collector, context }) => {
  await site.open(page)
  await say(page, 'Hi')
  await flush(page)

  const [conversation] = await collector.stored()
  const cookie = await visitorCookie(context)
  expect(conversation?.userProperties).toMatchObject({ id: cookie?.value, identificationType: 'COOKIED' })
  expect(cookie?.value).toMatch(/^[\w-]{21}$/)
})

test('the cookie is first-party, lax, for the whole site, and lives 400 days', async ({ page, site, context }) => {
  await site.open(page)
  await say(page, 'Hi')

  const cookie = await visitorCookie(context)
  const days = ((cookie?.expires ?? 0) - Date.now() / 1_000) / day
  expect(cookie).toMatchObject({ path: '/', sameSite: 'Lax', secure: false, domain: '127.0.0.1' })
  expect(Math.round(days)).toBe(400)
})

test('over https the cookie is secure', async ({ page, site, collector, context }) => {
  const html = await (await fetch(`${site.origin}/`)).text()
  const script = await (await fetch(`${site.origin}/dist/chatlog.js`)).text()
  await context.route('https://docs.example.com/**', (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({ contentType: 'text/html', body: html }),
  )
  await context.route(collector.endpoint, (route) => route.abort())

  await page.goto('https://docs.example.com/')
  await started(page)
  await say(page, 'Hi')

  expect(await visitorCookie(context)).toMatchObject({ secure: true, sameSite: 'Lax', domain: '.example.com' })
})

test('the same visitor comes back as the same user, in a new conversation', async ({
  page,
  site,
  collector,
  context,
}) => {
  await site.open(page)
  await say(page, 'First visit')
  await flush(page)
  await page.close()

  const next = await context.newPage()
  await site.open(next)
  await say(next, 'Second visit')
  await flush(next)

  const [first, second] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: First visit'], ['user: Second visit']])
  expect(second?.userProperties).toEqual(first?.userProperties)
})

test('docs. and www. of one site share a visitor', async ({ page, site, collector, context }) => {
  const { port } = new URL(site.origin)
  for (const host of ['docs', 'www']) {
    await site.open(page, `http://${host}.shop.localhost:${port}/`)
    await say(page, `From ${host}`)
    await flush(page)
  }

  const [docs, www] = await collector.stored()
  expect(www?.userProperties?.id).toBe(docs?.userProperties?.id)
  expect((await context.cookies()).map(({ name, domain }) => [name, domain])).toEqual([
    ['chatlog_visitor', '.shop.localhost'],
  ])
})

for (const kind of ['srcdoc', 'about:blank', 'blob:']) {
  // A `blob:` document has no cookies, in any browser.
  const isSame = kind !== 'blob:'
  test(`a widget in a frame of ${kind} has its page’s address, and ${isSame ? 'shares the visitor with' : 'decides nothing for'} the whole site`, async ({
    page,
    site,
    collector,
    context,
  }) => {
    const { port } = new URL(site.origin)
    const docs = `http://docs.shop.localhost:${port}`
    const widget = (await (await fetch(site.page('/widget'))).text()).replace('src="/', `src="${docs}/`)
    site.rawPage('/outer', '<!doctype html><title>Outer</title><iframe></iframe>')
    await page.goto(`${docs}/outer`)
    await page.locator('iframe').evaluate(
      (frame: HTMLIFrameElement, { html, kind }) => {
        if (kind === 'srcdoc') frame.srcdoc = html
        else if (kind === 'blob:') frame.src = URL.createObjectURL(new Blob([html], { type: 'text/html' }))
        else {
          frame.contentDocument?.open()
          frame.contentDocument?.write(html)
          frame.contentDocument?.close()
        }
      },
      { html: widget, kind },
    )
    const handle = await page.locator('iframe').elementHandle()
    await expect
      .poll(async () => (await handle?.contentFrame())?.evaluate(() => typeof window.chatlog?.getState))
      .toBe('function')
    await (await handle?.contentFrame())?.evaluate(async () => {
      window.chatlog.trackMessage({ role: 'user', content: 'In the frame' })
      await window.chatlog.flush()
    })
    await site.open(page, `http://www.shop.localhost:${port}/`)
    await say(page, 'On www')
    await flush(page)

    const stored = await collector.stored()
    expect(await collector.transcripts()).toEqual([['user: In the frame'], ['user: On www']])
    expect(stored[0]?.properties?.chatlog).toMatchObject({ page: { url: `${docs}/outer` } })
    const [inFrame, onWww] = stored.map(({ userProperties }) => userProperties)
    expect(inFrame?.identificationType).toBe(isSame ? 'COOKIED' : 'ANONYMOUS')
    expect(onWww?.id === inFrame?.id).toBe(isSame)
    expect((await context.cookies()).map(({ domain }) => domain)).toEqual(['.shop.localhost'])
  })
}

test('of two cookies of one name, a logout leaves one with a new id, and a refusal none', async ({
  page,
  site,
  collector,
  context,
}) => {
  const { port } = new URL(site.origin)
  const docs = `http://docs.shop.localhost:${port}/`
  const leave = () =>
    page.evaluate(() => {
      for (const domain of ['', '; domain=docs.shop.localhost']) {
        // biome-ignore lint/suspicious/noDocumentCookie: as another version, or another option, has left it
        document.cookie = `chatlog_visitor=left; path=/; max-age=1000${domain}`
      }
    })
  await site.open(page, docs)
  await leave()
  await say(page, 'Mine')
  await leave()
  await page.evaluate(() => window.chatlog.reset())
  await say(page, 'Somebody else’s')
  await flush(page)

  const [, next] = await collector.stored()
  const cookies = (await context.cookies()).map(({ domain, value }) => [domain, value])
  expect(cookies).toEqual([['.shop.localhost', next?.userProperties?.id]])
  expect(next?.userProperties?.id).not.toBe('left')
  await leave()
  await page.evaluate(() => window.chatlog.setConsent('denied'))
  expect(await context.cookies()).toEqual([])
})

test('a page that wants no cookie logs an ANONYMOUS visitor, and sets none', async ({
  page,
  site,
  collector,
  context,
}) => {
  await site.open(page, site.page('/no-cookies', { tag: { cookies: 'false' } }))
  await say(page, 'Hi')
  await flush(page)

  const [conversation] = await collector.stored()
  expect(conversation?.userProperties).toEqual({ id: expect.any(String), identificationType: 'ANONYMOUS' })
  expect(await context.cookies()).toEqual([])
})

test('a visitor whose browser refuses cookies is ANONYMOUS, and the chat is stored', async ({
  page,
  site,
  collector,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => {} })
  })
  await site.open(page)
  await say(page, 'Hi')
  await flush(page)

  const [conversation] = await collector.stored()
  expect(conversation?.userProperties).toEqual({ id: expect.any(String), identificationType: 'ANONYMOUS' })
})

test('an identified user replaces the cookie id, which stays beside it', async ({ page, site, collector, context }) => {
  await site.open(page)
  await page.evaluate(() => window.chatlog.identify({ userId: 'u7', plan: 'pro' }))
  await say(page, 'Hi')
  await flush(page)

  const [conversation] = await collector.stored()
  const cookie = await visitorCookie(context)
  expect(conversation?.userProperties).toEqual({ id: 'u7', identificationType: 'ID_PROVIDED', plan: 'pro' })
  expect(conversation?.properties).toMatchObject({ chatlog: { visitorId: cookie?.value } })
})

test('after a logout the next visitor inherits nothing', async ({ page, site, collector, context }) => {
  await site.open(page)
  await page.evaluate(() => window.chatlog.identify({ userId: 'u7' }))
  await say(page, 'Mine')
  const before = await visitorCookie(context)
  await page.evaluate(() => window.chatlog.reset())
  await say(page, 'Somebody else’s')
  await flush(page)

  const [mine, next] = await collector.stored()
  const after = await visitorCookie(context)
  expect(await collector.transcripts()).toEqual([['user: Mine'], ['user: Somebody else’s']])
  expect(mine?.userProperties).toMatchObject({ id: 'u7', identificationType: 'ID_PROVIDED' })
  expect(next?.userProperties).toEqual({ id: after?.value, identificationType: 'COOKIED' })
  expect(after?.value).not.toBe(before?.value)
})

test('a user identified in the middle of a conversation is the whole conversation’s', async ({
  page,
  site,
  collector,
}) => {
  await site.open(page)
  await say(page, 'Not known yet')
  await flush(page)
  await page.evaluate(() => window.chatlog.identify({ userId: 'u9' }))
  await say(page, 'Known')
  await flush(page)

  const [conversation] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: Not known yet', 'user: Known']])
  expect(conversation?.userProperties).toEqual({ id: 'u9', identificationType: 'ID_PROVIDED' })
})

test('a cookie that was deleted is filled again from the site’s storage', async ({ page, site, context }) => {
  await site.open(page)
  await say(page, 'Hi')
  await flush(page)
  const before = await visitorCookie(context)
  await context.clearCookies()

  await page.reload()
  await started(page)
  await say(page, 'Hi again')

  expect((await visitorCookie(context))?.value).toBe(before?.value)
})

test('a logout on www. is heard on docs., where the next visitor inherits neither id nor conversation', async ({
  context,
  site,
  collector,
}) => {
  const { port } = new URL(site.origin)
  const [docs, www] = [await context.newPage(), await context.newPage()]
  await site.open(docs, `http://docs.shop.localhost:${port}/`)
  await say(docs, 'Mine on docs')
  await flush(docs)
  await site.open(www, `http://www.shop.localhost:${port}/`)
  await www.evaluate(() => window.chatlog.reset())

  await docs.reload()
  await started(docs)
  await say(docs, 'Somebody else’s on docs')
  await flush(docs)

  const [mine, next] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: Mine on docs'], ['user: Somebody else’s on docs']])
  expect(next?.userProperties?.id).not.toBe(mine?.userProperties?.id)
})

test('a logout in one tab ends the other’s conversation too', async ({ context, site, collector }) => {
  const [tab, other] = [await context.newPage(), await context.newPage()]
  for (const page of [tab, other]) await site.open(page)
  await other.evaluate(() => window.chatlog.identify({ userId: 'u7' }))
  await say(other, 'Mine')
  await flush(other)

  await tab.evaluate(() => window.chatlog.reset())
  await say(other, 'Somebody else’s')
  await flush(other)

  const [mine, next] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: Mine'], ['user: Somebody else’s']])
  expect(mine?.userProperties).toMatchObject({ id: 'u7' })
  expect(next?.userProperties).toEqual({ id: expect.any(String), identificationType: 'COOKIED' })
})

// The headless shell keeps no partitions.
test('in a frame of another site a partitioned cookie knows the visitor, on each site apart', {
  tag: '@whole-browser',
}, async ({ context, site, collector }) => {
  const { port } = new URL(site.origin)
  const path = new URL(site.page('/frame', { tag: { partitioned: 'true' } }), site.origin).pathname
  const widget = `http://widget.localhost:${port}${path}`
  const outer = new URL(
    site.rawPage('/outer', `<!doctype html><title>Outer</title><iframe src="${widget}"></iframe>`),
    site.origin,
  ).pathname
  const page = await context.newPage()
  for (const host of ['shop', 'shop', 'docs']) {
    await page.goto(`http://${host}.localhost:${port}${outer}`)
    const frame = page.frameLocator('iframe').owner()
    await expect(frame).toBeVisible()
    const inner = await (await frame.elementHandle())?.contentFrame()
    await inner?.waitForFunction(() => typeof window.chatlog?.getState === 'function')
    await inner?.evaluate(async (content) => {
      window.chatlog.startConversation()
      window.chatlog.trackMessage({ role: 'user', content })
      await window.chatlog.flush()
    }, `In ${host}`)
  }

  const users = (await collector.stored()).map(({ userProperties }) => userProperties)
  expect(users).toHaveLength(3)
  expect(users).toMatchObject(users.map(() => ({ identificationType: 'COOKIED' })))
  expect(users[1]?.id).toBe(users[0]?.id)
  expect(users[2]?.id).not.toBe(users[0]?.id)
  const cookies = (await context.cookies()).filter(({ name }) => name === 'chatlog_visitor')
  expect(cookies.map(({ partitionKey, sameSite, secure }) => ({ partitionKey, sameSite, secure }))).toEqual(
    ['shop', 'docs'].map((host) => ({
      partitionKey: expect.stringContaining(`${host}.localhost`),
      sameSite: 'None',
      secure: true,
    })),
  )
})
