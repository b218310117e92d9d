import { describe, expect, test } from 'vitest'
import type { Platform } from '../../src/script/platform.ts'
import { fakePage } from './fakes/fake-platform.ts'

const textsOf = (body: string) => (JSON.parse(body).messages as { content: string }[]).map(({ content }) => content)

test('what is armed is the newest body, in the call that records', async () => {
  const { log, network, advance } = fakePage()
  await advance(100)

  log.trackMessage({ role: 'user', content: 'Hello' })
  expect(network.armed().map(({ text }) => textsOf(text))).toEqual([['Hello']])
  log.trackMessage({ id: 'a', role: 'assistant', content: 'It', status: 'streaming' })
  log.appendToMessage('a', ' is')
  log.completeMessage('a')

  expect(network.armed().map(({ text }) => textsOf(text))).toEqual([['Hello', 'It is']])
})

test('a burst is armed twenty times at once, then ten times a second, at last with the newest', async () => {
  let armings = 0
  const counted = (platform: Platform): Platform => ({
    ...platform,
    fetchLater(request) {
      armings++
      return platform.fetchLater?.(request) ?? null
    },
  })
  const { log, advance, network } = fakePage({ alter: counted })
  const say = (count: number) => {
    for (let number = 0; number < count; number++) log.trackMessage({ role: 'user', content: 'x' })
  }
  const messagesArmed = () => network.armed().map(({ text }) => textsOf(text).length)

  say(50)
  expect([armings, messagesArmed()]).toEqual([20, [20]])
  await advance(99)
  expect(armings).toBe(20)
  await advance(1)
  expect([armings, messagesArmed()]).toEqual([21, [50]])

  say(5)
  await advance(99)
  say(5)
  expect(armings).toBeLessThanOrEqual(23)
  await advance(100)
  expect(messagesArmed()).toEqual([60])

  await advance(10_000)
  armings = 0
  say(50)
  expect(armings).toBe(20)
})

test('nothing stays armed once it is acknowledged', async () => {
  const { log, network, advance } = fakePage()

  log.trackMessage({ role: 'user', content: 'Hello' })
  await advance(10_000)

  expect(network.armed()).toEqual([])
})

test('a crash in the task that records loses nothing where the browser has `fetchLater`', async () => {
  const { log, tab, advance, endpoint } = fakePage()
  await advance(100)

  for (let number = 1; number <= 10; number++) log.trackMessage({ role: 'user', content: `message ${number}` })
  tab.crash()
  await advance(1_000)

  expect(endpoint.conversations()[0]?.messages).toHaveLength(10)
})

test('without `fetchLater` a crash in the same task loses nothing for the next visit', async () => {
  const { log, tab, browser, advance, endpoint } = fakePage({ fetchLater: false })
  await advance(100)

  log.trackMessage({ role: 'user', content: 'Hello' })
  tab.crash()
  await advance(1_000)
  expect(endpoint.requests).toEqual([])
  browser.openTab().start()
  await advance(30_000)

  expect(endpoint.conversations()[0]?.messages).toHaveLength(1)
})

test.each(['hosted', 'chatlog'] as const)(
  'a closed tab hands over what isn’t delivered (server: %s)',
  async (server) => {
    const { log, tab, network, advance, endpoint } = fakePage({ fetchLater: false, init: { server } })
    await advance(100)
    log.trackMessage({ role: 'user', content: 'Hello' })

    await tab.close()
    await advance(1_000)

    expect(network.sent.map(({ via }) => via)).toEqual([server === 'hosted' ? 'keepalive' : 'beacon'])
    expect(endpoint.conversations()[0]?.messages).toHaveLength(1)
  },
)

test.each(['hosted', 'chatlog'] as const)(
  'a closed tab hands over a click that no message holds, and who the visitor is, when all messages are delivered (server: %s)',
  async (server) => {
    for (const fetchLater of [true, false]) {
      const { log, tab, advance, endpoint } = fakePage({ fetchLater, init: { server } })
      log.trackMessage({ role: 'user', content: 'Hello' })
      await advance(10_000)

      log.identify({ userId: 'u7' })
      log.trackLinkClick({ url: 'https://elsewhere.example.com/' })
      await tab.close()
      await advance(1_000)

      const [conversation] = endpoint.conversations()
      expect(conversation?.properties).toMatchObject({
        chatlog: { linkClicks: [{ url: 'https://elsewhere.example.com/' }] },
      })
      expect(conversation?.userProperties).toMatchObject({ id: 'u7' })
    }
  },
)

