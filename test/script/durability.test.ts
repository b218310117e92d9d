import { describe, expect, test } from 'vitest'
import type { NewRow } from '../../src/script/conversation/rows.ts'
import type { Platform } from '../../src/script/platform.ts'
import { startOfTime } from './fakes/fake-clock.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const hello = { role: 'user', content: 'Hello' } as const

const journals = ({ localStorage }: Pick<ReturnType<typeof fakeBrowser>, 'localStorage'>) =>
  [...localStorage.entries.keys()].filter((key) => key.startsWith('chatlog:'))

/** A browser whose database takes its time, and a tab in it that says something and is closed before it has opened. */
async function closedTooSoon(say: string[], close = true) {
  const browser = fakeBrowser({ fetchLater: false })
  browser.network.online = false
  browser.database.faults.openMs = 500
  const tab = browser.openTab()
  const log = tab.start()
  for (const content of say) log.trackMessage({ role: 'user', content })
  if (close) await tab.close()
  browser.network.online = true
  return { ...browser, browser, tab, log }
}

describe('what isn’t saved yet when the page goes', () => {
  test('is kept in a journal, delivered by the next visit, and the journal is gone then', async () => {
    const { browser, endpoint, ...page } = await closedTooSoon(['one', 'two'])
    expect(journals(page)).toHaveLength(1)

    browser.openTab().start()
    await page.advance(30_000)

    expect(endpoint.conversations().map(({ messages }) => messages.map(({ content }) => content))).toEqual([
      ['one', 'two'],
    ])
    expect(journals(page)).toEqual([])
  })

  test('is kept so once, and each tab keeps its own', async () => {
    const { browser, endpoint, ...page } = await closedTooSoon(['one'])
    const other = browser.openTab()
    other.start().trackMessage({ role: 'user', content: 'two' })
    await other.close()
    expect(journals(page)).toHaveLength(2)

    browser.openTab().start()
    await page.advance(60_000)

    const contents = endpoint.conversations().flatMap(({ messages }) => messages.map(({ content }) => content))
    expect(contents.sort()).toEqual(['one', 'two'])
  })

  test('is written down up to 256,000 characters', async () => {
    const { browser, ...page } = await closedTooSoon(['x'.repeat(250_000)])
    expect(journals(page)).toHaveLength(1)
    expect(page.localStorage.largest()).toBeLessThan(260_000)
  })

  test('is not written down where it is longer than that', async () => {
    const page = await closedTooSoon(['x'.repeat(256_000)])

    expect(page.localStorage.largest()).toBeLessThan(1_000)
  })

  test('is written down in the call where the store isn’t open yet, and no longer than that', async () => {
    const page = await closedTooSoon(['one'], false)
    expect(journals(page)).toHaveLength(1)

    await page.advance(1_000)
    expect(journals(page)).toEqual([])
  })

  test('is kept where the page crashes in the call that says the first thing', async () => {
    const page = await closedTooSoon(['one', 'two'], false)
    page.tab.crash()

    page.browser.openTab().start()
    await page.advance(60_000)

    expect(page.endpoint.contents()).toEqual([['one', 'two']])
    expect(journals(page)).toEqual([])
  })

  test('is saved by the page itself when it comes back, and its journal removed', async () => {
    const page = await closedTooSoon(['one'], false)
    await page.tab.leaveCached()
    expect(journals(page)).toHaveLength(1)
    await page.tab.comeBack()
    await page.advance(1_000)

    expect(journals(page)).toEqual([])
    await page.advance(30_000)
    expect(page.endpoint.conversations()).toMatchObject([{ messages: [{ content: 'one' }] }])
  })

  test('costs nothing where everything is saved', async () => {
    const page = fakePage()
    page.log.trackMessage(hello)
    await page.advance(1_000)
    await page.tab.close()

    expect(journals(page)).toEqual([])
  })
})

test.each(['no JSON', '{"rows":1}'])(
  'a journal that makes no sense (%s) is removed and harms nothing',
  async (text) => {
    const browser = fakeBrowser()
    browser.localStorage.entries.set('chatlog:somebody', text)
    browser.localStorage.entries.set('somebody-else', text)
    const log = browser.openTab().start()
    log.trackMessage(hello)
    await browser.advance(30_000)

    expect(browser.localStorage.entries.has('chatlog:somebody')).toBe(false)
    expect(browser.localStorage.entries.get('somebody-else')).toBe(text)
    expect(browser.endpoint.conversations()).toHaveLength(1)
  },
)

