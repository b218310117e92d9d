import { describe, expect, test } from 'vitest'
import {
  conversationAnswerSchema,
  conversationPageSchema,
  deletedSchema,
  forgottenSchema,
} from '../../src/contract/answer.ts'
import { collectorUnderTest, conversation, message, problemOf } from './collector-under-test.ts'

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
  test('is newest first, without messages, with counts', async () => {
    const { page } = await collectorWith(3)

    const { ids, conversations, ...counts } = await page('')

    expect(ids).toEqual(['c3', 'c2', 'c1'])
    expect(counts).toEqual({ count: 3, total: 3, pageSize: 20, nextCursor: null })
    expect(conversations[0]).not.toHaveProperty('messages')
    expect(conversations[0]).toMatchObject({ type: 'openai', projectId: 'default' })
  })

  test.each(['?messages=true', '?offset=0'])('with %s it has whole conversations', async (query) => {
    const { page } = await collectorWith(3)

    const { conversations } = await page(query)

    expect(conversations[0]).toMatchObject({ messages: [{ content: 'hello' }], messagesOpenAIFormat: [{}] })
  })

  test('with messages a page ends by their bytes, and every conversation comes once', async () => {
    const { page, post } = await collectorWith(0)
    const content = 'x'.repeat(1_500_000)
    for (const id of ['c1', 'c2', 'c3', 'c4', 'c5'])
      await post(conversation({ id, messages: [{ role: 'user', content }] }))
    const ids: string[] = []
    let cursor: string | null = ''
    do {
      const next = await page(
        `?messages=true&limit=100&cursor=${cursor}`.replace('&cursor=', cursor ? '&cursor=' : '&x='),
      )
      expect(next.count).toBeLessThanOrEqual(2)
      ids.push(...next.ids)
      cursor = next.nextCursor
    } while (cursor)

    expect(ids.toSorted()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5'])
    expect((await page('?limit=100')).count).toBe(5)
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

  test('a page that ends by its bytes says so in `pageSize`: who pages by it misses nothing', async () => {
    const { store200, get } = await collectorUnderTest()
    for (const id of ['c1', 'c2', 'c3', 'c4', 'c5']) {
      await store200(conversation({ id, messages: [message(`${id}-m`, 1, { content: 'x'.repeat(1_500_000) })] }))
    }
    const ids: string[] = []
    for (let offset = 0; ; ) {
      const page = await (await get(`/conversations?limit=4&offset=${offset}`)).json()
      ids.push(...page.conversations.map(({ id }: { id: string }) => id))
      offset += page.pageSize
      if (offset >= page.total) break
    }

    expect(ids.toSorted()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5'])
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

describe('the list, narrowed', () => {
  async function narrowed() {
    const collector = await collectorWith(0)
    const chatlog = { page: { url: 'https://a.example/guide' }, linkClicks: [{ url: 'https://b.example/x?y=1' }] }
    const fields = { tags: ['docs'], properties: { chatlog }, userProperties: { id: 'v1' } }
    await collector.store200(conversation({ id: 'c1', createdAt: '2026-03-01T23:59:59Z', ...fields }))
    await collector.store200(conversation({ id: 'c2', createdAt: '2026-03-02T00:00:00Z' }))
    return collector
  }

  test.each([
    ['visitor=v1', ['c1']],
    ['tag=docs', ['c1']],
    ['page=https%3A%2F%2Fa.example', ['c1']],
    ['clicked=https%3A%2F%2Fb.example%2Fx%3Fy', ['c1']],
    ['feedback=negative', []],
    ['from=2026-03-02', ['c2']],
    ['to=2026-03-01', ['c1']],
    ['from=2026-03-01&to=2026-03-02', ['c2', 'c1']],
    ['to=2026-03-02T01:00:00%2B01:00', ['c1']],
    ['tag=docs&from=2026-03-02', []],
    ['tag=&visitor=%20', ['c2', 'c1']],
  ])('by %s', async (query, expected) => {
    const { page } = await narrowed()

    expect(await page(`?${query}`)).toMatchObject({ ids: expected, total: expected.length })
  })

  test('by words, in any case; how many there are in all isn’t said', async () => {
    const { page } = await narrowed()

    expect(await page('?text=HELLO&limit=1')).toMatchObject({ ids: ['c2'], total: null })
    expect((await page('?text=nothing')).ids).toEqual([])
  })

  test.each([
    ['from=yesterday', /^from: /],
    ['to=2026-02-30', /^to: /],
    ['from=2026-03-01T12:00:00', /^from: /],
    ['feedback=bad', /^feedback: /],
    [`text=${'x'.repeat(501)}`, /^text: /],
  ])('refuses %s by name', async (query, detail) => {
    const { get } = await narrowed()

    const response = await get(`/conversations?${query}`)

    expect(response.status).toBe(400)
    expect((await problemOf(response)).detail).toMatch(detail)
  })
})

describe('erasing', () => {
  async function erasing() {
    const collector = await collectorWith(0)
    await collector.store200(conversation({ id: 'c/1', userProperties: { id: 'v/1' } }))
    await collector.store200(conversation({ id: 'c2' }))
    const erase = async (path: string, key = collector.api.key) =>
      collector.fetch(
        new Request(`http://collector.test${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } }),
      )
    return { ...collector, erase }
  }

  test('a conversation is deleted once', async () => {
    const { erase, page } = await erasing()

    const response = await erase('/conversations/c%2F1')

    expect(deletedSchema.parse(await response.json()).success).toBe(true)
    expect((await page('')).ids).toEqual(['c2'])
    expect((await erase('/conversations/c%2F1')).status).toBe(404)
  })

  test('a person is forgotten; again is no error', async () => {
    const { erase, page } = await erasing()

    const forgotten = forgottenSchema.parse(await (await erase('/visitors/v%2F1')).json())

    expect(forgotten).toEqual({ conversations: 1, messages: 1, events: 0, feedback: 0, alsoKnownAs: [] })
    expect((await page('')).ids).toEqual(['c2'])
    expect((await (await erase('/visitors/v%2F1')).json()).conversations).toBe(0)
  })

  test('takes an API key', async () => {
    const { erase, web, page } = await erasing()

    for (const path of ['/conversations/c2', '/visitors/v%2F1']) {
      expect((await erase(path, web.key)).status).toBe(403)
      expect((await erase(path, 'unknown')).status).toBe(401)
    }
    expect((await page('')).total).toBe(2)
  })
})
