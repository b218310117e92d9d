import { describe, expect, test } from 'vitest'
import type { ConversationInput } from '../../src/script/chatlog.ts'
import { marksOf } from './fakes/fake-endpoint.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const minute = 60_000
const say = (content: string) => ({ role: 'user', content }) as const

describe('a conversation', () => {
  test('says on which page it began, without what in the address may name a person', async () => {
    const { log, advance, endpoint } = fakePage({ url: 'https://docs.example.com/guide?user=jane&x=1#private' })
    log.trackMessage(say('Hello'))
    await advance(20_000)

    const [conversation] = endpoint.conversations()
    expect(marksOf(conversation)).toMatchObject({
      page: { url: 'https://docs.example.com/guide?user=&x=', title: 'The guide' },
      libraryVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    })
    expect(marksOf(conversation)).not.toHaveProperty('automated')
    expect(conversation).toMatchObject({ type: 'openai' })
    for (const absent of ['externalId', 'tags', 'visibility'])
      expect(conversation?.[absent as 'tags'] ?? null).toBeNull()
  })

  test('says that a program drives the browser', async () => {
    const { log, advance, endpoint } = fakePage({ automated: true })
    log.trackMessage(say('Hello'))
    await advance(20_000)

    expect(marksOf(endpoint.conversations()[0]).automated).toBe(true)
  })

  test('has the properties and tags of the options, and what the site says of it on top', async () => {
    const { log, advance, endpoint } = fakePage({ init: { properties: { site: 'docs', plan: 'free' }, tags: ['web'] } })
    log.startConversation({ properties: { plan: 'pro', chatlog: 'mine' }, tags: ['help', 'web'], visibility: 'public' })
    log.trackMessage(say('Hello'))
    await advance(20_000)

    const [conversation] = endpoint.conversations()
    expect(conversation).toMatchObject({ tags: ['web', 'help'], visibility: 'public' })
    expect(conversation?.properties).toMatchObject({ site: 'docs', plan: 'pro' })
    expect(marksOf(conversation).page).toBeDefined()
  })

  test.each<[string, unknown]>([
    ['visibility', { visibility: 'secret' }],
    ['tags', { tags: 'help' }],
    ['properties', { properties: 'x' }],
    ['id', { id: '' }],
  ])('is begun though its `%s` makes no sense', async (_name, input) => {
    const { log, advance, endpoint } = fakePage()
    expect(log.startConversation(input as ConversationInput)).not.toBe('')
    log.trackMessage(say('Hello'))
    await advance(20_000)

    expect(endpoint.violations).toEqual([])
    expect(endpoint.conversations()).toHaveLength(1)
  })

  test('that nothing is said in leaves no row and no request', async () => {
    const { log, advance, endpoint, database } = fakePage()
    log.startConversation({ id: 'chat', tags: ['help'] })
    await advance(20_000)

    expect([endpoint.requests, database.rows()]).toEqual([[], []])
  })

  test('is sent again when the site says more of it, and not when it says the same', async () => {
    const { log, advance, endpoint } = fakePage()
    log.startConversation({ id: 'chat', tags: ['help'] })
    log.trackMessage(say('one'))
    await advance(20_000)
    log.startConversation({ id: 'chat', tags: ['help'] })
    log.trackMessage(say('two'))
    await advance(20_000)
    expect(endpoint.requests).toHaveLength(2)

    log.startConversation({ id: 'chat', tags: ['urgent'] })
    log.trackMessage(say('three'))
    await advance(20_000)

    expect(endpoint.conversations()).toMatchObject([{ tags: ['help', 'urgent'], messages: [{}, {}, {}] }])
  })
})

