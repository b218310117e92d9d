// Run in the project of example.test.ts, with the packed package: ways by which a request could pass the page's own `fetch`.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'chatlog/testing'
import { type BrowserContext, chromium, mergeTests, type Page, test as plain } from 'playwright/test'

declare const chatlog: { trackMessage(message: object): string }

const script = readFileSync('node_modules/chatlog/dist/chatlog.js', 'utf8')
const body = JSON.stringify({ type: 'openai', messages: [{ role: 'user', content: 'Hello' }] })

/** What a worker of any kind does when it is told to, or at once. */
const workerScript = `
const post = () => fetch('/conversations', { method: 'POST', body: ${JSON.stringify(body)} }).then(({ status }) => status, String)
self.onmessage = async ({ source, ports: [port] }) => (port ?? source ?? self).postMessage(await post())
self.onactivate = (event) => event.waitUntil(self.clients.claim())
self.onfetch = () => {}`

/** A stand-in for production, which counts what is posted to it. */
async function openProduction() {
  const hits: string[] = []
  const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
  const server = createServer((request, response) => {
    const { method, url = '' } = request
    if (method === 'POST') hits.push(url)
    if (method !== 'GET') return void response.writeHead(method === 'POST' ? 200 : 204, cors).end()
    const isScript = url.endsWith('.js')
    const html = `<title>Shop</title><script src="/chatlog.js" data-api-key="real_key" data-endpoint="${origin}/conversations"></script>`
    response
      .writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' })
      .end(isScript ? (url === '/worker.js' ? workerScript : script) : html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  return { hits, url: `${origin}/`, otherUrl: `http://localhost:${port}/`, close: () => server.close() }
}

const say = (page: Page, content: string) =>
  page.evaluate((said) => void chatlog.trackMessage({ role: 'user', content: said }), content)

let production: Awaited<ReturnType<typeof openProduction>>
test.beforeAll(async () => {
  production = await openProduction()
})
test.afterEach(() => expect(production.hits).toEqual([]))
test.afterAll(() => {
  expect(production.hits).toEqual([])
  production.close()
})

/** A route of the test's own, as testers write them. */
const letOn: Record<string, (page: Page) => Promise<unknown>> = {
  'with no route': async () => {},
  'beside a route that continues': (page) => page.route('**/*', (route) => route.continue()),
  'beside a route of the context that continues': (page) => page.context().route('**/*', (route) => route.continue()),
  'beside a route that fetches': (page) =>
    page.route('**/*', async (route) => route.fulfill({ response: await route.fetch() })),
  'beside a route that falls back': (page) => page.route('**/*', (route) => route.fallback()),
  'after all routes were taken away': (page) => page.context().unrouteAll(),
}

/** Ways of a page, or of what it starts, past the page's own `fetch`. Each waits until its request has ended. */
const ways: Record<string, (page: Page) => Promise<unknown>> = {
  'its own calls': async (page) => {
    await say(page, 'Hello')
    await page.evaluate('chatlog.flush()')
  },
  XMLHttpRequest: (page) =>
    page.evaluate((sent) => {
      return new Promise((resolve) => {
        const request = new XMLHttpRequest()
        request.onloadend = resolve
        request.open('POST', '/conversations')
        request.send(sent)
      })
    }, body),
  'a worker': (page) =>
    page.evaluate(() => {
      return new Promise((resolve) => {
        const worker = new Worker('/worker.js')
        worker.onmessage = resolve
        worker.postMessage('go')
      })
    }),
  'a service worker': (page) =>
    page.evaluate(async () => {
      await navigator.serviceWorker.register('/worker.js')
      const { active } = await navigator.serviceWorker.ready
      await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = resolve
        active?.postMessage('go', [port2])
      })
    }),
  'a frame that was just made': (page) =>
    page.evaluate(async (sent) => {
      const frame = document.body.appendChild(document.createElement('iframe'))
      const there = frame.contentWindow as (Window & typeof globalThis & { fetchLater?: typeof fetch }) | null
      if (!there) throw new Error('no frame')
      const url = new URL('/conversations', location.href)
      await there.fetch(url, { method: 'POST', body: sent }).catch(() => {})
      there.navigator.sendBeacon(url, sent)
      there.fetchLater?.(url, { method: 'POST', body: sent })
      frame.remove()
    }, body),
  'a ping': async (page) => {
    await page.evaluate(() => {
      document.body.innerHTML = '<a ping="/conversations" href="#there">there</a>'
    })
    await page.getByText('there').click()
  },
  'a form': async (page) => {
    await page.evaluate(() => {
      document.body.innerHTML = '<form method="post" action="/conversations"><button>Send</button></form>'
    })
    await page.getByText('Send').click()
  },
}

for (const [beside, route] of Object.entries(letOn)) {
  test(`no way out of a page ${beside}`, async ({ page, chatlog }) => {
    await page.goto(production.url)
    await route(page)
    for (const [name, way] of Object.entries(ways)) {
      await test.step(name, () => way(page))
      expect({ [name]: production.hits }).toEqual({ [name]: [] })
    }

    expect(chatlog.conversations()[0]).toHaveMessages(['user: Hello'])
  })
}

test('a frame of another origin', async ({ page, chatlog }) => {
  await page.goto(production.url)
  await page.setContent(`<iframe src="${production.otherUrl}"></iframe>`)
  const frame = page.frame({ url: production.otherUrl })
  await frame?.waitForLoadState()
  await frame?.evaluate(`void chatlog.trackMessage({ role: 'user', content: 'Hello' })`)

  expect((await chatlog.stored())[0]).toHaveMessages(['user: Hello'])
})

test('setContent, on a page that showed nothing yet', async ({ page, chatlog }) => {
  await page.setContent(
    `<script src="${production.url}chatlog.js" data-api-key="k" data-endpoint="${production.url}conversations"></script>`,
  )
  await say(page, 'Hello')

  expect((await chatlog.stored())[0]).toHaveMessages(['user: Hello'])
})

test('a HAR that is replayed', async ({ page, chatlog }) => {
  const log = { version: '1.2', creator: { name: 'x', version: '1' }, entries: [] }
  const path = test.info().outputPath('shop.har')
  writeFileSync(path, JSON.stringify({ log }))
  await page.routeFromHAR(path, { notFound: 'fallback' })
  await page.goto(production.url)
  await say(page, 'Hello')
  await page.evaluate(() => {
    const request = new XMLHttpRequest()
    request.open('POST', '/conversations')
    request.send('{}')
  })

  expect(await chatlog.stored()).toHaveLength(1)
})

test('a browser that the test imports and connects to', async ({ chatlog }) => {
  const { executablePath, args } = test.info().project.use.launchOptions ?? {}
  const server = await chromium.launchServer({ ...(executablePath && { executablePath }), ...(args && { args }) })
  const browser = await chromium.connect(server.wsEndpoint())
  const page = await browser.newPage()
  await page.goto(production.url)
  await say(page, 'Hello')

  expect(await chatlog.stored()).toHaveLength(1)
  await browser.close()
  await server.close()
})

test('a page that was there before the test connected', async ({ chatlog, browser }) => {
  test.skip(browser.browserType().name() !== 'chromium')
  const { executablePath, args = [] } = test.info().project.use.launchOptions ?? {}
  const profile = test.info().outputPath('profile')
  const given = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, production.url]
  const started = spawn(executablePath ?? browser.browserType().executablePath(), [...args, ...given], {
    detached: true,
  })
  try {
    const address = await new Promise<string>((resolve) => {
      started.stderr.on('data', (line) => {
        const [, found] = /DevTools listening on (\S+)/.exec(String(line)) ?? []
        if (found) resolve(found)
      })
    })
    const connected = await chromium.connectOverCDP(address)
    const page = connected.contexts()[0]?.pages()[0] as Page
    await page.waitForFunction('window.chatlog && chatlog.flush')
    await say(page, 'Too early')
    expect(await chatlog.stored()).toEqual([])
    await page.reload()
    await say(page, 'Hello')

    expect((await chatlog.stored())[0]).toHaveMessages(['user: Hello'])
    await connected.close()
  } finally {
    // With the processes that it has started itself.
    if (started.pid) process.kill(-started.pid)
  }
})

