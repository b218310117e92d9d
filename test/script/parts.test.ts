import { describe, expect, test } from 'vitest'
import { conversationFull } from '../../src/contract/conversation-full.ts'
import { maxBodyBytes, maxListEntries } from '../../src/contract/limits.ts'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { marksOf } from './fakes/fake-endpoint.ts'
import { fakePage } from './fakes/fake-platform.ts'

const large = (letter: string) => ({ role: 'assistant', content: letter.repeat(900_000) }) as const

describe('a conversation that would pass 2,000,000 bytes', () => {
  test('continues in the next part, linked both ways, and nothing of it is lost', async () => {
    const { log, advance, endpoint } = fakePage()
    const id = log.startConversation({ id: 'chat', tags: ['help'] })
    for (const letter of ['a', 'b', 'c', 'd', 'e']) log.trackMessage(large(letter))
    await advance(900_000)

    const parts = endpoint.conversations()
    expect(parts.map((part) => [part.id, part.messages.map(({ content }) => content?.[0]).join('')])).toEqual([
      [id, 'ab'],
      [`${id}-p2`, 'cd'],
      [`${id}-p3`, 'e'],
    ])
    expect(parts.map(marksOf)).toMatchObject([
      { part: 1, continuedIn: `${id}-p2` },
      { part: 2, continues: id, continuedIn: `${id}-p3` },
      { part: 3, continues: `${id}-p2` },
    ])
    expect(marksOf(parts[2])).not.toHaveProperty('continuedIn')
    expect(parts).toMatchObject(Array(3).fill({ externalId: 'chat', tags: ['help'] }))
    expect(log.getState().conversations).toMatchObject([{ id, parts: 3, messages: 5, state: 'delivered' }])
  })

  test('says nothing of parts before there is a second', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage(large('a'))
    await advance(60_000)

    const [only] = endpoint.conversations()
    expect(Object.keys(marksOf(only))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(part|continues|continuedIn)$/)]),
    )
    expect(log.getState().conversations).toMatchObject([{ parts: 1 }])
  })

  test('keeps a message in its part when that changes', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({ id: 'first', role: 'user', content: 'one' })
    for (const letter of ['a', 'b', 'c']) log.trackMessage(large(letter))
    await advance(300_000)
    const requests = endpoint.requests.length
    log.trackMessage({ id: 'first', role: 'user', content: 'two' })
    await advance(300_000)

    expect(endpoint.conversations()[0]?.messages[0]?.content).toBe('two')
    expect(endpoint.conversations().map(({ messages }) => messages.length)).toEqual([3, 1])
    // The second part hasn't changed.
    expect(endpoint.requests.length - requests).toBe(1)
  })

  test('sends of its parts only those that changed', async () => {
    const { log, advance, endpoint } = fakePage()
    const id = log.startConversation()
    for (const letter of ['a', 'b', 'c']) log.trackMessage(large(letter))
    await advance(300_000)
    const before = endpoint.requests.length
    log.trackMessage({ role: 'user', content: 'one more' })
    await advance(300_000)

    expect(endpoint.requests.slice(before).map(({ conversationId }) => conversationId)).toEqual([`${id}-p2`])
  })

  test('says on the other parts too who the visitor is', async () => {
    const { log, advance, endpoint } = fakePage()
    for (const letter of ['a', 'b', 'c']) log.trackMessage(large(letter))
    await advance(300_000)
    log.identify({ userId: 'u7' })
    await advance(300_000)

    expect(endpoint.conversations()).toMatchObject(Array(2).fill({ userProperties: { id: 'u7' } }))
  })
})

