import { expect, started, test } from './fixtures.ts'

test('the tag alone is enough: what is said afterwards is stored', async ({ page, site, collector }) => {
  await site.open(page)

  await page.evaluate(() => {
    window.chatlog.trackMessage({ role: 'user', content: 'How do I install it?' })
    window.chatlog.trackMessage({ role: 'assistant', content: 'With npm.' })
  })

  await expect.poll(collector.transcripts).toEqual([['user: How do I install it?', 'assistant: With npm.']])
})

test('calls made before the script has loaded are recorded, in their order', async ({ page, site, collector }) => {
  const early = `
    chatlog.trackMessage({ id: 'q', role: 'user', content: 'Early?' })
    chatlog.trackMessage({ id: 'a', role: 'assistant', content: '', status: 'streaming' })
    chatlog.appendToMessage('a', 'Very ')
    chatlog.appendToMessage('a', 'early.')
    chatlog.completeMessage('a')`
  await site.open(page, site.page('/early', { early }))

  await expect.poll(collector.transcripts).toEqual([['user: Early?', 'assistant: Very early.']])
})

test('an early listener hears of what an early call recorded', async ({ page, site }) => {
  const early = `
    window.heard = []
    chatlog.on('recorded', ({ messageId }) => window.heard.push(messageId))
    chatlog.trackMessage({ role: 'user', content: 'Early?' })`
  await site.open(page, site.page('/early', { early }))

  await expect.poll(() => page.evaluate('window.heard.length')).toBe(1)
})

test('a tag pasted twice records everything once', async ({ page, site, collector }) => {
  const second = `<script async src="/dist/chatlog.js?again" data-api-key="${collector.webKey}" data-endpoint="${collector.endpoint}"></script>`
  await site.open(page, site.page('/twice', { head: second }))
  await page.waitForLoadState('load')

  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Once' }))
  await page.evaluate(() => window.chatlog.flush())

  expect(await collector.transcripts()).toEqual([['user: Once']])
  expect(collector.upserts()).toHaveLength(1)
})

test('a second tag leaves what the first has recorded and not yet sent', async ({ page, site, collector }) => {
  await site.open(page)
  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Before' }))

  await page.addScriptTag({ url: '/dist/chatlog.js?late' })
  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'After' }))
  await page.evaluate(() => window.chatlog.flush())

  expect(await collector.transcripts()).toEqual([['user: Before', 'user: After']])
})

test('a second init with the same name goes on with the first, under a changed key', async ({
  page,
  site,
  collector,
}) => {
  await site.open(page, site.page('/', { tag: { 'api-key': 'web_wrong_key' } }))
  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Before' }))
  await page.evaluate(() => window.chatlog.flush())

  await page.evaluate(
    ([apiKey, endpoint]) => {
      const { chatlog } = window as unknown as { chatlog: { init(options: object): Window['chatlog'] } }
      chatlog.init({ apiKey, endpoint }).trackMessage({ role: 'user', content: 'After' })
    },
    [collector.webKey, collector.endpoint] as const,
  )

  await expect.poll(collector.transcripts).toEqual([['user: Before', 'user: After']])
})

test('window.chatlog is the instance, and stays it when init is called again', async ({ page, site, collector }) => {
  await site.open(page)

  const isSame = await page.evaluate(
    ([apiKey, endpoint]) => {
      const { chatlog } = window as unknown as { chatlog: { init(options: object): unknown } }
      return [chatlog.init({ apiKey, endpoint }) === chatlog, (window.chatlog as unknown) === chatlog]
    },
    [collector.webKey, collector.endpoint] as const,
  )

  expect(isSame).toEqual([true, true])
})

test('a tag without a key waits for the page to call init', async ({ page, site, collector }) => {
  await page.goto(site.page('/by-hand', { tag: { 'api-key': null, endpoint: null } }))
  await page.waitForFunction(() => 'init' in window.chatlog)

  await page.evaluate(
    ([apiKey, endpoint]) => {
      const { chatlog } = window as unknown as { chatlog: { init(options: object): Window['chatlog'] } }
      const log = chatlog.init({ apiKey, endpoint })
      log.trackMessage({ role: 'user', content: 'By hand' })
      log.flush()
    },
    [collector.webKey, collector.endpoint] as const,
  )

  await expect.poll(collector.transcripts).toEqual([['user: By hand']])
})

