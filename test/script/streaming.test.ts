import { describe, expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import type { MessageRow } from '../../src/script/conversation/rows.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const toolCalls = [{ id: 't1', function: { name: 'weather', arguments: '{}' } }]

/** A page that receives an answer. */
function answering(options: Parameters<typeof fakePage>[0] = {}) {
  const page = fakePage(options)
  page.log.trackMessage({ id: 'a', role: 'assistant', content: '', status: 'streaming' })
  return page
}

describe('a growing answer', () => {
  test('is one message, whatever its pieces, with the status it ended with', async () => {
    for (const status of [undefined, 'complete', 'aborted', 'error'] as const) {
      const { log, advance, endpoint } = answering()
      for (const word of ['It', ' is', ' so.']) log.appendToMessage('a', word)
      log.completeMessage('a', ...(status ? [{ status }] : []))
      await advance(20_000)

      expect(endpoint.conversations()[0]?.messages).toMatchObject([
        { externalId: 'a', content: 'It is so.', properties: { chatlog: { status: status ?? 'complete' } } },
      ])
      expect(endpoint.conversations()[0]?.messages).toHaveLength(1)
    }
  })

  test('is not sent before it ends, and `flush` says why', async () => {
    const { log, advance, endpoint } = answering()
    log.appendToMessage('a', 'It is')
    await advance(60_000)
    const report = log.flush()
    await advance(1_000)

    expect(endpoint.requests).toEqual([])
    const [conversation] = log.getState().conversations
    expect(await report).toEqual({
      delivered: [],
      pending: [{ conversationId: conversation?.id, reason: 'streaming' }],
    })
  })

  test('is sent one second after its end', async () => {
    const { log, advance, endpoint } = answering()
    await advance(5_000)
    log.completeMessage('a')
    await advance(990)
    expect(endpoint.requests).toEqual([])
    await advance(60)

    expect(endpoint.requests).toHaveLength(1)
  })

  test('is saved every 250 ms at most', async () => {
    const { log, advance, database } = answering()
    await advance(1_000)
    const before = database.writes()
    for (let word = 0; word < 100; word++) {
      log.appendToMessage('a', ' word')
      await advance(10)
    }

    expect(database.writes() - before).toBeGreaterThanOrEqual(3)
    expect(database.writes() - before).toBeLessThanOrEqual(5)
  })

  test('leaves one row in the store, however often it was saved', async () => {
    const { log, advance, database } = answering()
    for (let word = 0; word < 10; word++) {
      log.appendToMessage('a', ' word')
      await advance(300)
    }
    log.completeMessage('a')
    await advance(1_000)

    const rows = database.rows().filter(({ kind }) => kind === 'message') as unknown as MessageRow[]
    expect(rows.map(({ externalId, streaming }) => [externalId, streaming])).toEqual([['a', false]])
  })

  test('gains no writes from pieces that never come', async () => {
    const { log, advance, database } = answering()
    log.appendToMessage('a', 'It is')
    await advance(1_000)
    const writes = database.writes()
    await advance(60_000)

    expect(database.writes()).toBe(writes)
  })

  test('keeps its parts, and its pieces join its last text', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({ id: 'a', role: 'assistant', content: [{ type: 'text', text: 'It' }], status: 'streaming' })
    log.appendToMessage('a', ' is')
    log.completeMessage('a')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages[0]?.content).toEqual([{ type: 'text', text: 'It is' }])
  })

  test('can be appended to by the id that `trackMessage` gave', async () => {
    const { log, advance, endpoint } = fakePage()
    const id = log.trackMessage({ role: 'assistant', content: 'It', status: 'streaming' })
    log.appendToMessage(id, ' is')
    log.completeMessage(id)
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([{ id, content: 'It is' }])
  })

  test('can be ended by the whole message instead', async () => {
    const { log, advance, endpoint, errors } = answering()
    log.appendToMessage('a', 'It')
    log.trackMessage({ id: 'a', role: 'assistant', content: 'It is so.' })
    await advance(20_000)
    log.appendToMessage('a', ' And more.')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([{ content: 'It is so. And more.' }])
    expect(errors).toEqual([])
  })

  test('that was begun in one conversation grows there while another has begun', async () => {
    const { log, advance, endpoint } = answering()
    const first = log.getState().conversations[0]?.id ?? ''
    const second = log.startConversation()
    log.trackMessage({ role: 'user', content: 'And?' })
    log.appendToMessage('a', 'It is')
    log.completeMessage('a')
    await advance(20_000)

    expect([endpoint.contentsOf(first), endpoint.contentsOf(second)]).toEqual([['It is'], ['And?']])
  })

  test('keeps what it was given with its beginning', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({
      id: 'a',
      role: 'assistant',
      content: '',
      name: 'Bot',
      properties: { model: 'x' },
      status: 'streaming',
    })
    log.appendToMessage('a', 'It is')
    log.completeMessage('a')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([{ name: 'Bot', properties: { model: 'x' } }])
  })
})