describe('one message that is larger than a body', () => {
  test('is cut so that it fits, marked, reported once, and delivered', async () => {
    const { log, advance, endpoint, errors } = fakePage()
    const dropped: unknown[] = []
    log.on('dropped', (event) => dropped.push(event))
    const id = log.trackMessage({ role: 'assistant', content: 'ü'.repeat(1_200_000) })
    await advance(300_000)

    const [message] = endpoint.conversations()[0]?.messages ?? []
    const { truncated } = marksOf(message)
    expect(message?.content).toMatch(/^ü+$/)
    expect(truncated?.originalBytes).toBeGreaterThan(2_400_000)
    expect(truncated?.keptBytes).toBeLessThan(maxBodyBytes)
    expect(truncated?.keptBytes).toBeGreaterThan(maxBodyBytes - 100_000)
    expect(dropped).toEqual([{ messageId: id, reason: 'too_large', detail: expect.any(String) }])
    expect(log.getState().counts).toMatchObject({ recorded: 1, delivered: 1, dropped: { too_large: 1 } })
    expect(errors).toHaveLength(1)
  })

  test('has a part of its own where it doesn’t fit the one that was begun', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({ role: 'user', content: 'x'.repeat(10_000) })
    log.trackMessage({ role: 'assistant', content: 'x'.repeat(1_960_000) })
    await advance(300_000)

    expect(endpoint.conversations().map(({ messages }) => messages.length)).toEqual([1, 1])
    expect(endpoint.violations).toEqual([])
  })
})

test('bytes are counted in UTF-8, so that long CJK conversations fit too', async () => {
  const { log, advance, endpoint } = fakePage()
  for (let number = 0; number < 3; number++) log.trackMessage({ role: 'assistant', content: '語'.repeat(300_000) })
  await advance(300_000)

  expect(endpoint.violations).toEqual([])
  expect(endpoint.conversations().map(({ messages }) => messages.length)).toEqual([2, 1])
})

test('room is left in a full part for the clicks on its links, and more than that is reported', async () => {
  const { log, advance, endpoint } = fakePage()
  log.trackMessage({ id: 'a', role: 'assistant', content: 'x'.repeat(1_960_000) })
  const url = `https://docs.example.com/${'y'.repeat(10_000)}`
  for (let click = 0; click < 5; click++) log.trackLinkClick({ url, messageId: 'a' })
  await advance(300_000)

  const [message] = endpoint.conversations()[0]?.messages ?? []
  const recorded = marksOf(message).linkClicks?.length ?? 0
  expect(recorded).toBeGreaterThanOrEqual(2)
  expect(log.getState().counts.dropped).toEqual({ too_large: 5 - recorded })
  expect(endpoint.violations).toEqual([])
})

test('an exceedingly long header is refused, not sent over the limit', async () => {
  const { log, advance, endpoint } = fakePage()
  log.trackMessage({ role: 'user', content: 'Hello' })
  log.startConversation({ properties: { text: 'x'.repeat(2_100_000) } })
  const refused: unknown[] = []
  log.on('refused', (event) => refused.push(event))
  log.trackMessage({ role: 'user', content: 'Hello' })
  await advance(60_000)

  expect(refused).toMatchObject([{ status: 413 }])
  expect(log.getState().conversations.map(({ state }) => state)).toEqual(['delivered', 'refused'])
  expect(endpoint.violations).toEqual([])
})

/** Entries of all lists of a body, as the collector counts them. */
const entriesIn = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>(
        (sum, member) => sum + entriesIn(member),
        Array.isArray(value) ? value.length : 0,
      )
    : 0

const bodiesOf = ({ endpoint }: Pick<ReturnType<typeof fakePage>, 'endpoint'>) =>
  endpoint.requests.map(({ text }) => JSON.parse(text))

