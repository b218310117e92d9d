import type { Browser, Page } from 'playwright/test'
import { startFakeCollector } from '../../src/testing/fake-collector.ts'
import { expect, flush, type Site, started, test } from './fixtures.ts'

const id = '0b7f3c1e-5d42-4c5b-9a36-2f1f6f0c8a71'

const [u1, a1, u2, a2, u3] = [
  { id: 'u1', role: 'user', content: 'one?' },
  { id: 'a1', role: 'assistant', content: 'one.' },
  { id: 'u2', role: 'user', content: 'two?' },
  { id: 'a2', role: 'assistant', content: 'two.' },
  { id: 'u3', role: 'user', content: 'three?' },
] as const
type Message = typeof u1 | typeof a1 | typeof u2 | typeof a2 | typeof u3

/** A device of the visitor's: a browser with a profile of its own, on the site's page. */
async function device(browser: Browser, address: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(address)
  await started(page)
  return page
}

/** The page shows the chat as the site's server has it. */
const show = (page: Page, ...messages: Message[]): Promise<string> =>
  page.evaluate(
    ([id, messages]) => {
      const conversationId = window.chatlog.startConversation({ id, shared: true })
      window.chatlog.trackMessages(messages, { conversationId: id })
      return conversationId
    },
    [id, messages] as const,
  )

const pageOf = (site: Site, tag: Record<string, string>) => site.page('/chat', { tag })

test('one chat on two devices is one stored conversation, and looking at it sends nothing', async ({
  browser,
  site,
  collector,
}) => {
  const address = pageOf(site, { server: 'chatlog' })
  const laptop = await device(browser, address)
  expect(await show(laptop)).toBe(id)
  await show(laptop, u1, a1)
  await flush(laptop)
  const before = collector.upserts().length

  const phone = await device(browser, address)
  await show(phone, u1, a1)
  await flush(phone)
  await phone.reload()
  await started(phone)
  await show(phone, u1, a1)
  await flush(phone)
  expect(collector.upserts()).toHaveLength(before)
  await show(phone, u1, a1, u2, a2)
  await flush(phone)
  await show(laptop, u1, a1, u2, a2)
  await show(laptop, u1, a1, u2, a2, u3)
  await flush(laptop)

  expect(await collector.transcripts()).toEqual([
    ['user: one?', 'assistant: one.', 'user: two?', 'assistant: two.', 'user: three?'],
  ])
  const [conversation] = await collector.stored()
  expect(conversation?.id).toBe(id)
  expect(conversation?.messages.map((message) => message.id)).toEqual(
    ['u1', 'a1', 'u2', 'a2', 'u3'].map((own) => `${id}.${own}`),
  )
})

test('a server that replaces never gets less than it has, though a device lost its store', async ({
  browser,
  site,
}) => {
  const collector = await startFakeCollector({ mode: 'replace' })
  const contents = () => collector.conversations().map(({ messages }) => messages.map(({ content }) => content))
  const address = pageOf(site, { endpoint: collector.endpoint, 'api-key': collector.apiKey })
  const laptop = await device(browser, address)
  await show(laptop)
  await show(laptop, u1, a1)
  await flush(laptop)
  const phone = await device(browser, address)
  await show(phone, u1, a1)
  await show(phone, u1, a1, u2, a2)
  await flush(phone)

  // The laptop knows nothing of what the phone said, and then nothing at all.
  await laptop.reload()
  await started(laptop)
  await laptop.evaluate((id) => window.chatlog.startConversation({ id, shared: true }), id)
  await laptop.evaluate(([id, message]) => window.chatlog.trackMessage({ ...message, conversationId: id }), [
    id,
    u3,
  ] as const)
  expect((await flush(laptop)).pending).toEqual([{ conversationId: id, reason: 'unshown' }])
  await laptop.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(`${name}`)
    localStorage.clear()
  })
  await laptop.reload()
  await started(laptop)
  expect(contents()).toEqual([['one?', 'one.', 'two?', 'two.']])

  await show(laptop, u1, a1, u2, a2)
  await show(laptop, u1, a1, u2, a2, u3)
  await flush(laptop)
  expect(contents()).toEqual([['one?', 'one.', 'two?', 'two.', 'three?']])
  await collector.close()
})

test('the lazy tag keeps history apart from what is said', async ({ browser, site, collector }) => {
  const html = `<!doctype html><title>A chat</title><script async src="/dist/chatlog-lazy.js" data-api-key="${collector.webKey}" data-endpoint="${collector.endpoint}"></script>`
  const address = site.rawPage('/lazy', html)
  const laptop = await device(browser, address)
  expect(await show(laptop, u1, a1)).toBe(id)
  await flush(laptop)
  expect(collector.upserts()).toEqual([])

  await laptop.reload()
  await started(laptop)
  // In one task: both lists wait for the core.
  await laptop.evaluate(
    ([id, lists]) => {
      window.chatlog.startConversation({ id, shared: true })
      for (const list of lists) window.chatlog.trackMessages(list, { conversationId: id })
    },
    [
      id,
      [
        [u1, a1],
        [u1, a1, u2, a2],
      ],
    ] as const,
  )
  await flush(laptop)

  expect(await collector.transcripts()).toEqual([['user: one?', 'assistant: one.', 'user: two?', 'assistant: two.']])
  expect((await collector.stored())[0]?.id).toBe(id)
})
