import type { Page } from 'playwright/test'
import { expect, flush, type Site, say, test } from './fixtures.ts'

const storageOf = (page: Page) => page.evaluate(() => window.chatlog.getState().storage)

/** A page of the site that has no tag. */
const openPlainPage = async (page: Page, site: Site) => page.goto(site.rawPage('/plain', '<!doctype html>'))

/** Opens the script's database from that page. @returns the version, once it is open */
const openDatabase = (page: Page, version?: number) =>
  page.evaluate(
    (version) =>
      new Promise<number>((resolve, reject) => {
        const request = indexedDB.open('chatlog', version)
        request.onupgradeneeded = () => request.result.createObjectStore('of a newer format').put('kept', 1)
        request.onsuccess = () => {
          resolve(request.result.version)
          request.result.close()
        }
        request.onerror = () => reject(request.error)
        request.onblocked = () => reject(new Error('blocked by an open page'))
      }),
    version,
  )

test('a store of a newer format is left alone, and what is said arrives', async ({ page, site, collector }) => {
  await openPlainPage(page, site)
  await openDatabase(page, 7)

  await site.open(page)
  await say(page, 'Hi')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: Hi']])
  expect(await storageOf(page)).toBe('memory')
  expect(await openDatabase(page)).toBe(7)
})

test('an open page stands in no newer version’s way, and goes on', async ({ page, site, collector, context }) => {
  await site.open(page)
  await say(page, 'one')
  await flush(page)
  const other = await context.newPage()
  await openPlainPage(other, site)

  expect(await openDatabase(other, 7)).toBe(7)
  await say(page, 'two')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: one', 'user: two']])
  expect(await storageOf(page)).toBe('memory')
})

test('a store that doesn’t open holds nothing up', async ({ page, site, collector, context }) => {
  const other = await context.newPage()
  await openPlainPage(other, site)
  // While this connection stays open, the deletion waits for it, and every later opening for the deletion.
  await other.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('chatlog', 1)
        opening.onsuccess = () => {
          indexedDB.deleteDatabase('chatlog').onblocked = () => resolve()
        }
      }),
  )

  await site.open(page)
  await say(page, 'Hi')

  await expect.poll(collector.transcripts).toEqual([['user: Hi']])
  await expect.poll(() => storageOf(page)).toBe('memory')
})