test('our own collector gets the key of a beacon in its URL', async () => {
  const { log, tab, network, advance } = fakePage({ init: { server: 'chatlog', apiKey: 'WEB&KEY' } })
  await advance(100)
  log.trackMessage({ role: 'user', content: 'Hello' })

  await tab.close()

  expect(network.sent[0]?.url).toBe('https://collector.example.com/conversations?key=WEB%26KEY')
})

test('what is handed over replaces what was armed before it', async () => {
  const { log, tab, network, advance } = fakePage()
  await advance(100)
  log.trackMessage({ id: 'a', role: 'assistant', content: 'It is', status: 'streaming' })

  log.completeMessage('a')
  await tab.close()

  expect(network.sent.map(({ text }) => text).join()).not.toContain('interrupted')
})

test('an older request that is still on its way doesn’t come after what the page hands over', async () => {
  const { log, tab, network, advance, endpoint } = fakePage()
  // A connection and a preflight of its own take their time, and what comes after it needs neither.
  network.roundTripMs = 800
  log.trackMessage({ role: 'user', content: 'Hello' })
  while (!network.sent.length) await advance(100)
  network.roundTripMs = 80
  log.trackMessage({ role: 'assistant', content: 'Welcome' })

  await tab.close()
  await advance(10_000)

  expect(endpoint.contentsOf(endpoint.conversations()[0]?.id ?? '')).toEqual(['Hello', 'Welcome'])
})

test('nothing is sent of a resumed conversation that isn’t loaded yet when the page goes', async () => {
  const { log, tab, advance, endpoint } = fakePage()
  for (let number = 1; number <= 40; number++) log.trackMessage({ role: 'user', content: `message ${number}` })
  await advance(30_000)
  await tab.navigate()
  const requests = endpoint.requests.length

  tab.start().trackMessage({ role: 'user', content: 'one more' })
  await tab.close()
  await advance(30_000)

  expect(endpoint.requests).toHaveLength(requests)
})

test('what an unloaded page said is delivered by the next visit, with all that came before', async () => {
  const { log, tab, browser, advance, endpoint } = fakePage()
  log.trackMessage({ role: 'user', content: 'one' })
  await advance(30_000)
  await tab.navigate()
  tab.start().trackMessage({ role: 'user', content: 'two' })
  await tab.close()

  browser.openTab().start()
  await advance(30_000)

  expect(endpoint.contentsOf(endpoint.conversations()[0]?.id ?? '')).toEqual(['one', 'two'])
  expect(endpoint.conversations()).toHaveLength(1)
})

test('after a clean delivery the site’s localStorage holds at most 512 characters of ours, and no content', async () => {
  const { log, tab, browser, advance, localStorage } = fakePage()
  log.trackMessage({ role: 'user', content: 'Something private' })
  await tab.close()
  browser.openTab().start()
  await advance(60_000)

  const kept = [...localStorage.entries].flat().join('')
  expect(kept.length).toBeLessThanOrEqual(512)
  expect(kept).not.toContain('private')
})

test('a page that comes back out of the back/forward cache goes on where it was', async () => {
  const { log, tab, advance, endpoint } = fakePage()
  log.trackMessage({ role: 'user', content: 'one' })
  await advance(30_000)

  expect(await tab.leaveCached()).toBe(true)
  await advance(60_000)
  expect(await tab.comeBack()).toBe(true)
  log.trackMessage({ role: 'user', content: 'two' })
  await advance(30_000)

  expect(endpoint.contentsOf(endpoint.conversations()[0]?.id ?? '')).toEqual(['one', 'two'])
})

