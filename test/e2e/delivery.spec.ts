import type { Page } from 'playwright/test'
import { isLazy } from './chat-page.ts'
import { answer, expect, flush, say, test } from './fixtures.ts'

/** Collects the page's events of one kind. @returns what has come so far */
const collectEvents = async (page: Page, name: 'refused' | 'blocked' | 'dropped' | 'retrying' | 'delivered') => {
  await page.evaluate((name) => {
    const heard: unknown[] = []
    Object.assign(window, { [`heard_${name}`]: heard })
    window.chatlog.on(name, (event) => heard.push(event))
  }, name)
  return () => page.evaluate<unknown[]>(`window.heard_${name}`)
}

const postCount = (requests: readonly { method: string }[]) => requests.filter(({ method }) => method === 'POST').length

test('a collector that is overloaded for a moment is tried again', async ({ page, site, collector }) => {
  await site.open(page)
  collector.fail({ kind: 'answer', status: 503 }, 3)
  await say(page, 'Hi')
  await answer(page, 'Hello')

  await expect.poll(collector.transcripts).toEqual([['user: Hi', 'assistant: Hello']])
  expect(await page.evaluate(() => window.chatlog.getState().conversations[0]?.state)).toBe('delivered')
})

test('what is said while the collector is away is stored when it is back', async ({ page, site, collector }) => {
  await site.open(page)
  const retrying = await collectEvents(page, 'retrying')
  await collector.goAway()
  await say(page, 'Hi')
  await answer(page, 'Hello')
  await expect.poll(async () => (await retrying()).length).toBeGreaterThan(1)

  await collector.comeBack()

  await expect.poll(collector.transcripts, { timeout: 20_000 }).toEqual([['user: Hi', 'assistant: Hello']])
})

test('a connection that is reset in the middle is tried again, and nothing is doubled', async ({
  page,
  site,
  collector,
}) => {
  await site.open(page)
  collector.fail({ kind: 'reset' })
  await say(page, 'Hi')
  await expect.poll(() => postCount(collector.requests)).toBeGreaterThan(1)

  collector.heal()

  await expect.poll(collector.transcripts).toEqual([['user: Hi']])
})

test('Retry-After is obeyed', async ({ page, site, collector }) => {
  await site.open(page)
  const retrying = await collectEvents(page, 'retrying')
  collector.fail({ kind: 'answer', status: 429, headers: { 'retry-after': '600' } })
  await say(page, 'Hi')
  await answer(page, 'Hello')

  await expect.poll(async () => (await retrying()).length).toBe(1)
  expect(await retrying()).toEqual([{ afterMs: expect.any(Number), cause: '429' }])
  expect(((await retrying())[0] as { afterMs: number }).afterMs).toBeGreaterThanOrEqual(600_000)
  expect(await page.evaluate(() => window.chatlog.getState().sender.state)).toBe('waiting')
})

test('a refused conversation says why, and is sent again only when it changes', async ({ page, site, collector }) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await site.open(page)
  const refused = await collectEvents(page, 'refused')
  const detail = 'messages[0].content: too rude'
  collector.fail({ kind: 'answer', status: 422, body: JSON.stringify({ status: 422, detail }) })
  await say(page, 'Hi')

  const report = await flush(page)
  await flush(page)

  expect(report.pending).toEqual([{ conversationId: expect.any(String), reason: 'refused' }])
  expect(await refused()).toEqual([{ conversationId: expect.any(String), status: 422, detail }])
  expect(postCount(collector.requests)).toBe(1)
  expect(said.filter((text) => text.includes(detail))).toHaveLength(1)

  collector.heal()
  await answer(page, 'Hello')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: Hi', 'assistant: Hello']])
})

test('a key that never works is said once, and after three requests not tried any more', async ({
  page,
  site,
  collector,
}) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await site.open(page, site.page('/', { tag: { 'api-key': 'web_wrong_key' } }))
  const blocked = await collectEvents(page, 'blocked')
  await say(page, 'Hi')
  await flush(page)
  await expect.poll(async () => (await blocked()).length).toBe(1)

  await answer(page, 'Hello')
  await flush(page)
  await page.reload()
  await site.open(page)
  await say(page, 'Again')
  const { pending } = await flush(page)

  expect(pending.map(({ reason }) => reason)).toEqual(['blocked'])
  expect(postCount(collector.requests)).toBe(3)
  expect(said.filter((text) => text.startsWith('chatlog'))).toHaveLength(1)
})

