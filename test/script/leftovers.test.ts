import { describe, expect, test } from 'vitest'
import { startOfTime } from './fakes/fake-clock.ts'
import { fakeBrowser } from './fakes/fake-platform.ts'

const day = 86_400_000
const offline = { kind: 'reset', applied: false } as const

/** A browser in which an earlier page said something, and is closed. */
async function visited(say: { content: string; reach?: boolean; id?: string }[]) {
  const browser = fakeBrowser({ fetchLater: false })
  for (const { content, reach = true, id } of say) {
    browser.endpoint.always(reach ? null : offline)
    const tab = browser.openTab()
    const log = tab.start()
    if (id) log.startConversation({ id })
    log.trackMessage({ role: 'user', content })
    await browser.advance(10_000)
    await tab.close()
    await browser.advance(1_000)
  }
  browser.endpoint.always(null)
  return {
    ...browser,
    browser,
    kinds: () => browser.database.rows().map(({ kind }) => kind),
    delivered: () => browser.endpoint.contents().flat(),
    visit: () => browser.openTab().start(),
  }
}

describe('what earlier pages couldn’t deliver', () => {
  test('the next page of the site sends, of several pages everything', async () => {
    const { visit, advance, delivered } = await visited([
      { content: 'one', reach: false },
      { content: 'two', reach: false },
    ])
    expect(delivered()).toEqual([])

    const log = visit()
    await advance(30_000)

    expect(delivered().sort()).toEqual(['one', 'two'])
    expect(log.getState().counts).toMatchObject({ recorded: 0, delivered: 2, dropped: {} })
  })

  test('is sent at once, not when the page has nothing else to do for long', async () => {
    const { visit, advance, delivered } = await visited([{ content: 'one', reach: false }])
    visit()
    await advance(1_500)

    expect(delivered()).toEqual(['one'])
  })

  test('is dropped after 30 days, counted and said', async () => {
    const { browser, visit, advance, delivered, database } = await visited([{ content: 'one', reach: false }])
    browser.clock.jump(30 * day + 60_000)
    const log = visit()
    const dropped: unknown[] = []
    log.on('dropped', (event) => dropped.push(event))
    await advance(30_000)

    expect(log.getState().counts.dropped).toEqual({ expired: 1 })
    expect(dropped).toEqual([{ messageId: null, reason: 'expired', detail: expect.any(String) }])
    expect(browser.errors.at(-1)).toContain('undelivered for over 30 days')
    expect(delivered()).toEqual([])

    const next = visit()
    await advance(30_000)
    expect([next.getState().counts.dropped, delivered(), database.rows()]).toEqual([{}, [], []])
  })

  test('is not dropped a day before', async () => {
    const { browser, visit, advance, delivered } = await visited([{ content: 'one', reach: false }])
    browser.clock.jump(29 * day)
    visit()
    await advance(30_000)

    expect(delivered()).toEqual(['one'])
  })

  test('is 10,000,000 bytes at most: the oldest conversations go, the newest stay', async () => {
    const browser = fakeBrowser()
    for (const [index, content] of ['one', 'two', 'three', 'four'].entries()) {
      const time = startOfTime - 60_000 + index
      browser.database.plant({
        ...{ kind: 'message', conversationId: content, tabId: 'gone', id: content, externalId: null, order: time },
        ...{ updatedAt: time, part: 1, streaming: false, role: 'user', json: `"role":"user","content":"${content}"}` },
        bytes: 3_300_000,
      })
    }
    const log = browser.openTab().start()
    await browser.advance(60_000)

    expect(log.getState().counts.dropped).toEqual({ storage_budget: 1 })
    expect(browser.errors.join()).toContain('over 10000000 bytes are undelivered')
    const delivered = browser.endpoint.contents().flat()
    expect(delivered.sort()).toEqual(['four', 'three', 'two'])
  })
})

describe('a conversation that is over and delivered', () => {
  test('has its content deleted by the next page', async () => {
    const { browser, visit, advance, kinds } = await visited([{ content: 'something private' }])
    browser.clock.jump(day)
    visit()
    await advance(30_000)

    expect(kinds()).toEqual(['ended'])
    expect(JSON.stringify(browser.database.rows())).not.toContain('private')
  })

  test('has it deleted by a page that is open already', async () => {
    const { visit, advance, kinds } = await visited([{ content: 'one' }])
    visit()
    await advance(10 * 60_000)
    expect(kinds()).toContain('message')
    await advance(60 * 60_000)

    expect(kinds()).toEqual(['ended'])
  })

  test('is not over before `idleMinutes` have passed', async () => {
    const { browser, visit, advance, kinds } = await visited([{ content: 'one' }])
    browser.clock.jump(29 * 60_000)
    visit()
    await advance(20_000)

    expect(kinds()).toContain('message')
  })

  test('is forgotten altogether after 30 days more', async () => {
    const { browser, visit, advance, kinds } = await visited([{ content: 'one' }])
    browser.clock.jump(day)
    visit()
    await advance(30_000)
    browser.clock.jump(31 * day)
    visit()
    await advance(30_000)

    expect(kinds()).toEqual([])
  })

  test('asked for again by its name, goes on under a new id that names the old one', async () => {
    const { browser, visit, advance, endpoint } = await visited([{ content: 'one', id: 'chat' }])
    browser.clock.jump(day)
    visit()
    await advance(30_000)

    const log = visit()
    const conversationId = log.startConversation({ id: 'chat' })
    log.trackMessage({ role: 'user', content: 'two' })
    await advance(30_000)

    const [first, second] = endpoint.conversations()
    expect(second?.id).not.toBe(first?.id)
    expect(second).toMatchObject({
      externalId: 'chat',
      properties: { chatlog: { continues: first?.id } },
      messages: [{ content: 'two' }],
    })
    expect(first?.id).toBe(conversationId)
    expect(first?.messages).toMatchObject([{ content: 'one' }])
  })

  test('stays while its own page is open', async () => {
    const browser = fakeBrowser()
    const log = browser.openTab().start()
    log.trackMessage({ role: 'user', content: 'one' })
    await browser.advance(4 * 3_600_000)

    expect(browser.database.rows().map(({ kind }) => kind)).toContain('message')
  })
})

test('what is over but not delivered is never deleted', async () => {
  const { browser, visit, advance, kinds, delivered } = await visited([{ content: 'one', reach: false }])
  browser.endpoint.always(offline)
  browser.clock.jump(day)
  visit()
  await advance(60 * 60_000)
  expect(kinds()).toContain('message')

  browser.endpoint.always(null)
  await advance(60 * 60_000)
  expect(delivered()).toEqual(['one'])
})
