import type { Page } from 'playwright'
import type { Row } from '../row.ts'
import { numbersHeld } from '../said.ts'
import { type Stage, until } from '../stage.ts'

const flush = (page: Page) => page.evaluate(() => window.chatlog.flush().then(() => {}))

/** Gives the site so many bytes of storage; without a number as many as before. */
async function limitStorage({ context, site }: Stage, page: Page, quotaSize?: number): Promise<void> {
  const session = await context.newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: site.origin,
    ...(quotaSize === undefined ? {} : { quotaSize }),
  })
}

/** For a page's `head`: has the page keep every database that it opens, under `window.opened`. */
const keepOpened = `<script>{
  const { open } = IDBFactory.prototype
  window.opened = []
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given)
    request.addEventListener('success', () => opened.push(request.result))
    return request
  }
}</script>`

/** Closes every database of the page under it: no event says so, and `transaction()` throws `InvalidStateError`. */
const closeUnder = (page: Page) =>
  page.evaluate(() => {
    const { opened } = window as unknown as { opened: IDBDatabase[] }
    for (const database of opened.splice(0)) database.close()
  })

/** Opens a page that holds chatlog's database in a transaction that never ends. */
async function holdDatabase({ context, site }: Stage): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${site.origin}/elsewhere`)
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('chatlog')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const rows = opening.result.transaction('rows', 'readwrite').objectStore('rows')
          const goOn = () => {
            rows.get(0).onsuccess = goOn
          }
          goOn()
          resolve()
        }
      }),
  )
  return page
}

/** The database is there, and held by another page; nothing that is written or read is answered. */
async function openHeld(stage: Stage): Promise<Page> {
  const first = await stage.open()
  await first.evaluate(() => window.faults.sayHistory({ count: 1 }))
  await flush(first)
  await first.close()
  await holdDatabase(stage)
  return stage.open()
}

const storageOf = (page: Page) => page.evaluate(() => window.chatlog.getState().storage)

/** What the site itself puts into localStorage stands there; it isn't measured. */
const siteKey = 'of the site'

const fillLocalStorage = `<script>
  for (let size = 5_242_880; size >= 1; size = Math.floor(size / 2)) {
    for (;;) {
      const before = localStorage.getItem('${siteKey}') ?? ''
      try { localStorage.setItem('${siteKey}', before + 'x'.repeat(size)) } catch { break }
    }
  }
