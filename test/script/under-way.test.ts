import { describe, expect, test } from 'vitest'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

describe('what is recorded while a request is under way', () => {
  /** A page whose request takes a second to arrive. */
  async function whileUnderWay() {
    const browser = fakeBrowser({ fetchLater: false })
    const tab = browser.openTab()
    const log = tab.start()
    log.trackMessage({ id: 'first', role: 'assistant', content: 'one' })
    browser.endpoint.next({ kind: 'slow', ms: 1_000 })
    void log.flush()
    while (!browser.endpoint.requests.length) await browser.advance(20)
    await browser.advance(200)
    return { ...browser, browser, tab, log }
  }

  test('is sent after it, without a flush', async () => {
    const { browser, log, advance } = await whileUnderWay()
    log.trackMessage({ role: 'assistant', content: 'two' })
    await advance(10_000)

    expect(browser.endpoint.contents()).toEqual([['one', 'two']])
    expect(log.getState().conversations).toMatchObject([{ state: 'delivered' }])
  })

  test('is sent after it where it is another version of a message that it holds', async () => {
    const { browser, log, endpoint, advance } = await whileUnderWay()
    log.trackMessage({ id: 'first', role: 'assistant', content: 'one, corrected' })
    await advance(10_000)

    expect(endpoint.requests).toHaveLength(2)
    expect(browser.endpoint.contents()).toEqual([['one, corrected']])
  })

  test('is sent after it where it is who the visitor is', async () => {
    const { log, endpoint, advance } = await whileUnderWay()
    log.identify({ userId: 'u7' })
    await advance(10_000)

    expect(endpoint.conversations()).toMatchObject([{ userProperties: { id: 'u7' } }])
  })

  test.each<[string, (log: ReturnType<typeof fakePage>['log']) => void, string[]]>([
    ['a message', (log) => log.trackMessage({ role: 'assistant', content: 'two' }), ['one', 'two']],
    ['another version', (log) => log.trackMessage({ id: 'first', role: 'assistant', content: 'one!' }), ['one!']],
  ])(
    'is sent by the next page where this one crashes when the answer is there: %s',
    async (_what, change, expected) => {
      const { browser, tab, log, advance } = await whileUnderWay()
      change(log)
      await advance(950)
      expect(browser.endpoint.contents()).toEqual([['one']])
      tab.crash()
      browser.openTab().start()
      await advance(30_000)

      expect(browser.endpoint.contents()).toEqual([expected])
    },
  )
})

test('what a page that crashed has left is sent by the next one at once', async () => {
  const browser = fakeBrowser({ fetchLater: false })
  const tab = browser.openTab()
  tab.start().trackMessage({ role: 'assistant', content: 'one' })
  await browser.advance(100)
  tab.crash()
  await browser.advance(10_000)
  expect(browser.endpoint.requests).toEqual([])

  browser.openTab().start()
  await browser.advance(500)
  expect(browser.endpoint.contents()).toEqual([['one']])
})

describe('the store', () => {
  const kinds = ({ database }: ReturnType<typeof fakeBrowser>) =>
    database
      .rows()
      .map(({ kind }) => kind)
      .sort()

  test('holds a row a message, one of the conversation, and one of what is delivered, however often that is', async () => {
    const { browser, log, advance } = fakePage()
    for (const content of ['one', 'two', 'three']) {
      log.trackMessage({ role: 'assistant', content })
      await advance(10_000)
    }

    expect(kinds(browser)).toEqual(['delivered', 'header', 'message', 'message', 'message'])
  })

  test('holds one row of what is delivered also when the next page delivers', async () => {
    const { browser, tab, log, advance } = fakePage()
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(10_000)
    await tab.navigate()
    tab.start().trackMessage({ role: 'assistant', content: 'two' })
    await advance(10_000)

    expect(kinds(browser)).toEqual(['delivered', 'header', 'message', 'message'])
  })

  test('says that nothing is delivered as long as something isn’t', async () => {
    const { browser, log, endpoint, advance } = fakePage({ fetchLater: false })
    endpoint.always({ kind: 'reset', applied: false })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(10_000)

    expect(kinds(browser)).not.toContain('delivered')
  })
})

describe('the time of a conversation', () => {
  const timesOf = ({ endpoint }: ReturnType<typeof fakeBrowser>) => {
    const [conversation] = endpoint.conversations()
    return { own: conversation?.updatedAt, messages: conversation?.messages.map(({ updatedAt }) => updatedAt) ?? [] }
  }

  test('is that of its newest message, whatever the order of the messages', async () => {
    const { browser, log, advance } = fakePage()
    log.trackMessage({ id: 'first', role: 'assistant', content: 'one' })
    await advance(10_000)
    log.trackMessage({ role: 'assistant', content: 'two' })
    await advance(10_000)
    log.trackMessage({ id: 'first', role: 'assistant', content: 'one, corrected' })
    await advance(10_000)

    const { own, messages } = timesOf(browser)
    expect(own).toBe(messages[0])
    expect(String(messages[0]) > String(messages[1])).toBe(true)
  })

  test('is the same to a page that goes on with it', async () => {
    const { browser, tab, log, advance } = fakePage()
    log.trackMessage({ id: 'first', role: 'assistant', content: 'one' })
    log.trackMessage({ id: 'second', role: 'assistant', content: 'two' })
    await advance(10_000)
    log.trackMessage({ id: 'first', role: 'assistant', content: 'one, corrected' })
    await advance(10_000)
    const before = timesOf(browser)
    await tab.navigate()
    const next = tab.start()
    await advance(10_000)
    next.identify({ userId: 'u7' })
    await advance(10_000)

    const { own, messages } = timesOf(browser)
    expect(messages).toEqual(before.messages)
    expect(String(own) > String(before.own)).toBe(true)
  })
})

describe('the bytes of a conversation', () => {
  const bytesOnTheWire = (text: string) => {
    const { messages } = JSON.parse(text) as { messages: unknown[] }
    return messages.reduce<number>((sum, message) => sum + Buffer.byteLength(JSON.stringify(message)) + 1, 0)
  }

  test('are those of its messages as they are sent, with a comma each', async () => {
    const { log, endpoint, advance } = fakePage()
    log.trackMessage({ role: 'user', content: 'Grüße' })
    log.trackMessage({ id: 'answer', role: 'assistant', content: 'Hello' })
    await advance(10_000)
    expect(log.getState().conversations[0]?.bytes).toBe(bytesOnTheWire(endpoint.requests.at(-1)?.text ?? '{}'))

    log.trackMessage({ id: 'answer', role: 'assistant', content: 'Hello, and goodbye' })
    await advance(10_000)
    expect(log.getState().conversations[0]?.bytes).toBe(bytesOnTheWire(endpoint.requests.at(-1)?.text ?? '{}'))
  })

  test('fill a part but for the room that is kept for clicks, also under a long header', async () => {
    const { log, endpoint, advance } = fakePage()
    log.startConversation({ properties: { about: 'x'.repeat(20_000) } })
    for (let index = 0; index < 260; index++) log.trackMessage({ role: 'assistant', content: 'y'.repeat(9_000) })
    await advance(900_000)

    const [first] = endpoint.conversations()
    const bytes = Buffer.byteLength(JSON.stringify(first))
    expect(endpoint.conversations()).toHaveLength(2)
    expect(endpoint.violations).toEqual([])
    expect(bytes).toBeLessThanOrEqual(2_000_000)
    expect(bytes).toBeGreaterThan(1_900_000)
  })
})