describe('a conversation that would pass 25,000 entries in its lists', () => {
  test('continues in the next part, and nothing of it is lost', async () => {
    const { log, advance, endpoint } = fakePage()
    const links = Array.from({ length: 500 }, (_, at) => ({ url: `/${at}`, breadcrumbs: ['a', 'b', 'c'] }))
    for (let at = 0; at < 30; at++) log.trackMessage({ role: 'assistant', content: `${at}`, links })
    await advance(900_000)

    expect(Math.max(...bodiesOf({ endpoint }).map(entriesIn))).toBeLessThanOrEqual(maxListEntries)
    const [first, second, third] = endpoint.conversations()
    expect([first, second, third].map((part) => part?.messages.length)).toEqual([12, 12, 6])
    expect(marksOf(second)).toMatchObject({ part: 2, continues: first?.id })
    expect(entriesIn(endpoint.conversations().map(({ messages }) => messages))).toBe(3 + 30 + 30 * 500 * 4)
    expect(log.getState().counts.dropped).toEqual({})
  })

  test('leaves room in a full part for the clicks that come later', async () => {
    const { log, advance, endpoint } = fakePage()
    const links = Array.from({ length: 240 }, (_, at) => ({ url: `https://docs.example.com/${at}` }))
    const size = Array.from({ length: 110 }, (_, at) => `m${at}`)
    for (const id of size) log.trackMessage({ id, role: 'assistant', content: id, links })
    await advance(900_000)
    for (const { url } of links) log.trackLinkClick({ url, messageId: 'm3' })
    await advance(900_000)

    expect(Math.max(...bodiesOf({ endpoint }).map(entriesIn))).toBeLessThanOrEqual(maxListEntries)
    expect(log.getState().conversations).toMatchObject([{ state: 'delivered' }])
  })

  test.each([
    ['links', { links: Array.from({ length: 30_000 }, (_, at) => ({ url: `/${at}` })) }],
    ['breadcrumbs', { links: [{ url: '/', breadcrumbs: Array(30_000).fill('a') }] }],
    ['parts of its content', { content: Array(30_000).fill({ type: 'text', text: 'a' }) }],
    ['properties', { properties: { numbers: Array(30_000).fill(1) } }],
  ])('by one message alone has its %s cut, and says so', async (_, message) => {
    const { log, advance, endpoint } = fakePage()
    log.trackMessage({ role: 'assistant', content: 'one', ...message } as MessageInput)
    log.trackMessage({ role: 'assistant', content: 'two' })
    await advance(300_000)

    expect(
      bodiesOf({ endpoint })
        .map(entriesIn)
        .every((entries) => entries <= maxListEntries),
    ).toBe(true)
    expect(log.getState().counts.dropped).toEqual({ too_large: 1 })
    expect(endpoint.contents().flat()).toHaveLength(2)
    expect(marksOf(endpoint.conversations()[0]?.messages[0])).toHaveProperty('truncated')
  })
})

describe('a conversation that the collector calls full', () => {
  const full = { kind: 'status', status: 422, detail: `${conversationFull}: too many. Go on in another.` } as const

  test('goes on in the next part with what the collector lacks, and what it knows stays where it is', async () => {
    const { log, advance, endpoint, errors } = fakePage()
    log.trackMessage({ id: '1', role: 'assistant', content: 'one' })
    await advance(10_000)
    log.trackMessage({ id: '1', role: 'assistant', content: 'one, changed' })
    log.trackMessage({ role: 'assistant', content: 'two' })
    endpoint.next(full)
    await advance(10_000)
    log.trackMessage({ role: 'assistant', content: 'three' })
    await advance(10_000)

    expect(endpoint.contents()).toEqual([['one, changed'], ['two', 'three']])
    const [first, second] = endpoint.conversations()
    expect(marksOf(first)).toMatchObject({ part: 1, continuedIn: second?.id })
    expect(marksOf(second)).toMatchObject({ part: 2, continues: first?.id })
    expect(errors).toEqual([])
    expect(log.getState().conversations).toMatchObject([{ state: 'delivered', parts: 2 }])
  })

  test('goes on there on the next page too', async () => {
    const { tab, log, advance, endpoint } = fakePage()
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(10_000)
    log.trackMessage({ role: 'assistant', content: 'two' })
    endpoint.next(full)
    await advance(10_000)
    await tab.navigate()
    tab.start().trackMessage({ role: 'assistant', content: 'three' })
    await advance(10_000)

    expect(endpoint.contents()).toEqual([['one'], ['two', 'three']])
  })

  test('at its first send, is halved until it fits', async () => {
    const { log, advance, endpoint } = fakePage()
    endpoint.next(full, full)
    for (const content of ['one', 'two', 'three', 'four']) log.trackMessage({ role: 'assistant', content })
    await advance(60_000)

    expect(endpoint.contents().flat().sort()).toEqual(['four', 'one', 'three', 'two'])
    expect(log.getState().conversations).toMatchObject([{ state: 'delivered' }])
  })

  test('with a single message is refused, and tried no more', async () => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always(full)
    for (const content of ['one', 'two', 'three']) log.trackMessage({ role: 'assistant', content })
    await advance(900_000)

    expect(endpoint.requests.length).toBeLessThan(5)
    expect(log.getState().conversations).toMatchObject([{ state: 'refused' }])
  })
})
