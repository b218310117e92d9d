import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { scriptTag } from './chat-page.ts'
import { answer, test as base, expect, flush, type Site, say } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

/** A page with the lazy tag, at this path. */
function lazyPage(site: Site, { webKey, endpoint }: TestCollector, page: Lazy = {}): string {
  const { path = '/', head = '', body = '', tag = {}, headers } = page
  const own = scriptTag({ 'api-key': webKey, endpoint, ...tag }).replace(/chatlog[\w-]*\.js/, 'chatlog-lazy.js')
  const html = `<!doctype html><title>A page</title><link rel="icon" href="data:,">${head}${own}<body>${body}`
  return site.rawPage(path, page.nonce ? html.replace('<script', `<script nonce="${page.nonce}"`) : html, headers)
}

interface Lazy {
  path?: string
  head?: string
  body?: string
  tag?: Record<string, string>
  nonce?: string
  headers?: Record<string, string>
}

const opened = async (page: Page, address: string) => {
  await page.goto(address)
  await page.waitForFunction(() => typeof window.chatlog?.getState === 'function')
}

/** Whether the page has loaded the core. */
const hasCore = (page: Page) =>
  page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('chatlog-core')))

/** A server of its own for the core, since a routed context sends no `fetchLater`: it answers when it is told to. */
const test = base.extend<{
  core: { url: string; answer(status?: number): void }
  /** Opens a page whose core is not there until `core` answers. */
  openLate: (own?: Lazy) => Promise<void>
}>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from this pattern
  core: async ({}, use) => {
    let answer = (_status?: number) => {}
    const status = new Promise<number>((resolve) => {
      answer = (status = 200) => resolve(status)
    })
    const script = await readFile(join(import.meta.dirname, '../../dist/chatlog-core.js'))
    const server = createServer(async (_request, response) => {
      response.writeHead(await status, { 'content-type': 'text/javascript' }).end((await status) === 200 ? script : '')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await use({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/core.js`, answer })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  },
  openLate: ({ page, site, collector, core }, use) =>
    use((own = {}) => opened(page, lazyPage(site, collector, { ...own, tag: { ...own.tag, core: core.url } }))),
})

const consoleOf = (page: Page): string[] => {
  const lines: string[] = []
  page.on('console', (message) => {
    if (message.text().startsWith('chatlog')) lines.push(message.text())
  })
  return lines
}

test('a page on which nobody chats loads the small file alone, and stores nothing', async ({
  page,
  site,
  collector,
  context,
}) => {
  await opened(page, lazyPage(site, collector, { body: '<div data-chatlog><button>Chat</button></div>' }))
  await page.evaluate(() => window.chatlog.identify({ userId: 'u7' }))
  await page.waitForLoadState('networkidle')

  expect(await hasCore(page)).toBe(false)
  expect(await context.cookies()).toEqual([])
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)

  await page.click('button')
  await expect.poll(() => hasCore(page)).toBe(true)
})

test('the first message brings the core, and is stored under the ids that the page got at once', async ({
  page,
  site,
  collector,
}) => {
  await opened(page, lazyPage(site, collector))
  const [conversationId, messageId] = await page.evaluate(() => [
    window.chatlog.startConversation({ tags: ['docs'] }),
    window.chatlog.trackMessage({ role: 'user', content: 'How do I install it?' }),
  ])
  await page.evaluate((id) => window.chatlog.trackFeedback({ messageId: id as string, type: 'positive' }), messageId)
  await answer(page, 'With npm.')
  await flush(page)

  const [stored] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: How do I install it?', 'assistant: With npm.']])
  expect(stored).toMatchObject({ id: conversationId, tags: ['docs'] })
  expect(stored?.messages[0]).toMatchObject({ externalId: messageId })
})

test('what the default file stores, the lazy one stores too', async ({ context, site, collector }) => {
  const chat = async (page: Page) => {
    await page.evaluate(() => {
      window.chatlog.identify({ userId: 'u7', plan: 'pro' })
      window.chatlog.trackMessage({ id: 'q', role: 'user', content: 'Hi', name: 'Ada', properties: { n: 1 } })
      window.chatlog.trackMessage({
        ...{ id: 'a', role: 'assistant', content: '', status: 'streaming' },
        links: [{ url: 'https://example.com/install', title: 'Install' }],
      })
      window.chatlog.appendToMessage('a', 'Hello')
      window.chatlog.completeMessage('a', { status: 'aborted' })
    })
    await flush(page)
  }
  const [plain, lazy] = [await context.newPage(), await context.newPage()]
  await site.open(plain)
  await chat(plain)
  await opened(lazy, lazyPage(site, collector, { path: '/' }))
  await chat(lazy)

  const withoutTimes = (value: unknown, id: string) =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"time"')
        .replaceAll(id, 'id'),
    )
  const [one, two] = await collector.stored()
  expect(withoutTimes(two, two?.id ?? '')).toEqual(withoutTimes(one, one?.id ?? ''))
})

test('a page that is left before the core is there is delivered, and the next page goes on in its conversation', async ({
  page,
  site,
  collector,
  core,
  openLate,
}) => {
  await openLate()
  await say(page, 'Left soon', { id: 'q' })
  await page.goto('about:blank')
  await expect.poll(collector.transcripts).toEqual([['user: Left soon']])
  const [first] = await collector.stored()

  core.answer()
  await opened(page, `${site.origin}/`)
  await answer(page, 'And back')
  await flush(page)

  const stored = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: Left soon', 'assistant: And back']])
  expect(stored.map(({ id }) => id)).toEqual([first?.id])
  expect(stored[0]?.messages[0]?.id).toBe(first?.messages[0]?.id)
})

test('a tab that was closed before the core was there is recorded by the next page of any tab', async ({
  page,
  site,
  collector,
  context,
  core,
  openLate,
}) => {
  await openLate({ tag: { endpoint: 'http://127.0.0.1:9/' } })
  await say(page, 'Closed soon')
  await page.close()

  core.answer()
  const later = await context.newPage()
  await opened(later, lazyPage(site, collector))

  await expect.poll(collector.transcripts).toEqual([['user: Closed soon']])
  expect(await later.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('early')))).toEqual([])
})

test('what another tab may still go on with is left to it for a minute, and is recorded after that', async ({
  page,
  site,
  collector,
  context,
}) => {
  await opened(
    page,
    lazyPage(site, collector, { tag: { endpoint: 'http://127.0.0.1:9/', core: 'http://127.0.0.1:9/core.js' } }),
  )
  await say(page, 'Crashed, perhaps')
  const soon = await context.newPage()
  await opened(soon, lazyPage(site, collector, { path: '/soon' }))
  await expect.poll(() => hasCore(soon)).toBe(true)
  await flush(soon)
  expect(await collector.transcripts()).toEqual([])

  const later = await context.newPage()
  await later.clock.install({ time: Date.now() + 120_000 })
  await opened(later, lazyPage(site, collector, { path: '/later' }))

  await expect.poll(collector.transcripts).toEqual([['user: Crashed, perhaps']])
})

test('a chat goes on in its conversation where another tab was quicker to take over what its page had left', async ({
  page,
  site,
  collector,
  context,
  core,
  openLate,
}) => {
  await openLate({ tag: { endpoint: 'http://127.0.0.1:9/' } })
  await say(page, 'Left soon')
  await page.goto('about:blank')
  core.answer()
  const other = await context.newPage()
  await opened(other, lazyPage(site, collector, { path: '/other' }))
  await expect.poll(collector.transcripts).toEqual([['user: Left soon']])

  await opened(page, lazyPage(site, collector, { path: '/next' }))
  await answer(page, 'And back')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: Left soon', 'assistant: And back']])
})

test('what is said under a visitor id that another tab overwrites in the same moment is stored under the one that stays', async ({
  page,
  site,
  collector,
  context,
  core,
  openLate,
}) => {
  await openLate()
  await say(page, 'One')
  // As of a tab that was as quick on the first visit, and wrote its own a moment later.
  await context.addCookies([{ name: 'chatlog_visitor', value: 'quicker', url: site.origin }])
  core.answer()
  await flush(page)

  await expect
    .poll(async () =>
      (await collector.stored()).map(({ userProperties, properties }) => [userProperties?.id, properties?.chatlog]),
    )
    .toEqual([['quicker', expect.objectContaining({ visitorId: 'quicker' })]])
})

test('who logs out before the core is there has said what they said, and the next visitor inherits nothing', async ({
  page,
  collector,
  core,
  openLate,
}) => {
  await openLate()
  await page.evaluate(() => window.chatlog.identify({ userId: 'u7' }))
  await say(page, 'Mine')
  await page.evaluate(() => window.chatlog.reset())
  await say(page, 'Somebody else’s')
  core.answer()
  await flush(page)

  const [mine, next] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: Mine'], ['user: Somebody else’s']])
  expect(mine?.userProperties).toMatchObject({ id: 'u7', identificationType: 'ID_PROVIDED' })
  expect(next?.userProperties).toMatchObject({ identificationType: 'COOKIED' })
  const [before, after] = [mine, next].map((one) => one?.properties?.chatlog as { visitorId: string })
  expect(after?.visitorId).not.toBe(before?.visitorId)
})

for (const isCoreThere of [true, false]) {
  test(`the tab of a visitor who has logged out on another subdomain begins anew, the core ${isCoreThere ? 'there' : 'not there'} before`, async ({
    context,
    site,
    collector,
    core,
  }) => {
    const { port } = new URL(site.origin)
    const tag = { core: core.url }
    const [docs, www] = [await context.newPage(), await context.newPage()]
    if (isCoreThere) {
      lazyPage(site, collector)
      await opened(docs, `http://docs.shop.localhost:${port}/`)
      await say(docs, 'Mine on docs')
      await flush(docs)
    } else {
      lazyPage(site, collector, { tag })
      await opened(docs, `http://docs.shop.localhost:${port}/`)
      await say(docs, 'Mine on docs')
    }
    lazyPage(site, collector, { tag })
    await opened(www, `http://www.shop.localhost:${port}/`)
    await www.evaluate(() => window.chatlog.reset())

    await opened(docs, `http://docs.shop.localhost:${port}/`)
    await say(docs, 'Somebody else’s on docs')
    core.answer()
    await flush(docs)

    await expect.poll(collector.transcripts).toEqual([['user: Mine on docs'], ['user: Somebody else’s on docs']])
    const [mine, next] = await collector.stored()
    expect(next?.userProperties?.id).not.toBe(mine?.userProperties?.id)
  })
}

test('an answer of 2,000 pieces is delivered whole by a page that is left before the core is there', async ({
  page,
  collector,
  openLate,
}) => {
  await openLate()
  await page.evaluate(() => {
    const id = window.chatlog.trackMessage({ role: 'assistant', content: '', status: 'streaming' })
    for (let number = 0; number < 2_000; number++) window.chatlog.appendToMessage(id, `${number} `)
    window.chatlog.completeMessage(id)
  })
  await page.goto('about:blank')

  const whole = Array.from({ length: 2_000 }, (_, number) => `${number} `).join('')
  await expect.poll(collector.transcripts).toEqual([[`assistant: ${whole}`]])
})

test('where the core never comes, the page says so once, delivers its text, and keeps the rest', async ({
  page,
  collector,
  core,
  openLate,
}) => {
  core.answer(404)
  const lines = consoleOf(page)
  await openLate()
  await say(page, 'Nobody there?')
  await expect.poll(() => lines.length).toBe(1)
  await answer(page, 'Only the small file.')

  expect(await flush(page)).toMatchObject({ delivered: [], pending: [{ reason: 'unreachable' }] })
  expect(await page.evaluate(() => window.chatlog.getState().sender)).toMatchObject({ state: 'unreachable' })
  expect(lines).toEqual([expect.stringMatching(/core.js could not be loaded/)])

  await page.goto('about:blank')
  await expect.poll(collector.transcripts).toEqual([['user: Nobody there?', 'assistant: Only the small file.']])
})

test('before consent nothing is loaded or stored; granted, what was said since is recorded; refused, it is gone', async ({
  context,
  site,
  collector,
}) => {
  for (const given of ['granted', 'denied'] as const) {
    const page = await context.newPage()
    await opened(page, lazyPage(site, collector, { tag: { consent: 'pending' } }))
    await say(page, `Then ${given}`)
    expect(await hasCore(page)).toBe(false)
    expect(await page.evaluate(() => localStorage.length)).toBe(0)

    await page.evaluate((consent) => window.chatlog.setConsent(consent), given)
    await flush(page)
    if (given === 'granted') await page.evaluate(() => window.chatlog.setConsent('pending'))
    if (given === 'granted') await context.clearCookies()
    if (given === 'granted') await page.evaluate(() => localStorage.clear())
  }

  expect(await collector.transcripts()).toEqual([['user: Then granted']])
})

test('a click on a link in a chat is recorded before the core is there', async ({
  page,
  site,
  collector,
  core,
  openLate,
}) => {
  const body = `<div data-chatlog><a id="link" href="#install">Install</a>
    <a id="other" href="guide?a=1#part" onclick="return false">The guide</a></div>`
  await openLate({ body })
  await answer(page, 'See the page', { id: 'a1', links: [{ url: `${site.origin}/#install` }] })
  await page.click('#link')
  await answer(page, 'See [the guide](guide?a=1#part), and no more', { id: 'a2' })
  await answer(page, 'Bye', { id: 'a3' })
  await page.click('#other')
  core.answer()
  await flush(page)

  const [stored] = await collector.stored()
  expect(stored?.messages.map(({ properties }) => properties?.chatlog)[1]).toMatchObject({
    linkClicks: [{ url: `${site.origin}/guide?a=1#part`, label: 'The guide' }],
  })
  expect(stored?.messages[0]?.properties).toMatchObject({
    chatlog: { linkClicks: [{ url: `${site.origin}/#install`, label: 'Install' }] },
  })
})

test('a core whose bytes are not those of the build is not run', async ({ page, site, collector, context }) => {
  await context.route('**/dist/chatlog-core-*.js', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: `${await response.text()};window.tampered = true` })
  })
  const lines = consoleOf(page)
  await opened(page, lazyPage(site, collector))
  await say(page, 'Hi')

  await expect.poll(() => lines.length).toBe(1)
  expect(await page.evaluate(() => 'tampered' in window)).toBe(false)
})