</script>`

const sayInto = (page: Page, first: number, count: number) =>
  page.evaluate(
    (given) => {
      window.chatlog.startConversation({ id: 'chat' })
      window.faults.say(given)
    },
    { first, count },
  )

async function oneConversation({ held }: Stage): Promise<void> {
  const conversations = await held()
  if (conversations.length !== 1) throw new Error(`stored as ${conversations.length} conversations`)
}

/** A named chat over two pages of a site that leaves no place in localStorage. */
async function fullLocalStorage(stage: Stage): Promise<void> {
  const page = await stage.open({ head: fillLocalStorage })
  await sayInto(page, 1, 5)
  await flush(page)
  await page.reload()
  await page.waitForFunction(() => typeof window.chatlog?.getState === 'function')
  await sayInto(page, 6, 5)
  await stage.delivered(page)
  await page.evaluate((key) => localStorage.removeItem(key), siteKey)
}

/** A service worker that keeps each request to the endpoint that fails, and sends them again when it is told to. */
const replayingWorker = (endpoint: string) => `
  const kept = []
  const answers = {
    count: async () => kept.length,
    send: async () => (await Promise.all(kept.splice(0).map((request) => fetch(request)))).length,
  }
  addEventListener('install', () => skipWaiting())
  addEventListener('activate', (event) => event.waitUntil(clients.claim()))
  addEventListener('fetch', (event) => {
    if (event.request.method !== 'POST' || event.request.url !== ${JSON.stringify(endpoint)}) return
    const copy = event.request.clone()
    event.respondWith(fetch(event.request).catch((cause) => { kept.push(copy); throw cause }))
  })
  addEventListener('message', (event) =>
    event.waitUntil(answers[event.data]().then((answer) => event.source.postMessage(answer))))`

/** @returns how many requests it keeps, or has sent again */
const ask = (page: Page, what: 'count' | 'send') =>
  page.evaluate(
    (what) =>
      new Promise<number>((resolve) => {
        navigator.serviceWorker.addEventListener('message', ({ data }) => resolve(data), { once: true })
        navigator.serviceWorker.controller?.postMessage(what)
      }),
    what,
  )

/** Over so soon that the next visit is after it, in minutes. */
const soonOver = { tag: { 'idle-minutes': '0.05' } }

const sizeOf = ({ body }: { body: string }): number => (body ? JSON.parse(body).messages.length : 0)

/** The page's last request is an old one: what the service worker kept of the first, which failed. */
async function replay({ open, site, line, endpoint, delivered }: Stage): Promise<void> {
  site.put('/worker.js', replayingWorker(endpoint), { 'content-type': 'text/javascript' })
  const page = await open(soonOver)
  await page.evaluate(async () => {
    const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))
    await navigator.serviceWorker.register('/worker.js')
    await controlled
  })
  line.fail({ kind: 'reset' })
  await page.evaluate(() => window.faults.say({ count: 5 }))
  await until(async () => (await ask(page, 'count')) > 0)
  line.heal()
  await page.evaluate(() => window.faults.say({ first: 6, count: 5 }))
  await delivered(page)
  await ask(page, 'send')
  const last = line.requests.at(-1)
  if (!last || sizeOf(last) !== 5) throw new Error('the last request is not the old one')
}

/** A store that is there when the page opens, and fails while it lives. */
export const failingStore: readonly Row[] = [
  {
    name: 'storage full for a while, over two pages',
    early: { firstLife: 5 },
    promise: { firstLife: 10, afterNext: 10 },
    needsFetchLater: true,
    async firstLife(stage) {
      const page = await stage.open()
      await page.evaluate(() => window.faults.say({ count: 3 }))
      await flush(page)
      await limitStorage(stage, page, 1)
      await page.evaluate(() => window.faults.say({ first: 4, count: 3 }))
      await flush(page)
      await page.evaluate(() => window.faults.say({ first: 7, count: 1 }))
      await page.reload()
      await page.waitForFunction(() => typeof window.chatlog?.getState === 'function')
      await limitStorage(stage, page)
      await page.evaluate(() => window.faults.say({ first: 8, count: 3 }))
      await page.close()
    },
  },
  {
    name: 'database closed under the page, offline, closed',
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, line }) {
      const page = await open({ head: keepOpened })
      await page.evaluate(() => window.faults.say({ count: 3 }))
      await flush(page)
      await line.goAway()
      await closeUnder(page)
      await page.evaluate(() => window.faults.say({ first: 4, count: 4 }))
      await closeUnder(page)
      await page.evaluate(() => window.faults.say({ first: 8, count: 3 }))
      await page.close()
      await line.comeBack()
    },
  },
  {
    name: 'the site’s data cleared while the page is there',
    // What the next page can't know to be whole goes on under another id, with some of it a second time.
    numbers: (held) => [...new Set(numbersHeld(held))],
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, site, delivered }) {
      site.put('/clear', 'cleared', { 'clear-site-data': '"storage"' })
      const page = await open()
      await page.evaluate(() => window.faults.say({ count: 3 }))
      await flush(page)
      await page.evaluate(() => window.faults.say({ first: 4, count: 3 }))
      await page.evaluate(() => fetch('/clear').then((answer) => answer.text()))
      await page.evaluate(() => window.faults.say({ first: 7, count: 2 }))
      await delivered(page, 8)
      await page.reload()
      await page.waitForFunction(() => typeof window.chatlog?.getState === 'function')
      await page.evaluate(() => window.faults.say({ first: 9, count: 2 }))
      await delivered(page)
    },
  },
  {
    name: 'database that never answers',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife(stage) {
      const page = await openHeld(stage)
      await page.evaluate(() => window.faults.say())
      await stage.delivered(page)
      if ((await storageOf(page)) !== 'memory') throw new Error('the state says that what is said is stored durably')
    },
  },
  {
    name: 'database that never answers, offline, closed',
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife(stage) {
      const page = await openHeld(stage)
      await stage.line.goAway()
      await page.evaluate(() => window.faults.say())
      await page.close()
      await stage.line.comeBack()
    },
  },
  {
    name: 'localStorage full, a named chat on two pages',
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: fullLocalStorage,
    check: oneConversation,
  },
  {
    name: 'service worker that sends an old request again',
    // The replacing server holds the old one until the conversation is over.
    promise: { firstLife: 5, afterNext: 10 },
    firstLife: replay,
    async nextVisit({ open, numbers }) {
      await open(soonOver)
      await until(async () => new Set(await numbers()).size >= 10)
    },
  },
]