test.each(['hosted', 'chatlog'] as const)(
  'a request under way keeps no page out of the back/forward cache, and no other tab waiting (server: %s)',
  async (server) => {
    const { log, tab, browser, advance, endpoint } = fakePage({ init: { server }, fetchLater: false })
    endpoint.always({ kind: 'hang', appliedAfterMs: null })
    log.startConversation({ id: 'chat' })
    log.trackMessage({ role: 'user', content: 'one' })
    while (!endpoint.requests.length) await advance(100)
    endpoint.always(null)

    expect(await tab.leaveCached()).toBe(true)
    const other = browser.openTab().start({ server })
    other.startConversation({ id: 'chat' })
    other.trackMessage({ role: 'assistant', content: 'two' })
    await advance(5_000)

    expect(endpoint.contentsOf(endpoint.conversations()[0]?.id ?? '')).toEqual(['one', 'two'])
    expect(await tab.comeBack()).toBe(true)
    log.trackMessage({ role: 'user', content: 'three' })
    await advance(60_000)

    expect(endpoint.contentsOf(endpoint.conversations()[0]?.id ?? '')).toEqual(['one', 'two', 'three'])
  },
)

test('a prerendered page does nothing until it is shown, and then records what it was told', async () => {
  const { log, tab, advance, endpoint, cookies, database } = fakePage({ prerendered: true })
  log.trackMessage({ role: 'user', content: 'Hello' })
  await advance(60_000)
  expect([endpoint.requests, cookies.sets, database.writes()]).toEqual([[], [], 0])

  await tab.activate()
  await advance(60_000)

  expect(endpoint.conversations()).toHaveLength(1)
})

describe('a page that goes while a request is under way', () => {
  /** A page of which a request hangs, and what else goes out when it is closed. */
  const leaveWith = async (change: (log: ReturnType<typeof fakePage>['log']) => void) => {
    const page = fakePage({ fetchLater: false })
    page.log.trackMessage({ id: 'first', role: 'assistant', content: 'one' })
    await page.advance(10_000)
    page.endpoint.always({ kind: 'slow', ms: 5_000 })
    page.log.trackMessage({ id: 'second', role: 'assistant', content: 'two' })
    void page.log.flush()
    await page.advance(200)
    const before = page.network.sent.length
    change(page.log)
    await page.tab.close()
    await page.advance(20_000)
    return { more: page.network.sent.slice(before).map(({ text }) => JSON.parse(text)), endpoint: page.endpoint }
  }

  test('sends nothing more where that holds all there is', async () => {
    const { more, endpoint } = await leaveWith(() => {})

    expect(more).toEqual([])
    expect(endpoint.conversations()[0]?.messages).toHaveLength(2)
  })

  test.each<[string, (log: ReturnType<typeof fakePage>['log']) => void, object]>([
    [
      'a message',
      (log) => log.trackMessage({ role: 'user', content: 'three' }),
      { messages: [{ content: 'one' }, { content: 'two' }, { content: 'three' }] },
    ],
    [
      'another version of one',
      (log) => log.trackMessage({ id: 'first', role: 'assistant', content: 'one, corrected' }),
      { messages: [{ content: 'one, corrected' }, { content: 'two' }] },
    ],
    ['who the visitor is', (log) => log.identify({ userId: 'u1' }), { userProperties: { id: 'u1' } }],
  ])('sends all once more where %s came since', async (_what, change, expected) => {
    const { more, endpoint } = await leaveWith(change)

    expect(more).toMatchObject([expected])
    expect(endpoint.conversations()).toMatchObject([expected])
  })
})

test('a long conversation is left to our own collector in what it hasn’t got, and to another not at all', async () => {
  const leave = async (server: 'hosted' | 'chatlog') => {
    const page = fakePage({ fetchLater: false, init: { server }, mode: server === 'chatlog' ? 'merge' : 'replace' })
    for (let number = 1; number <= 10; number++) {
      page.log.trackMessage({ role: 'assistant', content: `${number} ${'x'.repeat(9_000)}` })
    }
    await page.advance(60_000)
    page.log.trackMessage({ role: 'user', content: 'the last' })
    await page.tab.close()
    await page.advance(10_000)
    const [stored] = page.endpoint.conversations()
    return { last: JSON.parse(String(page.network.sent.at(-1)?.text)).messages, stored: stored?.messages ?? [] }
  }

  const { last, stored } = await leave('chatlog')
  expect(last).toMatchObject([{ content: 'the last' }])
  expect(stored).toHaveLength(11)
  expect(stored.at(-1)?.content).toBe('the last')
  const hosted = await leave('hosted')
  expect(hosted.stored.length).toBeGreaterThanOrEqual(10)
  expect(hosted.last.length).toBeGreaterThanOrEqual(10)
})
