import { describe, expect, test } from 'vitest'
import { collectorUnderTest, contentsOf, conversation, message } from './collector-under-test.ts'

const upsert = (...messages: unknown[]) => conversation({ id: 'c1', messages })

describe('messages', () => {
  test('absent ones stay, known ones are not doubled', async () => {
    const { store200 } = await collectorUnderTest()
    await store200(upsert(message('a', 1), message('b', 2)))

    const stored = await store200(upsert(message('b', 2), message('c', 3)))

    expect(contentsOf(stored)).toEqual(['a', 'b', 'c'])
  })

  test('a newer version replaces an older one, an older never a newer', async () => {
    const { store200 } = await collectorUnderTest()
    const at = (second: number, content: string) =>
      message('a', 0, { content, updatedAt: `2026-11-22T11:00:0${second}Z` })
    await store200(upsert(at(2, 'second')))

    expect(contentsOf(await store200(upsert(at(1, 'first'))))).toEqual(['second'])
    expect(contentsOf(await store200(upsert(at(3, 'third'))))).toEqual(['third'])
  })

  test('an answer that broke off is whole once a version comes that is, however old; and never the other way round', async () => {
    const { store200 } = await collectorUnderTest()
    const at = (second: number, content: string, status: string) =>
      message('a', 0, { content, updatedAt: `2026-11-22T11:00:0${second}Z`, properties: { chatlog: { status } } })
    await store200(upsert(at(5, 'So', 'interrupted')))

    expect(contentsOf(await store200(upsert(at(3, 'S', 'interrupted'))))).toEqual(['So'])
    const whole = await store200(upsert(at(1, 'So it is.', 'complete')))
    expect(whole.messages[0]).toMatchObject({ content: 'So it is.', updatedAt: '2026-11-22T11:00:05Z' })
    expect(contentsOf(await store200(upsert(at(4, 'So', 'interrupted'))))).toEqual(['So it is.'])
  })

  test('older and newer is a matter of the instant, not of how it is written', async () => {
    const { store200 } = await collectorUnderTest()
    await store200(upsert(message('a', 0, { content: 'later', updatedAt: '2026-11-22T10:00:00Z' })))

    const stored = await store200(
      upsert(message('a', 0, { content: 'earlier', updatedAt: '2026-11-22T11:30:00+02:00' })),
    )

    expect(contentsOf(stored)).toEqual(['later'])
  })

  test('a field that is left out keeps its value, null clears it', async () => {
    const { store200 } = await collectorUnderTest()
    await store200(upsert(message('a', 1, { name: 'Ada', links: [{ url: 'x' }] })))

    const stored = await store200(upsert(message('a', 2, { links: null })))

    expect(stored.messages[0]).toMatchObject({ name: 'Ada', links: null })
  })

  test('without updatedAt a message is of now; what didn’t change keeps its date', async () => {
    const { store200, advance } = await collectorUnderTest()
    await store200(upsert({ id: 'a', role: 'user', content: 'a' }, { id: 'b', role: 'assistant', content: 'b' }))
    advance(1000)

    const stored = await store200(
      upsert({ id: 'a', role: 'user', content: 'a' }, { id: 'b', role: 'assistant', content: 'b2' }),
    )

    const dates = stored.messages.map(({ createdAt, updatedAt }) => Date.parse(updatedAt) - Date.parse(createdAt))
    expect(dates).toEqual([0, 1000])
  })
})

describe('messages without ids', () => {
  const said = (...contents: string[]) =>
    upsert(...contents.map((content, index) => ({ role: index % 2 ? 'assistant' : 'user', content })))

  test('are stored once, however often the whole conversation is sent', async () => {
    const { store200 } = await collectorUnderTest()
    await store200(said('yes'))
    await store200(said('yes', 'sure?', 'yes'))

    expect(contentsOf(await store200(said('yes', 'sure?', 'yes', 'done')))).toEqual(['yes', 'sure?', 'yes', 'done'])
  })

  test('an answer that grew is the same answer', async () => {
    const { store200 } = await collectorUnderTest()
    await store200(said('hello', 'Hi'))

    expect(contentsOf(await store200(said('hello', 'Hi there', 'bye')))).toEqual(['hello', 'Hi there', 'bye'])
  })

  test('the same externalId is the same message', async () => {
    const { store200 } = await collectorUnderTest()
    await store200(upsert({ externalId: 'w1', role: 'user', content: 'before' }))

    const stored = await store200(upsert({ externalId: 'w1', role: 'user', content: 'edited' }))

    expect(contentsOf(stored)).toEqual(['edited'])
  })
})

describe('the conversation’s own fields', () => {
  const fields = (updatedAt: string, own: object) => ({ ...upsert(message('a')), updatedAt, ...own })

  test('an older upsert changes none of them and still brings its messages', async () => {
    const { store200 } = await collectorUnderTest()
    await store200(fields('2026-11-22T11:00:05Z', { tags: ['new'], properties: { page: 'b' } }))

    const stored = await store200({
      ...fields('2026-11-22T11:00:04Z', { tags: ['old'], properties: { page: 'a' } }),
      messages: [message('a'), message('b', 1)],
    })

    expect(stored).toMatchObject({ tags: ['new'], properties: { page: 'b' }, updatedAt: '2026-11-22T11:00:05Z' })
    expect(contentsOf(stored)).toEqual(['a', 'b'])
  })

  test('a newer one changes what it gives, clears what it gives as null, keeps the rest', async () => {
    const { store200 } = await collectorUnderTest()
    await store200(fields('2026-11-22T11:00:05Z', { tags: ['t'], externalId: 'x', visibility: 'public' }))

    const stored = await store200(fields('2026-11-22T11:00:06Z', { tags: null, visibility: 'private' }))

    expect(stored).toMatchObject({ tags: null, externalId: 'x', visibility: 'private' })
  })

  test('createdAt is the first one until another is given', async () => {
    const { store200, advance } = await collectorUnderTest()
    const { createdAt } = await store200(upsert(message('a')))
    advance(1000)

    expect((await store200(upsert(message('a')))).createdAt).toBe(createdAt)
  })
})