const policies = {
  'a nonce': "script-src 'nonce-n1'",
  'a nonce and strict-dynamic': "script-src 'nonce-n1' 'strict-dynamic'",
  'the folder': 'script-src ORIGIN/dist/',
  'Trusted Types': "script-src 'nonce-n1'; require-trusted-types-for 'script'; trusted-types chatlog",
}
for (const [name, policy] of Object.entries(policies)) {
  test(`the core loads under a policy of ${name}`, async ({ page, site, collector }) => {
    const headers = { 'content-security-policy': policy.replace('ORIGIN', site.origin) }
    await opened(page, lazyPage(site, collector, { nonce: 'n1', headers }))
    await say(page, 'Hi')
    await flush(page)

    expect(await collector.transcripts()).toEqual([['user: Hi']])
  })
}

test('a message that the site edits or redacts before it is stored is kept nowhere as it was said', async ({
  page,
  collector,
  core,
  openLate,
}) => {
  await openLate()
  await page.evaluate(
    ({ webKey, endpoint }) => {
      const { init } = window.chatlog as unknown as { init(options: object): typeof window.chatlog }
      const beforeStore = (message: { content: string }) => ({ ...message, content: '(left out)' })
      Object.assign(window, { edited: init({ apiKey: webKey, endpoint, storeName: 'edited', beforeStore }) })
      ;(window as unknown as { edited: typeof window.chatlog }).edited.trackMessage({ role: 'user', content: 'secret' })
    },
    { webKey: collector.webKey, endpoint: collector.endpoint },
  )
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('secret')

  core.answer()
  await page.evaluate(() => (window as unknown as { edited: typeof window.chatlog }).edited.flush())
  expect(await collector.transcripts()).toEqual([['user: (left out)']])
})

test('nothing that a page passes makes a call throw before the core is there', async ({
  page,
  collector,
  core,
  openLate,
}) => {
  await openLate()
  const thrown = await page.evaluate(() => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
      },
    )
    const wrong = [undefined, null, 1, 'text', [], {}, cycle, Symbol('s'), 10n, () => {}, trap]
    const chatlog = window.chatlog as unknown as Record<string, (...given: unknown[]) => unknown>
    const errors: string[] = []
    const recording = ['trackMessage', 'appendToMessage', 'completeMessage', 'trackMessages', 'trackLinkClick']
    const others = ['trackFeedback', 'startConversation', 'discardConversation', 'identify', 'registerRoot', 'on']
    for (const name of [...recording, ...others]) {
      for (const value of wrong) {
        try {
          void Promise.resolve(chatlog[name]?.(value, value)).catch((error) => errors.push(`${name}: ${error}`))
        } catch (error) {
          errors.push(`${name}: ${error}`)
        }
      }
    }
    return errors
  })
  expect(thrown).toEqual([])

  core.answer()
  await page.evaluate(() => window.chatlog.startConversation({ id: 'after' }))
  await say(page, 'Still here')
  await flush(page)
  expect((await collector.transcripts()).flat()).toContain('user: Still here')
})
