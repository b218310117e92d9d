import { describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import type { ChatlogEvents } from '../../src/script/chatlog.ts'
import { createInstance } from '../../src/script/instance.ts'
import { resolveOptions } from '../../src/script/options.ts'
import type { Platform } from '../../src/script/platform.ts'
import { endpointOptions, fakePage } from './fakes/fake-platform.ts'

const say = (content: string) => ({ role: 'user', content }) as const
const unauthorized = { kind: 'status', status: 401, detail: 'unknown key' } as const

/** A page, and every event of it in order. */
function heard(options: Parameters<typeof fakePage>[0] = {}) {
  const page = fakePage(options)
  const events: [name: string, event: unknown][] = []
  const names: (keyof ChatlogEvents)[] = ['recorded', 'delivered', 'retrying', 'refused', 'dropped', 'blocked']
  for (const name of names) page.log.on(name, (event) => events.push([name, event]))
  return {
    ...page,
    events,
    named: (name: string) => events.filter(([other]) => other === name).map(([, event]) => event),
  }
}

describe('getState', () => {
  test('of a page that has done nothing', () => {
    expect(fakePage().log.getState()).toEqual({
      waitsFor: 'message',
      problem: null,
      endpoint: endpointOptions.endpoint,
      keyId: 'KEY',
      version: packageJson.version,
      storedAt: null,
      visitor: { id: null, identificationType: 'COOKIED' },
      consent: 'granted',
      storage: 'durable',
      conversations: [],
      sender: { state: 'idle', reason: null, retryAt: null, flushReason: null },
      counts: { recorded: 0, delivered: 0, dropped: {} },
    })
  })

  test('follows a conversation from recorded to delivered', async () => {
    const { log, advance, endpoint } = fakePage()
    const id = log.startConversation({ id: 'chat' })
    log.trackMessage({ role: 'assistant', content: 'one' })
    const [conversation] = log.getState().conversations
    expect(conversation).toMatchObject({ id, externalId: 'chat', messages: 1, parts: 1, state: 'dirty' })
    await advance(1_050)
    expect(log.getState()).toMatchObject({ conversations: [{ state: 'sending' }], sender: { state: 'sending' } })
    await advance(1_000)

    const { conversations, sender, counts } = log.getState()
    expect(conversations).toMatchObject([{ state: 'delivered' }])
    expect(conversations[0]?.bytes).toBeGreaterThan(100)
    expect(conversations[0]?.bytes).toBeLessThan(endpoint.requests[0]?.bytes ?? 0)
    expect(sender).toEqual({ state: 'idle', reason: null, retryAt: null, flushReason: 'message_complete' })
    expect(counts).toEqual({ recorded: 1, delivered: 1, dropped: {} })
  })

  test('gives a copy: what the page does to it changes nothing', () => {
    const { log } = fakePage()
    log.trackMessage(say('one'))
    log.trackMessage(null as never)
    const state = log.getState()
    state.counts.recorded = 7
    state.counts.dropped.invalid = 7
    state.conversations.length = 0

    expect(log.getState().counts).toEqual({ recorded: 1, delivered: 0, dropped: { invalid: 1 } })
    expect(log.getState().conversations).toHaveLength(1)
  })

  test('holds nothing of what is said', async () => {
    const { log, advance } = fakePage()
    log.trackMessage(say('Something private'))
    await advance(20_000)

    expect(JSON.stringify(log.getState())).not.toContain('private')
  })

  test('says until when and why the sender waits', async () => {
    const { log, advance, endpoint, clock } = fakePage()
    endpoint.next({ kind: 'status', status: 503, retryAfter: '60' })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(2_000)

    const { state, reason, retryAt } = log.getState().sender
    expect([state, reason]).toEqual(['waiting', '503'])
    const waitMs = Date.parse(retryAt ?? '') - clock.now()
    expect(waitMs).toBeGreaterThan(55_000)
    expect(waitMs).toBeLessThanOrEqual(60_000)
    await advance(70_000)
    expect(log.getState().sender).toEqual({ state: 'idle', reason: null, retryAt: null, flushReason: 'retry' })
  })

  test('says that the key is blocked, why, and until when', async () => {
    const { log, advance, endpoint, clock } = fakePage()
    endpoint.always(unauthorized)
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(60_000)

    const { conversations, sender } = log.getState()
    expect(conversations).toMatchObject([{ state: 'blocked' }])
    expect(sender).toMatchObject({ state: 'blocked', reason: '401 unknown key' })
    const pauseMs = Date.parse(sender.retryAt ?? '') - clock.now()
    expect(pauseMs).toBeGreaterThan(13 * 60_000)
    expect(pauseMs).toBeLessThanOrEqual(15 * 60_000)
    expect((await log.flush()).pending).toMatchObject([{ reason: 'blocked' }])
  })
})

describe('events', () => {
  test('tell the way of each message: recorded once, delivered with what went out', async () => {
    const { log, advance, endpoint, events, named } = heard()
    const ids = [log.trackMessage(say('one')), log.trackMessage({ id: 'a', role: 'assistant', content: 'two' })]
    log.trackMessage({ id: 'a', role: 'assistant', content: 'two, rather' })
    await advance(20_000)

    const [request] = endpoint.requests
    expect(events.map(([name]) => name)).toEqual(['recorded', 'recorded', 'delivered'])
    expect(named('recorded')).toEqual(ids.map((messageId) => ({ messageId })))
    expect(named('delivered')).toEqual([
      { conversationId: request?.conversationId, messages: 2, bytes: request?.bytes },
    ])
  })

  test('tell a failed request with its cause and the pause, and a refusal with its detail', async () => {
    const { log, advance, endpoint, named } = heard()
    endpoint.next(
      { kind: 'status', status: 503 },
      { kind: 'reset', applied: false },
      { kind: 'status', status: 422, detail: 'no' },
    )
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(20_000)

    expect(named('retrying')).toEqual([
      { afterMs: expect.any(Number), cause: '503' },
      { afterMs: expect.any(Number), cause: 'network' },
    ])
    for (const { afterMs } of named('retrying') as { afterMs: number }[]) {
      expect(Number.isInteger(afterMs)).toBe(true)
      expect(afterMs).toBeGreaterThanOrEqual(100)
      expect(afterMs).toBeLessThanOrEqual(300)
    }
    expect(named('refused')).toEqual([
      { conversationId: log.getState().conversations[0]?.id, status: 422, detail: 'no' },
    ])
  })

  test('tell a timeout, and that the key is blocked', async () => {
    const { log, advance, endpoint, named } = heard()
    endpoint.always({ kind: 'hang', appliedAfterMs: null })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(12_000)
    expect(named('retrying')).toMatchObject([{ cause: 'timeout' }])

    endpoint.always(unauthorized)
    await advance(120_000)

    expect(named('blocked')).toEqual([{ reason: '401 unknown key' }])
  })

  test('come to nobody who has unsubscribed', () => {
    const { log } = fakePage()
    const heardOf: string[] = []
    const off = log.on('recorded', ({ messageId }) => heardOf.push(messageId))
    const first = log.trackMessage(say('one'))
    off()
    log.trackMessage(say('two'))

    expect(heardOf).toEqual([first])
  })

  test('come to the others though one listener throws, and that is said', () => {
    const { log, errors } = fakePage()
    let heardOf = 0
    log.on('recorded', () => {
      throw new Error('a bug of the page')
    })
    log.on('recorded', () => heardOf++)
    log.trackMessage(say('one'))

    expect(heardOf).toBe(1)
    expect(errors).toEqual([expect.stringMatching(/your 'recorded' listener threw.*a bug of the page/)])
  })

  test('are lines of the console with `debug`, and without it nothing is', () => {
    for (const debug of [false, true]) {
      const lines: unknown[][] = []
      const alter = (platform: Platform): Platform => ({
        ...platform,
        console: { ...platform.console, debug: (...line: unknown[]) => void lines.push(line) },
      })
      const messageId = fakePage({ alter, init: { debug } }).log.trackMessage(say('one'))

      expect(lines).toEqual(debug ? [['chatlog', 'recorded', { messageId }]] : [])
    }
  })
})

describe('flush', () => {
  test('sends at once, and says what the server holds', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage(say('one'))
    const report = log.flush()
    await advance(200)

    expect(endpoint.requests).toHaveLength(1)
    expect(await report).toEqual({ delivered: [endpoint.requests[0]?.conversationId], pending: [] })
  })

  test('of nothing resolves with nothing', async () => {
    expect(await fakePage().log.flush()).toEqual({ delivered: [], pending: [] })
  })

  test('resolves also where the page has broken what sending needs, and says that nothing is delivered', async () => {
    let broken = false
    const alter = (platform: Platform): Platform => ({
      ...platform,
      setTimer(callback, delayMs) {
        if (broken) throw new Error('a bug of the page')
        return platform.setTimer(callback, delayMs)
      },
    })
    const { log, errors } = fakePage({ alter })
    log.trackMessage(say('one'))
    broken = true

    expect(await log.flush()).toMatchObject({ delivered: [], pending: [{ reason: 'retrying' }] })
    expect(errors.at(-1)).toContain('a bug of the page')
  })

  test('leaves out a conversation in which nothing was said', async () => {
    const { log, advance } = fakePage()
    log.startConversation()
    const report = log.flush()
    await advance(500)

    expect(await report).toEqual({ delivered: [], pending: [] })
  })

  test('covers what is recorded while a request is under way', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage(say('one'))
    void log.flush()
    await advance(50)
    log.trackMessage(say('two'))
    const report = log.flush()
    await advance(500)

    const [id = ''] = (await report).delivered
    expect(endpoint.contentsOf(id)).toEqual(['one', 'two'])
  })

  test('soon after a reload says of finished messages that they are sent once more, not that they grow', async () => {
    const { tab, log, advance } = fakePage()
    log.trackMessage(say('one'))
    await advance(100)
    await tab.navigate()
    const next = tab.start()
    await advance(100)
    const report = next.flush()
    await advance(500)

    expect((await report).pending.map(({ reason }) => reason)).toEqual(['retrying'])
  })

  test('says `offline` and `retrying`', async () => {
    const { log, browser, advance, endpoint } = fakePage()
    log.trackMessage(say('one'))
    browser.goOffline()
    const offline = log.flush()
    await advance(500)
    expect((await offline).pending).toMatchObject([{ reason: 'offline' }])

    endpoint.always({ kind: 'status', status: 503 })
    await browser.goOnline()
    const report = log.flush()
    await advance(500)
    expect((await report).pending).toMatchObject([{ reason: 'retrying' }])
  })
})

