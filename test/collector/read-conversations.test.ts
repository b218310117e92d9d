import { describe, expect, test } from 'vitest'
import { conversationAnswerSchema, conversationPageSchema } from '../../src/contract/answer.ts'
import { collectorUnderTest, conversation, problemOf } from './collector-under-test.ts'

/** Conversations c1 … cN, created a second apart, stored in that order. */
async function collectorWith(count: number) {
  const collector = await collectorUnderTest()
  for (let index = 1; index <= count; index++) {
    await collector.store200(conversation({ id: `c${index}` }))
    collector.advance(1000)
  }
  const page = async (query: string) => {
    const parsed = conversationPageSchema.parse(await (await collector.get(`/conversations${query}`)).json())
    return { ...parsed, ids: parsed.conversations.map(({ id }) => id) }
  }
  return { ...collector, page }
}

describe('the list', () => {
  test('is newest first, whole conversations, with counts', async () => {
    const { page } = await collectorWith(3)

    const { ids, conversations, ...counts } = await page('')

    expect(ids).toEqual(['c3', 'c2', 'c1'])
    expect(counts).toEqual({ count: 3, total: 3, pageSize: 20, nextCursor: null })
    expect(conversations[0]).toHaveProperty('messagesOpenAIFormat')
  })

  test('goes on by cursor, and what arrives meanwhile shifts nothing', async () => {
    const { page, store200 } = await collectorWith(5)

    const first = await page('?limit=2')
    await store200(conversation({ id: 'c6' }))
    const second = await page(`?limit=2&cursor=${first.nextCursor}`)
    const third = await page(`?limit=2&cursor=${second.nextCursor}`)

    expect([first.ids, second.ids, third.ids]).toEqual([['c5', 'c4'], ['c3', 'c2'], ['c1']])
    expect(third).toMatchObject({ count: 1, total: 6, pageSize: 2, nextCursor: null })
  })

  test('goes on by offset, as the public client does', async () => {
    const { page } = await collectorWith(5)

    expect((await page('?limit=2&offset=2')).ids).toEqual(['c3', 'c2'])
  })

  test('of conversations created at the same time, the one stored last is first', async () => {
    const { page, store200 } = await collectorWith(0)
    for (const id of ['c1', 'c2', 'c3']) await store200(conversation({ id }))

    const first = await page('?limit=1')
    const rest = await page(`?cursor=${first.nextCursor}`)

    expect([...first.ids, ...rest.ids]).toEqual(['c3', 'c2', 'c1'])
  })

  test('takes createdAt as it was given, and an update moves nothing', async () => {
    const { page, store200 } = await collectorWith(2)
    await store200(conversation({ id: 'old', createdAt: '2020-01-01T00:00:00Z' }))
    await store200(conversation({ id: 'c1' }))

    expect((await page('')).ids).toEqual(['c2', 'c1', 'old'])
  })

  test('holds at most 100 a page', async () => {
    const { page } = await collectorWith(1)

    expect((await page('?limit=5000')).pageSize).toBe(100)
  })

  test.each(['limit=0', 'limit=x', 'limit=1.5', 'offset=-1', 'cursor=x'])('%s is refused', async (query) => {
    const { get } = await collectorUnderTest()

    const response = await get(`/conversations?${query}`)

    expect(response.status).toBe(400)
    expect((await problemOf(response)).detail).toContain(query.split('=')[0])
  })
})

describe('one conversation', () => {
  test('is read by its id, whatever characters it has', async () => {
    const { get, store200 } = await collectorUnderTest()
    const id = 'a/b?c d%é😀'
    const stored = await store200(conversation({ id }))

    const response = await get(`/conversations/${encodeURIComponent(id)}`)

    expect(conversationAnswerSchema.parse(await response.json())).toEqual(stored)
  })

  test('that isn’t there is a 404', async () => {
    const { get } = await collectorUnderTest()

    const response = await get('/conversations/none')

    expect(response.status).toBe(404)
    expect((await problemOf(response)).code).toBe('not_found')
  })
})

describe('/health', () => {
  test('says ok without a key', async () => {
    const { fetch } = await collectorUnderTest()

    expect(await (await fetch(new Request('http://collector.test/health'))).json()).toEqual({ status: 'ok' })
  })

  test('is 503 when the store doesn’t answer', async () => {
    const { fetch, store } = await collectorUnderTest()
    store.ping = () => Promise.reject(new Error('down'))

    const response = await fetch(new Request('http://collector.test/health'))

    expect(response.status).toBe(503)
    expect((await problemOf(response)).code).toBe('service_unavailable')
  })
})