describe('the tab’s conversation', () => {
  test('goes on over navigations, and a new tab begins its own', async () => {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    for (const content of ['one', 'two', 'three']) {
      tab.start().trackMessage(say(content))
      await browser.advance(10_000)
      await tab.navigate()
    }
    browser.openTab().start().trackMessage(say('elsewhere'))
    await browser.advance(20_000)

    const contents = browser.endpoint.contents()
    expect(contents).toEqual([['one', 'two', 'three'], ['elsewhere']])
  })

  test('is over after `idleMinutes`, on the page and on the next one', async () => {
    for (const navigates of [false, true]) {
      const { log, tab, advance, endpoint } = fakePage({ init: { idleMinutes: 10 } })
      log.trackMessage(say('one'))
      await advance(9 * minute)
      log.trackMessage(say('two'))
      if (navigates) await tab.navigate()
      const next = navigates ? tab.start({ idleMinutes: 10 }) : log
      await advance(11 * minute)
      next.trackMessage(say('three'))
      await advance(minute)

      const contents = endpoint.contents()
      expect(contents).toEqual([['one', 'two'], ['three']])
    }
  })

  test('is a new one after `startConversation`, and the ids lead to the right one', async () => {
    const { log, advance, endpoint } = fakePage()
    const first = log.startConversation()
    log.trackMessage(say('one'))
    const second = log.startConversation()
    log.trackMessage(say('two'))
    log.trackMessage({ ...say('three'), conversationId: first })
    await advance(20_000)

    expect(first).not.toBe(second)
    expect([endpoint.contentsOf(first), endpoint.contentsOf(second)]).toEqual([['one', 'three'], ['two']])
  })
})

describe('a conversation that the site names', () => {
  test('is the same on every page and in every tab, and its id can’t be guessed from the name', async () => {
    const browser = fakeBrowser()
    const ids: string[] = []
    for (const content of ['one', 'two']) {
      const log = browser.openTab().start()
      ids.push(log.startConversation({ id: 'chat' }))
      log.trackMessage(say(content))
      await browser.advance(20_000)
    }

    expect(new Set(ids).size).toBe(1)
    expect(ids[0]?.length).toBeGreaterThan(20)
    expect(browser.endpoint.contentsOf(ids[0] ?? '')).toEqual(['one', 'two'])
    expect(browser.endpoint.conversations()).toMatchObject([{ externalId: 'chat' }])
  })

  test('has another id for another visitor', () => {
    const [one, other] = [fakePage({ seed: 1 }), fakePage({ seed: 2, init: { storeName: 'other' } })]
    one.log.trackMessage(say('so that the ids differ'))

    expect(one.log.startConversation({ id: 'chat' })).not.toBe(other.log.startConversation({ id: 'chat' }))
  })

  test('can be written to without becoming the tab’s', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage(say('one'))
    log.trackMessage({ ...say('two'), conversationId: 'chat' })
    log.trackMessage(say('three'))
    log.trackMessage({ ...say('four'), conversationId: 'chat' })
    await advance(20_000)

    const contents = endpoint.contents()
    expect(contents.sort()).toEqual([
      ['one', 'three'],
      ['two', 'four'],
    ])
  })

  test('gives a message with the widget’s id the same wire id in every tab', () => {
    const browser = fakeBrowser()
    const ids = [browser.openTab(), browser.openTab()].map((tab) => {
      const log = tab.start()
      log.startConversation({ id: 'chat' })
      return log.trackMessage({ id: 'q1', ...say('one') })
    })

    expect(ids[0]).toBe(ids[1])
  })
})

test('a conversation named by a number is that of the same text', async () => {
  const { log, advance, endpoint } = fakePage()
  log.startConversation({ id: 7 } as never)
  log.trackMessage(say('one'))
  log.trackMessage({ ...say('two'), conversationId: '7' })
  await advance(20_000)

  expect(endpoint.violations).toEqual([])
  expect(endpoint.conversations()).toMatchObject([{ externalId: '7', messages: [{}, {}] }])
})

test('what can’t be read of a stored conversation’s description keeps its messages from nothing', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  const start = () => {
    const log = tab.start()
    log.startConversation({ id: 'chat', tags: ['help', { toString: fail }] as never })
    return log
  }
  start().trackMessage(say('one'))
  await browser.advance(20_000)
  await tab.navigate()
  start().trackMessage(say('two'))
  await browser.advance(20_000)

  expect(browser.endpoint.conversations()).toMatchObject([{ messages: [{ content: 'one' }, { content: 'two' }] }])
})