test.describe('what a state brings back', () => {
  test('a message that an earlier page left', async ({ browser, chatlog }) => {
    const first = await browser.newContext()
    const page = await first.newPage()
    await page.goto(production.url)
    await chatlog.fail(503)
    await say(page, 'Hello')
    await page.evaluate('chatlog.flush()')
    const storageState = await first.storageState({ indexedDB: true })
    await first.close()
    await chatlog.heal()
    const second = await browser.newContext({ storageState })
    await (await second.newPage()).goto(production.url)

    const [conversation] = await chatlog.waitUntil((stored) => stored.length > 0)

    expect(conversation).toHaveMessages(['user: Hello'])
  })
})

test.describe('pages that several tests share', () => {
  test.describe.configure({ mode: 'serial' })
  let context: BrowserContext
  let page: Page

  test.beforeAll(async ({ browser }) => {
    context = await browser.newContext()
    page = await context.newPage()
    await page.goto(production.url)
    await say(page, 'Before')
    await page.evaluate('chatlog.flush()')
  })
  test.afterAll(async () => {
    await say(page, 'After')
    await page.evaluate('chatlog.flush()')
    await context.close()
  })

  test('the first has what was said before it', async ({ chatlog }) => {
    await say(page, 'One')
    // Between tests the page's requests fail, so that it may be about to try again: `stored` asks it to send each time.
    await expect.poll(async () => (await chatlog.stored())[0]?.messages.length).toBe(2)
    expect((await chatlog.stored())[0]).toHaveMessages(['user: Before', 'user: One'])
  })

  test('the next has what is said in it', async ({ chatlog }) => {
    await test.step('said', () => say(page, 'Two'))
    await expect.poll(async () => (await chatlog.stored())[0]?.messages.length).toBe(3)
    expect((await chatlog.stored())[0]?.messages.at(-1)?.content).toBe('Two')
  })
})

const own = plain.extend<{ visitor: Page }, { browser: unknown }>({
  context: async ({ browser }, use) => {
    const context = await browser.newContext()
    await use(context)
    await context.close()
  },
  visitor: [
    async ({ browser }, use) => {
      const page = await browser.newPage()
      await use(page)
      await page.close()
    },
    { auto: true },
  ],
})

for (const [order, merged] of [
  ['first', mergeTests(test, own)],
  ['last', mergeTests(own, test)],
] as const) {
  merged(`fixtures of the test’s own, chatlog’s ${order}`, async ({ page, visitor, chatlog }) => {
    for (const each of [page, visitor]) {
      await each.goto(production.url)
      await say(each, 'Hello')
    }

    expect(await chatlog.stored()).toHaveLength(2)
  })
}