describe('after `stop`', () => {
  test('nothing is recorded or sent any more, and the calls are counted', async () => {
    const { log, tab, advance, endpoint, network } = fakePage()
    log.trackMessage(say('one'))
    await advance(100)
    log.stop()
    expect(network.armed()).toEqual([])
    expect(log.trackMessage(say('two'))).toBe('')
    log.trackMessages([say('three')])
    expect(await log.flush()).toEqual({ delivered: [], pending: [] })
    log.setConsent('denied')
    log.setConsent('granted')
    await tab.close()
    await advance(60_000)

    expect(endpoint.requests).toEqual([])
    expect(log.getState().counts.dropped).toEqual({ stopped: 2 })
  })

  test('what is stored is sent by the next page', async () => {
    const { log, tab, advance, endpoint } = fakePage()
    log.trackMessage(say('one'))
    await advance(100)
    log.stop()
    await tab.navigate()
    tab.start()
    await advance(60_000)

    expect(endpoint.conversations()).toMatchObject([{ messages: [{ content: 'one' }] }])
  })

  test('what grows is saved as far as it has come', async () => {
    const { log, advance, database } = fakePage()
    log.trackMessage({ id: 'a', role: 'assistant', content: 'It', status: 'streaming' })
    await advance(100)
    log.appendToMessage('a', ' is')
    log.stop()
    await advance(100)

    expect(JSON.stringify(database.rows())).toContain('It is')
  })

  test('a flush that is under way says so', async () => {
    const { log, advance } = fakePage()
    log.trackMessage(say('one'))
    const report = log.flush()
    await advance(20)
    log.stop()
    await advance(1_000)

    expect((await report).pending).toMatchObject([{ reason: 'stopped' }])
  })
})

test('a server that renders gets an instance that does nothing and says so', async () => {
  const log = createInstance(resolveOptions(endpointOptions), null, () => {})

  expect(log.trackMessage(say('one'))).toBe('')
  expect(log.startConversation()).toBe('')
  log.identify({ userId: 'u7' })
  log.setConsent('denied')
  log.setConsent('granted')
  expect(await log.flush()).toEqual({ delivered: [], pending: [] })
  expect(log.getState()).toMatchObject({ visitor: { id: null, identificationType: 'ANONYMOUS' }, storage: 'memory' })
  log.stop()
})

test('a changed key is used from the next request on', async () => {
  const { log, advance, endpoint } = fakePage()
  log.trackMessage({ role: 'assistant', content: 'one' })
  await advance(20_000)
  log.takeKey('ANOTHER_KEY')
  log.trackMessage({ role: 'assistant', content: 'two' })
  await advance(20_000)

  expect(endpoint.requests.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${endpointOptions.apiKey}`,
    'Bearer ANOTHER_KEY',
  ])
  expect(endpoint.requests[0]?.headers['content-type']).toBe('application/json')
})
