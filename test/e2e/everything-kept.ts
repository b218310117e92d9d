import type { BrowserContext, Page } from 'playwright/test'

/** Everything that a page's origin keeps on the visitor's machine, as text: for "is this anywhere in it?". */
export async function everythingKept(page: Page): Promise<string> {
  const inPage = await page.evaluate(async () => {
    const settled = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const rows: unknown[] = []
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name))
      for (const storeName of database.objectStoreNames) {
        const store = database.transaction(storeName).objectStore(storeName)
        rows.push(name, await settled(store.getAllKeys()), await settled(store.getAll()))
      }
      database.close()
    }
    return { rows, local: { ...localStorage }, session: { ...sessionStorage }, caches: await caches?.keys() }
  })
  return JSON.stringify({ ...inPage, cookies: await page.context().cookies() })
}

/** What the browser itself says that an origin has stored. */
export interface BrowserStorage {
  cookies: string[]
  localStorage: string[]
  sessionStorage: string[]
  databases: string[]
}

/** Read from the browser over its own protocol, past every script of the page. */
export async function readBrowserStorage(context: BrowserContext, page: Page): Promise<BrowserStorage> {
  const session = await context.newCDPSession(page)
  const securityOrigin = new URL(page.url()).origin
  const itemsOf = async (isLocalStorage: boolean) => {
    const { entries } = await session.send('DOMStorage.getDOMStorageItems', {
      storageId: { securityOrigin, isLocalStorage },
    })
    return entries.map(([key = '']) => key)
  }
  await session.send('DOMStorage.enable')
  const { cookies } = await session.send('Storage.getCookies')
  const { databaseNames } = await session.send('IndexedDB.requestDatabaseNames', { securityOrigin })
  const found = {
    cookies: cookies.map(({ name }) => name),
    localStorage: await itemsOf(true),
    sessionStorage: await itemsOf(false),
    databases: databaseNames,
  }
  await session.detach()
  return found
}