test('2.5 MB of conversation arrive whole, and no body is over 2,000,000 bytes', async ({ page, site, collector }) => {
  test.slow()
  await site.open(page)
  const count = 25
  for (let number = 0; number < count; number++) await say(page, `${number}:${'ä€😀 '.repeat(10_000)}`)
  await flush(page)

  await expect.poll(async () => (await collector.transcripts()).flat().length, { timeout: 30_000 }).toBe(count)
  const conversations = await collector.stored()
  const numbers = conversations.flatMap(({ messages }) =>
    messages.map(({ content }) => Number(String(content).split(':')[0])),
  )
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, number) => number))
  const [first, second] = conversations.map(({ id, properties }) => ({ id, ...(properties?.chatlog as object) }))
  expect(second).toMatchObject({ id: `${first?.id}-p2`, part: 2, continues: first?.id })
  expect(first).toMatchObject({ part: 1, continuedIn: second?.id })
  expect(Math.max(...collector.requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(2_000_000)
})

test('a 3 MB message is cut, marked and stored, and its cut is reported', async ({ page, site, collector }) => {
  test.slow()
  await site.open(page)
  const dropped = await collectEvents(page, 'dropped')
  const messageId = await say(page, 'x'.repeat(3_000_000))
  await flush(page)

  const [conversation] = await collector.stored()
  const message = conversation?.messages[0]
  expect(String(message?.content)).toMatch(/^x{1900000}/)
  expect(message?.properties).toMatchObject({ chatlog: { truncated: { originalBytes: expect.any(Number) } } })
  expect(await dropped()).toEqual([
    {
      // The lazy tag gives an id before there is a conversation, whose id the one on the wire begins with.
      messageId: isLazy ? expect.stringMatching(`\\.${messageId}$`) : messageId,
      reason: 'too_large',
      detail: expect.stringMatching(/^it has 3000\d+ bytes, 19\d+ are kept$/),
    },
  ])
  expect(Math.max(...collector.requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(2_000_000)
})

test('a page that is denied all storage still delivers', async ({ page, site, collector }) => {
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  const tag = `<script async src="/dist/chatlog.js" data-api-key="${collector.webKey}" data-endpoint="${collector.endpoint}"></script>`
  // A sandboxed document has an origin of its own: cookies, storage, IndexedDB and locks all throw.
  const address = site.rawPage('/sandbox', `<!doctype html>${tag}`, {
    'content-security-policy': 'sandbox allow-scripts',
  })
  await site.open(page, address)
  await say(page, 'Hi')
  await answer(page, 'Hello')
  await flush(page)

  const [conversation] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: Hi', 'assistant: Hello']])
  expect(conversation?.userProperties).toMatchObject({ identificationType: 'ANONYMOUS' })
  expect(await page.evaluate(() => window.chatlog.getState().storage)).toBe('memory')
  expect(errors).toEqual([])
})

test('a delivered conversation is not sent again', async ({ page, site, collector }) => {
  await site.open(page)
  await say(page, 'Hi')
  await flush(page)
  const count = postCount(collector.requests)

  await flush(page)
  await page.reload()
  await site.open(page)
  const report = await flush(page)

  expect(report.pending).toEqual([])
  expect(postCount(collector.requests)).toBe(count)
})

test('nothing that a page passes makes a call throw', async ({ page, site, collector }) => {
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  await site.open(page)

  await page.evaluate(() => {
    const { chatlog } = window as unknown as { chatlog: Record<string, (...given: unknown[]) => unknown> }
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const wrong = [
      undefined,
      null,
      1,
      'text',
      [],
      {},
      cycle,
      Symbol('s'),
      10n,
      () => {},
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no')
          },
        },
      ),
    ]
    const names = [
      'trackMessage',
      'appendToMessage',
      'completeMessage',
      'trackMessages',
      'trackLinkClick',
      'trackFeedback',
      'startConversation',
      'identify',
      'registerRoot',
      'on',
    ]
    for (const name of names) for (const value of wrong) chatlog[name]?.(value, value)
    for (const value of wrong) chatlog.trackMessage?.({ role: value, content: value, links: value, properties: value })
  })
  await page.evaluate(() => window.chatlog.startConversation({ id: 'after' }))
  await say(page, 'Still here')
  await flush(page)

  expect((await collector.transcripts()).at(-1)).toContain('user: Still here')
  expect(errors).toEqual([])
})

test('every upsert names the version that made it and that a program drove the browser', async ({
  page,
  site,
  collector,
}) => {
  await site.open(page)
  await say(page, 'Hi')
  await flush(page)

  const [conversation] = await collector.stored()
  expect(conversation?.properties).toMatchObject({
    chatlog: { libraryVersion: expect.stringMatching(/^\d+\.\d+\.\d+/), automated: true },
  })
})

test('a message that is too large for its links keeps its text', async ({ page, site, collector }) => {
  await site.open(page)
  const links = Array.from({ length: 100_000 }, (_, number) => ({ url: `https://example.com/${number}` }))
  await answer(page, 'Five words that are kept', { links })
  await flush(page)

  expect(await collector.transcripts()).toEqual([['assistant: Five words that are kept']])
})