const fail = () => {
  throw new Error('a bug of the page')
}

describe('a message', () => {
  test('with an id again is the same message, with its latest content, in its place', async () => {
    const { log, advance, endpoint } = fakePage()
    const id = log.trackMessage({ id: 'q1', ...say('one') })
    log.trackMessage(say('between'))
    expect(log.trackMessage({ id: 'q1', ...say('one, rather') })).toBe(id)
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([
      { id, externalId: 'q1', content: 'one, rather' },
      { content: 'between' },
    ])
    expect(log.getState().counts.recorded).toBe(2)
  })

  test('said again word by word costs no write', async () => {
    const { log, advance, database } = fakePage()
    log.trackMessage({ id: 'q1', ...say('one') })
    await advance(1_000)
    const writes = database.writes()
    log.trackMessage({ id: 'q1', ...say('one') })
    await advance(1_000)

    expect(database.writes()).toBe(writes)
  })

  test('changed keeps when it was created, and says when it changed', async () => {
    const { log, advance, clock, endpoint } = fakePage()
    const createdAt = new Date(clock.now()).toISOString()
    log.trackMessage({ id: 'q1', ...say('one') })
    await advance(10_000)
    const updatedAt = new Date(clock.now()).toISOString()
    log.trackMessage({ id: 'q1', ...say('two') })
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([{ createdAt, updatedAt }])
    expect(Date.parse(endpoint.conversations()[0]?.updatedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(updatedAt))
  })

  test('changed while the clock stands still or jumps back is newer all the same', async () => {
    const { log, advance, clock, endpoint } = fakePage()
    log.trackMessage({ id: 'q1', ...say('one') })
    clock.jump(-3_600_000)
    log.trackMessage({ id: 'q1', ...say('two') })
    log.trackMessage({ id: 'q1', ...say('three') })
    await advance(20_000)

    const [message] = endpoint.conversations()[0]?.messages ?? []
    expect(message?.content).toBe('three')
    expect(Date.parse(message?.updatedAt ?? '')).toBe(Date.parse(message?.createdAt ?? '') + 2)
  })

  test.each([
    ['a date', new Date('2026-02-01T10:00:00Z')],
    ['milliseconds', Date.parse('2026-02-01T10:00:00Z')],
    ['text with a zone', '2026-02-01T12:00:00+02:00'],
  ])('has the time that the page gives as %s', async (_form, createdAt) => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({ ...say('one'), createdAt })
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages[0]?.createdAt).toBe('2026-02-01T10:00:00.000Z')
  })

  test('is edited or dropped by `beforeStore`, which gets a copy', async () => {
    const given = { id: 'q1', ...say('my number is 12') }
    const { log, advance, endpoint } = fakePage({
      init: {
        beforeStore(message) {
          message.content = String(message.content).replace('12', '…')
          return message.content.startsWith('drop') ? null : message
        },
      },
    })
    log.trackMessage(given)
    expect(log.trackMessage(say('drop this'))).toBe('')
    await advance(20_000)

    expect(given.content).toBe('my number is 12')
    expect(endpoint.conversations()[0]?.messages.map(({ content }) => content)).toEqual(['my number is …'])
    expect(log.getState().counts.dropped).toEqual({ before_store: 1 })
  })

  test('is not lost with the page’s own `beforeStore` that throws: it is refused and said', async () => {
    const { log, errors } = fakePage({
      init: {
        beforeStore() {
          throw new Error('a bug of the page')
        },
      },
    })
    expect(log.trackMessage(say('one'))).toBe('')

    expect(errors).toMatchObject([expect.stringContaining('a bug of the page')])
    expect(log.getState().counts.dropped).toEqual({ invalid: 1 })
  })
})