test('a module that a site bundles works like the tag', async ({ page, site, collector }) => {
  const imports = {
    'js-cookie': '/node_modules/js-cookie/dist/js.cookie.mjs',
    nanoid: '/node_modules/nanoid/index.browser.js',
  }
  const options = JSON.stringify({ apiKey: collector.webKey, endpoint: collector.endpoint })
  await page.goto(
    site.rawPage(
      '/module',
      `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script><script type="module">
        import { init } from '/dist/index.js'
        window.log = init(${options})
        log.trackMessage({ role: 'user', content: 'From a module' })
        log.flush()
      </script>`,
    ),
  )

  await expect.poll(collector.transcripts).toEqual([['user: From a module']])
})

test('options with text, numbers and booleans can stand on the tag', async ({ page, site, context }) => {
  await site.open(page, site.page('/options', { tag: { 'cookie-name': 'my_visitor', 'max-wait-ms': '50' } }))
  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Hi' }))

  await expect.poll(async () => (await context.cookies()).map(({ name }) => name)).toEqual(['my_visitor'])
})

test('a wrong option is said in the console once, and the page goes on', async ({ page, site }) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))

  await page.goto(site.page('/wrong', { tag: { endpoint: '/conversations' }, body: '<h1>Still here</h1>' }))
  await page.waitForLoadState('load')

  await expect.poll(() => said.filter((text) => text.includes('endpoint'))).toHaveLength(1)
  expect(said.join()).toContain('/conversations')
  await expect(page.getByText('Still here')).toBeVisible()
})

test('the script is served and runs under a strict content security policy', async ({ page, site, collector }) => {
  const { origin } = new URL(collector.endpoint)
  const policy = `default-src 'none'; script-src 'self'; connect-src ${origin}; require-trusted-types-for 'script'; trusted-types 'none'`
  const reports: string[] = []
  page.on('console', (message) => reports.push(message.text()))
  const tag = `<script async src="/dist/chatlog.js" data-api-key="${collector.webKey}" data-endpoint="${collector.endpoint}"></script>`
  await page.goto(
    site.rawPage('/strict', `<!doctype html><title>Strict</title>${tag}`, { 'content-security-policy': policy }),
  )
  await started(page)

  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Strictly' }))
  await page.evaluate(() => window.chatlog.flush())

  await expect.poll(collector.transcripts).toEqual([['user: Strictly']])
  expect(reports.filter((text) => /policy|trusted/i.test(text) && !text.includes('favicon'))).toEqual([])
})

test('a tag that a tag manager puts into the page works like a pasted one', async ({ page, site, collector }) => {
  const code = `const tag = document.createElement('script')
    Object.assign(tag.dataset, { apiKey: '${collector.webKey}', endpoint: '${collector.endpoint}' })
    tag.src = '/dist/chatlog.js'
    document.head.append(tag)`
  await site.open(page, site.rawPage('/managed', `<!doctype html><title>Managed</title><script>${code}</script>`))
  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Managed' }))
  await page.evaluate(() => window.chatlog.flush())

  expect(await collector.transcripts()).toEqual([['user: Managed']])
})

test('on plain http, where the browser has no locks, a conversation goes on over a reload', async ({
  page,
  site,
  collector,
  context,
}) => {
  const html = await (await fetch(`${site.origin}/`)).text()
  const script = await (await fetch(`${site.origin}/dist/chatlog.js`)).text()
  await context.route('http://docs.example.com/**', (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({ contentType: 'text/html', body: html }),
  )
  // A public page may not ask this machine: the test's own process does.
  await context.route(collector.endpoint, async (route) => {
    const { authorization = '' } = route.request().headers()
    const headers = { authorization, 'content-type': 'application/json' }
    const answer = await fetch(collector.endpoint, { method: 'POST', headers, body: route.request().postData() })
    await route.fulfill({
      status: answer.status,
      body: await answer.text(),
      headers: { 'access-control-allow-origin': '*' },
    })
  })

  for (const content of ['one', 'two']) {
    await page.goto('http://docs.example.com/')
    await started(page)
    await page.evaluate((content) => window.chatlog.trackMessage({ role: 'user', content }), content)
    await page.evaluate(() => window.chatlog.flush())
  }

  expect(await page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false])
  expect(await collector.transcripts()).toEqual([['user: one', 'user: two']])
})
