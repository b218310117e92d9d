import type { Page } from 'playwright/test'
import { answer, expect, flush, say, test } from './fixtures.ts'

/** Everything that the page's origin keeps in IndexedDB and localStorage, as text. */
const keptOnThisMachine = (page: Page) =>
  page.evaluate(async () => {
    const databases = await indexedDB.databases()
    const rows = await Promise.all(
      databases.map(async ({ name = '' }) => {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const request = indexedDB.open(name)
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
        })
        const stores = [...database.objectStoreNames].map(
          (store) =>
            new Promise((resolve) => {
              const request = database.transaction(store).objectStore(store).getAll()
              request.onsuccess = () => resolve(request.result)
            }),
        )
        const all = await Promise.all(stores)
        database.close()
        return all
      }),
    )
    return { indexedDb: JSON.stringify(rows), localStorage: JSON.stringify({ ...localStorage }) }
  })

test('after half an hour without a message the next one starts a new conversation', async ({
  page,
  site,
  collector,
}) => {
  await page.clock.install()
  await site.open(page)
  await say(page, 'Before lunch')
  await flush(page)

  await page.clock.fastForward('31:00')
  await say(page, 'After lunch')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: Before lunch'], ['user: After lunch']])
})

test('a conversation that is over and delivered leaves no content on the visitor’s machine', async ({ page, site }) => {
  await page.clock.install()
  await site.open(page)
  await say(page, 'Something private')
  await flush(page)
  expect((await keptOnThisMachine(page)).indexedDb).toContain('Something private')

  await page.clock.fastForward('31:00')
  await page.reload()
  await site.open(page)

  await expect.poll(async () => (await keptOnThisMachine(page)).indexedDb).not.toContain('Something private')
})

test('the site’s localStorage holds at most 512 characters of ours, and never content', async ({ page, site }) => {
  await site.open(page)
  await say(page, 'Something private')
  await flush(page)
  await page.reload()
  await site.open(page)
  await answer(page, 'Something confidential')
  await flush(page)

  const { localStorage } = await keptOnThisMachine(page)
  expect(localStorage).not.toMatch(/private|confidential/)
  expect(localStorage.length).toBeLessThanOrEqual(512)
})

test('history that this machine no longer holds is not overwritten: it goes on under a new id', async ({
  page,
  site,
  collector,
}) => {
  const plain = site.rawPage('/plain', '<!doctype html>')
  await site.open(page)
  await say(page, 'one')
  await flush(page)
  await page.goto(plain)
  await page.evaluate(async () => {
    for (const { name = '' } of await indexedDB.databases()) indexedDB.deleteDatabase(name)
  })

  await site.open(page)
  await say(page, 'two')
  await flush(page)

  const [first, second] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: one'], ['user: two']])
  expect(second?.id).not.toBe(first?.id)
  expect(second?.properties).toMatchObject({ chatlog: { continues: first?.id } })
})

test('an answer that is written again keeps the first, and names it', async ({ page, site, collector }) => {
  await site.open(page)
  const question = { id: 'q', role: 'user' as const, content: 'Why?' }
  const render = (id: string, content: string) =>
    page.evaluate(
      (messages) => window.chatlog.trackMessages(messages),
      [question, { id, role: 'assistant' as const, content }],
    )
  await render('a1', 'Because.')
  await flush(page)
  await render('a2', 'On reflection, because.')
  await flush(page)

  const [conversation] = await collector.stored()
  const [, first, second] = conversation?.messages ?? []
  expect(await collector.transcripts()).toEqual([
    ['user: Why?', 'assistant: Because.', 'assistant: On reflection, because.'],
  ])
  expect(second?.properties).toMatchObject({ chatlog: { replaces: first?.id } })
})

test('a message whose temporary id becomes the server’s is one message', async ({ page, site, collector }) => {
  await site.open(page)
  await page.evaluate(() => window.chatlog.trackMessages([{ id: 'tmp-1', role: 'user', content: 'Hi' }]))
  await flush(page)
  await page.evaluate(() =>
    window.chatlog.trackMessages([
      { id: 'server-1', role: 'user', content: 'Hi' },
      { id: 'server-2', role: 'assistant', content: 'Hello' },
    ]),
  )
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: Hi', 'assistant: Hello']])
})

test('an answer that is still empty waits for its text', async ({ page, site, collector }) => {
  await site.open(page)
  const render = (content: string) =>
    page.evaluate(
      (messages) => window.chatlog.trackMessages(messages),
      [
        { id: 'q', role: 'user' as const, content: 'Hi' },
        { id: 'a', role: 'assistant' as const, content },
      ],
    )
  await render('')
  await flush(page)
  expect(await collector.transcripts()).toEqual([['user: Hi']])

  await render('Hello')
  await flush(page)
  expect(await collector.transcripts()).toEqual([['user: Hi', 'assistant: Hello']])
})

test('characters that no database keeps are replaced before they are stored', async ({ page, site, collector }) => {
  await site.open(page)
  await say(page, 'a\u0000b\ud800c\u{1f600}d')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: a\ufffdb\ufffdc\u{1f600}d']])
})

test('after stop nothing is recorded, sent or listened to', async ({ page, site, collector }) => {
  const body = '<div data-chatlog><a id="link" href="#here">Here</a></div>'
  await site.open(page, site.page('/', { body }))
  await say(page, 'Before')
  await flush(page)
  const count = collector.requests.length

  await page.evaluate(() => window.chatlog.stop())
  await say(page, 'After')
  await page.click('#link')
  const report = await flush(page)
  await page.goto(site.rawPage('/plain', '<!doctype html>'))

  expect(report.delivered).toEqual([])
  expect(collector.requests).toHaveLength(count)
  expect(await collector.transcripts()).toEqual([['user: Before']])
})

test('a user named on the tag is stored as ID_PROVIDED', async ({ page, site, collector }) => {
  await site.open(page, site.page('/', { tag: { 'user-id': 'u7' } }))
  await say(page, 'Hi')
  await flush(page)

  const [conversation] = await collector.stored()
  expect(conversation?.userProperties).toEqual({ id: 'u7', identificationType: 'ID_PROVIDED' })
})
