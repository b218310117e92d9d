import { expect, flush, started, test } from './fixtures.ts'
import { converse } from './hostile-page.ts'

/** What a page can see of others' scripts: the listeners that they add, and the globals that they make. */
interface Noticed {
  listeners: { on: string; type: string; passive: unknown; capture: unknown; once: unknown }[]
  globals: string[]
}

declare global {
  interface Window {
    noticed: Noticed
  }
}

/** Every option or type that delays scrolling, or keeps the page out of the back/forward cache. */
const harmful =
  /^(unload|beforeunload|wheel|mousewheel|touch\w+|scroll|pointer\w+|mouse\w+|key\w+|input|beforeinput|message)$/

for (const build of ['chatlog.js', 'chatlog-observe.js']) {
  test(`all that a page has of ${build}: its listeners, globals, cookie, storage and requests`, async ({
    page,
    site,
    collector,
    context,
  }) => {
    const requests: string[] = []
    page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`))
    await page.addInitScript(() => {
      const { addEventListener } = EventTarget.prototype
      const noticed: Noticed = { listeners: [], globals: [] }
      Object.defineProperty(window, 'noticed', { value: noticed })
      EventTarget.prototype.addEventListener = function (type, listener, options) {
        const { passive, capture, once } = typeof options === 'object' ? options : { capture: options }
        const on = (this ?? window).constructor.name
        // Those of the test's own driver come from no file.
        if (new Error().stack?.includes('/dist/')) noticed.listeners.push({ on, type, passive, capture, once })
        addEventListener.call(this ?? window, type, listener, options)
      }
      noticed.globals.push(...Object.getOwnPropertyNames(window))
    })
    const { webKey, endpoint } = collector
    const address = site.rawPage(
      '/unnoticed',
      `<!doctype html><title>Unnoticed</title><link rel="icon" href="data:,">
      <script async src="/dist/${build}" data-api-key="${webKey}" data-endpoint="${endpoint}"></script>
      <main data-chatlog><a href="#there">A link</a></main>`,
    )
    await page.goto(address)
    await started(page)
    await converse(page)
    await flush(page)
    await page.evaluate(() => window.chatlog.registerRoot(document.createElement('div').attachShadow({ mode: 'open' })))

    const { listeners, globals } = await page.evaluate(() => ({
      listeners: window.noticed.listeners,
      globals: Object.getOwnPropertyNames(window).filter((name) => !window.noticed.globals.includes(name)),
    }))
    const ofThePage = listeners.filter(({ on }) => !/^(AbortSignal|IDB\w+|BroadcastChannel)$/.test(on))
    expect(new Set(ofThePage.map(({ on, type }) => `${on} ${type}`))).toEqual(
      new Set([
        ...[
          'click',
          'auxclick',
          'visibilitychange',
          'pagehide',
          'pageshow',
          'freeze',
          'resume',
          'online',
          'securitypolicyviolation',
        ].map((type) => `Window ${type}`),
        ...['click', 'auxclick'].map((type) => `ShadowRoot ${type}`),
      ]),
    )
    expect(ofThePage.filter(({ passive }) => passive !== true)).toEqual([])
    expect(listeners.filter(({ type }) => harmful.test(type))).toEqual([])
    expect(await page.evaluate(() => [window.onunload, window.onbeforeunload, window.onmessage])).toEqual([
      null,
      null,
      null,
    ])
    expect(globals).toEqual(['chatlog'])

    expect((await context.cookies()).map(({ name }) => name)).toEqual(['chatlog_visitor'])
    const kept = await page.evaluate(async () => ({
      localStorage: Object.keys(localStorage),
      sessionStorage: Object.keys(sessionStorage),
      databases: (await indexedDB.databases()).map(({ name }) => name),
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }))
    expect(kept).toEqual({
      localStorage: ['chatlog'],
      sessionStorage: ['chatlog'],
      databases: ['chatlog'],
      caches: [],
      workers: 0,
    })
    expect(new Set(requests)).toEqual(
      new Set([`GET ${address}`, `GET ${site.origin}/dist/${build}`, `POST ${endpoint}`]),
    )
  })
}
