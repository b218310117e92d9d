import { setTimeout as wait } from 'node:timers/promises'
import { pageUnderTest } from '../page.ts'
import type { Row } from '../row.ts'

/** Runs in a page of the site that has no tag: writes nonsense wherever chatlog keeps something. */
async function corrupt(): Promise<void> {
  for (const key of Object.keys(localStorage)) localStorage.setItem(key, 'no JSON')
  localStorage.setItem('chatlog', '[1,')
  localStorage.setItem('chatlog:gone-tab', '[1, null, {"kind": "message"}]')
  localStorage.setItem('chatlog:other-tab', '{"kind"')
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('chatlog')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const stores = [...database.objectStoreNames]
  const transaction = database.transaction(stores, 'readwrite')
  for (const name of stores) {
    const store = transaction.objectStore(name)
    store.openCursor().onsuccess = ({ target }) => {
      const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result
      if (!cursor) return
      const { conversationId, ...rest } = cursor.value
      const which = /before (\d)/.exec(JSON.stringify(rest))?.[1]
      // One is ruined altogether, one in its text, one in its numbers.
      const ruined: Record<string, Record<string, unknown>> = {
        1: Object.fromEntries(
          Object.keys(rest).flatMap((field) => (/^(seq|kind)$/.test(field) ? [] : [[field, 'ruined']])),
        ),
        2: { json: '"content": "ruined' },
        3: { order: Number.NaN, updatedAt: null, part: -1, bytes: 'many' },
      }
      if (which) {
        cursor.update({ ...cursor.value, ...ruined[which] })
        store.put({ conversationId, kind: 'of another time' })
      }
      cursor.continue()
    }
  }
  await new Promise((resolve) => {
    transaction.oncomplete = resolve
  })
  database.close()
}

/** A browser whose storage doesn't do what it should. */
export const storage: readonly Row[] = [
  {
    name: 'storage denied, closed',
    promise: { firstLife: 10, afterNext: 10 },
    nextVisit: null,
    async firstLife({ context, site, collector, endpoint }) {
      // A sandboxed document has an origin of its own: cookies, storage, IndexedDB and locks all throw.
      const html = pageUnderTest({}, { webKey: collector.webKey, endpoint })
      const address = site.put('/sandbox', html, { 'content-security-policy': 'sandbox allow-scripts' })
      const page = await context.newPage()
      await page.goto(address)
      await page.waitForFunction(() => typeof window.chatlog?.getState === 'function')
      await page.evaluate(() => window.faults.say())
      await page.close()
    },
  },
  {
    name: 'storage full, closed',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, context, site }) {
      const page = await open()
      const session = await context.newCDPSession(page)
      await session.send('Storage.overrideQuotaForOrigin', { origin: site.origin, quotaSize: 1 })
      await page.evaluate(() => window.faults.say())
      await page.close()
    },
  },
  {
    name: 'corrupt record',
    needsCore: true,
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, line, context, site }) {
      const page = await open()
      await line.goAway()
      await page.evaluate(() => {
        window.faults.say({ count: 5 })
        window.faults.sayHistory({ count: 3 })
        window.faults.say({ first: 6, count: 5 })
      })
      await page.close()
      await wait(500)
      await line.comeBack()
      const vandal = await context.newPage()
      await vandal.goto(`${site.origin}/elsewhere`)
      await vandal.evaluate(corrupt)
    },
  },
]