describe.each(['denied', 'full', 'broken'] as const)('where the database is %s', (state) => {
  test('consent can be taken back', async () => {
    const { log, database, advance, network, cookies } = fakePage()
    database.faults.state = state
    log.trackMessage(hello)
    await advance(30_000)
    log.setConsent('denied')
    await advance(30_000)

    expect([network.armed(), cookies.kept()]).toEqual([[], []])
    expect(log.getState().conversations).toEqual([])
  })
})

test('a database that is well is `durable`, and one page opens it once', async () => {
  let opened = 0
  const alter = (platform: Platform): Platform => ({
    ...platform,
    openRowLog(name) {
      opened++
      return platform.openRowLog(name)
    },
  })
  const { log, advance } = fakePage({ alter })
  expect(log.getState().storage).toBe('durable')
  log.trackMessage(hello)
  log.trackMessage(hello)
  await advance(30_000)

  expect(opened).toBe(1)
  expect(log.getState().storage).toBe('durable')
})

describe('a row that makes no sense', () => {
  const time = startOfTime - 60_000
  const sound: NewRow = {
    ...{
      kind: 'message',
      conversationId: 'c',
      tabId: 'gone',
      id: 'm1',
      externalId: null,
      order: time,
      updatedAt: time,
    },
    ...{ part: 1, streaming: false, role: 'user', json: '"role":"user","content":"one"}', bytes: 40 },
  }

  test.each([
    ['whose JSON is cut off', { ...sound, json: '"role":"user","cont' }],
    ['whose JSON is another’s', { ...sound, json: '"content":"one"}' }],
    ['whose JSON goes on behind its end', { ...sound, json: '"role":"user","content":"one"}, "role":' }],
    ['whose JSON begins too early', { ...sound, json: ',"role":"user","content":"one"}' }],
    ['of the time before all time', { ...sound, updatedAt: 0 }],
    ['of no place', { ...sound, order: 0 }],
    ['of no time', { ...sound, updatedAt: Number.NaN }],
    ['of no size', { ...sound, bytes: 0 }],
    ['of no known kind', { ...sound, kind: 'poem' }],
    ['of a kind that begins like a known one', { ...sound, kind: 'delivered later' }],
    ['of a kind that ends like a known one', { ...sound, kind: 'undelivered' }],
    ['that is no header at all', { kind: 'header', conversationId: 'c', tabId: 'gone', header: null }],
    [
      'that is a header without what chatlog says',
      { kind: 'header', conversationId: 'c', tabId: 'gone', header: { userProperties: {} } },
    ],
    [
      'that is a header whose visitor is nothing',
      {
        ...{ kind: 'header', conversationId: 'c', tabId: 'gone' },
        header: { userProperties: 'nobody', chatlog: { visitorId: 'v' } },
      },
    ],
    ['that is a header of nobody', { kind: 'header', conversationId: 'c', tabId: 'gone', header: {} }],
    [
      'that is a header without a visitor',
      { kind: 'header', conversationId: 'c', tabId: 'gone', header: { userProperties: {}, chatlog: {} } },
    ],
  ])('%s is set aside, counted, and the rest is delivered', async (_what, row) => {
    const browser = fakeBrowser()
    browser.database.plant({ ...sound, id: 'm0', order: time - 1 })
    browser.database.plant(row as never)
    const log = browser.openTab().start()
    await browser.advance(60_000)

    expect(log.getState().counts.dropped).toEqual({ corrupt: 1 })
    expect(browser.errors.filter((line) => line.includes('makes no sense'))).toHaveLength(1)
    const [conversation, ...others] = browser.endpoint.conversations()
    expect(conversation?.messages).toMatchObject([{ role: 'user', content: 'one' }])
    expect(others).toEqual([])
  })
})

test('two stores of one site know nothing of each other', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  const [one, other] = [tab.start(), tab.start({ storeName: 'other' })]
  one.trackMessage({ role: 'user', content: 'one' })
  other.trackMessage({ role: 'user', content: 'two' })
  await browser.advance(30_000)

  const contents = browser.endpoint.conversations().map(({ messages }) => messages.map(({ content }) => content))
  expect(contents.sort()).toEqual([['one'], ['two']])
  expect([...tab.sessionStorage.entries.keys()].sort()).toEqual(['chatlog', 'other'])
})
