import { describe, expect, test } from 'vitest'
import type { MessageRow } from '../../src/script/conversation/rows.ts'
import { fakePage } from './fakes/fake-platform.ts'

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

  test('keeps its parts, and its pieces become text', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({ id: 'a', role: 'assistant', content: [{ type: 'text', text: 'It' }], status: 'streaming' })
    log.appendToMessage('a', ' is')
    log.completeMessage('a')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages[0]?.content).toEqual([
      { type: 'text', text: 'It' },
      { type: 'text', text: ' is' },
    ])
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
    log.appendToMessage('a', ' too late')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([{ content: 'It is so.' }])
    expect(errors).toHaveLength(1)
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

test('pieces of a message that doesn’t grow are refused, and it stays as it was', async () => {
  const { log, advance, endpoint, errors } = fakePage()
  log.trackMessage({ id: 'a', role: 'assistant', content: 'It is.' })
  log.appendToMessage('a', ' more')
  log.appendToMessage('unknown', ' more')
  log.completeMessage('unknown')
  await advance(20_000)

  expect(log.getState().counts.dropped).toEqual({ invalid: 3 })
  expect(errors.every((line) => /no streaming message `(a|unknown)`/.test(line))).toBe(true)
  expect(endpoint.conversations()[0]?.messages).toMatchObject([{ content: 'It is.' }])
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