test('pieces of a message that nobody recorded are refused', async () => {
  const { log, advance, errors } = fakePage()
  const dropped: unknown[] = []
  log.on('dropped', (event) => dropped.push(event))
  log.appendToMessage('unknown', ' more')
  log.completeMessage('unknown')
  await advance(20_000)

  expect(log.getState().counts.dropped).toEqual({ invalid: 2 })
  expect(errors.every((line) => /no message `unknown` is recorded/.test(line))).toBe(true)
  expect(dropped).toMatchObject([{ messageId: 'unknown', detail: expect.any(String) }, { messageId: 'unknown' }])
})

describe('pieces make a message grow that was recorded', () => {
  const given: [string, MessageInput['content'] | null | undefined, Partial<MessageInput>, unknown][] = [
    ['without a status', 'It', {}, 'It is so.'],
    ['as complete', 'It', { status: 'complete' }, 'It is so.'],
    ['as stopped', 'It', { status: 'aborted' }, 'It is so.'],
    ['with no parts', [], {}, [{ type: 'text', text: ' is so.' }]],
    ['with a text as a part', ['It'] as never, {}, [{ type: 'text', text: 'It is so.' }]],
    ['with tool calls alone', null, { toolCalls }, ' is so.'],
    ['with tool calls alone, streaming', null, { toolCalls, status: 'streaming' }, ' is so.'],
  ]

  test.each(given)('%s', async (_how, content, more, expected) => {
    const { log, advance, endpoint, errors } = fakePage()
    log.trackMessage({ id: 'a', role: 'assistant', content, ...more } as MessageInput)
    await advance(2_000)
    for (const piece of [' is', undefined, ' so', null, '', '.']) log.appendToMessage('a', piece as string)
    log.completeMessage('a')
    await advance(20_000)

    expect(errors).toEqual([])
    expect(endpoint.conversations()[0]?.messages).toMatchObject([
      { content: expected, properties: { chatlog: { status: 'complete' } } },
    ])
  })

  test('and it is sent though nobody says that it has ended', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({ id: 'a', role: 'assistant', content: 'It' })
    await advance(5_000)
    log.appendToMessage('a', ' is so.')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([{ content: 'It is so.' }])
  })

  test('on a page that comes later, too', async () => {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    tab.start().trackMessage({ id: 'a', role: 'assistant', content: 'It' })
    await browser.advance(5_000)
    await tab.navigate()
    const log = tab.start()
    log.appendToMessage('a', ' is so.')
    await browser.advance(20_000)

    expect(browser.endpoint.conversations()[0]?.messages).toMatchObject([{ content: 'It is so.' }])
  })

  test('in ten thousands, without becoming ten thousands of parts', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({ id: 'a', role: 'assistant', content: [], status: 'streaming' })
    for (let piece = 0; piece < 26_000; piece++) log.appendToMessage('a', 'x')
    log.completeMessage('a')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages[0]?.content).toEqual([{ type: 'text', text: 'x'.repeat(26_000) }])
  })

  test('and text that `beforeStore` edits is edited once', async () => {
    const { log, advance, endpoint } = fakePage({
      init: { beforeStore: (message) => ({ ...message, content: `> ${message.content}` }) },
    })
    log.trackMessage({ id: 'a', role: 'assistant', content: 'It' })
    log.appendToMessage('a', ' is so.')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([{ content: '> It is so.' }])
  })
})

test('an answer whose page is closed is called interrupted, as far as it had come', async () => {
  const { log, tab, advance, endpoint } = answering({ fetchLater: false })
  await advance(100)
  log.appendToMessage('a', 'It is')
  await tab.close()
  await advance(1_000)

  expect(endpoint.conversations()[0]?.messages).toMatchObject([
    { content: 'It is', properties: { chatlog: { status: 'interrupted' } } },
  ])
})

test('without Web Locks an answer is called interrupted once it has not grown for a minute', async () => {
  const { log, tab, browser, advance, database, endpoint } = answering({ fetchLater: false, locks: false })
  log.appendToMessage('a', 'It is')
  await advance(1_000)
  tab.crash()

  browser.openTab().start()
  await advance(50_000)
  expect(database.rows().some((row) => row.kind === 'message' && !row.streaming)).toBe(false)
  await advance(30_000)

  expect(endpoint.conversations()[0]?.messages).toMatchObject([
    { content: 'It is', properties: { chatlog: { status: 'interrupted' } } },
  ])
})

test('a hidden page goes on receiving its answer', async () => {
  const { log, tab, advance, endpoint, database } = answering()
  log.appendToMessage('a', 'It')
  await tab.hide()
  await advance(10)
  expect(JSON.stringify(database.rows())).toContain('It')
  log.appendToMessage('a', ' is')
  log.completeMessage('a')
  await advance(20_000)

  expect(endpoint.conversations()[0]?.messages).toMatchObject([
    { content: 'It is', properties: { chatlog: { status: 'complete' } } },
  ])
})
