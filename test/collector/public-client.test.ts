import { InkeepAnalytics } from '@inkeep/inkeep-analytics'
import type { CreateConversation } from '@inkeep/inkeep-analytics/models/components'
import * as errors from '@inkeep/inkeep-analytics/models/errors'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { serveCollector } from '../../src/collector/serve/serve-collector.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import type { Store } from '../../src/collector/store/store.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** The public client of the hosted API, unchanged, pointed at a served collector. */
async function clientOfCollector(open: () => Promise<Store> = openSqlite) {
  const store = await open()
  cleanUps.push(() => store.close())
  const collector = await serveCollector({ store, port: 0, reportError: () => {} })
  cleanUps.push(() => collector.close())
  const web = await addKey(store, { type: 'web' })
  const api = await addKey(store, { type: 'api' })
  const client = new InkeepAnalytics({
    serverURL: collector.url,
    apiIntegrationKey: api.key,
    retryConfig: { strategy: 'none' },
  })
  const log = (body: unknown, key = api.key) =>
    client.conversations.log({ apiIntegrationKey: key }, body as CreateConversation)
  const read = (id: string, key = api.key) => client.conversations.get({ apiIntegrationKey: key }, { id })
  return { store, web, api, client, log, read }
}

const openSqlite = async () => openSqliteStore(':memory:')

const everyField = {
  id: 'c1',
  externalId: 'x1',
  externalUrl: 'https://docs.example.com/chat',
  createdAt: new Date('2026-03-01T12:00:00Z'),
  updatedAt: new Date('2026-03-01T12:00:01Z'),
  properties: { page: { title: 'Pricing' } },
  userProperties: { id: 'v1', identificationType: 'COOKIED', additionalProperties: { plan: 'pro' } },
  tags: ['docs'],
  visibility: 'private',
}
const openai = {
  ...everyField,
  type: 'openai',
  messages: [
    { id: 'm1', role: 'user', content: 'hello' },
    {
      id: 'm2',
      role: 'assistant',
      name: 'Osier',
      content: [
        { type: 'text', text: 'See' },
        { type: 'image_url', imageUrl: { url: 'https://docs.example.com/a.png', detail: 'low' } },
      ],
      links: [{ url: 'https://docs.example.com', type: 'documentation', breadcrumbs: ['a'] }],
      properties: { chatlog: { linkClicks: [] } },
      toolCalls: [{ id: 't', type: 'function', function: { name: 'search', arguments: '{}' } }],
    },
  ],
}

function describeClient(name: string, open: () => Promise<Store>): void {
  describe(`${name}: the public client gets a parsed answer`, () => describeConversations(open))
  describe(`${name}: the public client’s events, feedback and deletion`, () => describeReactions(open))
}

describeClient('SQLite', openSqlite)

// `npm test` installs PostgreSQL where it can, and says so where it can't.
describe.skipIf(!hasPostgres)('on a PostgreSQL server of its own', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())

  describeClient('PostgreSQL', async () => openPostgresStore(await server.createDatabase()))
})

function describeConversations(open: () => Promise<Store>): void {
  test('for an openai conversation with every field', async () => {
    const { log } = await clientOfCollector(open)

    const answer = await log(openai)

    expect(answer).toMatchObject({ type: 'openai', id: 'c1', userProperties: everyField.userProperties })
    expect(answer.messages).toMatchObject(openai.messages)
    expect(answer.type === 'openai' && answer.messagesOpenAIFormat).toEqual([
      { role: 'user', content: 'hello' },
      {
        role: 'assistant',
        name: 'Osier',
        content: openai.messages[1]?.content,
        toolCalls: openai.messages[1]?.toolCalls,
      },
    ])
  })

  test('for the smallest one, under a WEB key', async () => {
    const { log, web } = await clientOfCollector(open)

    const answer = await log({ type: 'openai', messages: [{ role: 'user', content: '' }] }, web.key)

    expect(answer.messages).toMatchObject([{ role: 'user', content: '' }])
  })

  test.each(['support_ticket', 'support_copilot'])('for a %s', async (type) => {
    const { log } = await clientOfCollector(open)

    const answer = await log({ ...everyField, type, messages: [{ role: 'agent', content: 'hi' }, { role: 'note' }] })

    expect(answer).toMatchObject({ type, messages: [{ role: 'agent' }, { role: 'note', content: null }] })
  })

  test('when it reads one, and pages through all of them', async () => {
    const { log, read, client } = await clientOfCollector(open)
    for (const id of ['c1', 'c2', 'c3']) await log({ id, type: 'openai', messages: [{ role: 'user', content: id }] })

    expect((await read('c2')).messages).toMatchObject([{ content: 'c2' }])
    const pages = [
      await client.conversations.list({ limit: 2, offset: 0 }),
      await client.conversations.list({ limit: 2, offset: 2 }),
    ]
    expect(pages.map(({ conversations }) => conversations.length)).toEqual([2, 1])
    expect(pages[0]).toMatchObject({ total: 3, count: 2, pageSize: 2 })
  })
}

function describeReactions(open: () => Promise<Store>): void {
  const about = {
    createdAt: new Date('2026-03-01T12:00:00Z'),
    properties: { page: 'Pricing' },
    userProperties: { id: 'v1', identificationType: 'COOKIED', additionalProperties: { plan: 'pro' } },
  }

  test.each([
    { entityType: 'message' as const, messageId: 'm1' },
    { entityType: 'conversation' as const, conversationId: 'c1' },
    { entityType: 'search' as const, searchQuery: 'retries' },
  ])('an event of $entityType, under both keys', async (subject) => {
    const { client, web, api } = await clientOfCollector(open)

    for (const security of [{ webIntegrationKey: web.key }, { apiIntegrationKey: api.key }]) {
      const answer = await client.events.log(security, { type: 'copied', ...about, ...subject })
      expect(answer).toMatchObject({ ...subject, type: 'copied', projectId: 'default', properties: about.properties })
      expect(answer.userProperties).toEqual(about.userProperties)
    }
  })

  test('feedback, and again after a change of mind', async () => {
    const { client, store } = await clientOfCollector(open)
    const reasons = [{ label: 'inaccurate', details: 'It is 3, not 4.' }]

    const first = await client.feedback.submit({ type: 'negative', messageId: 'm1', reasons, ...about })
    const second = await client.feedback.submit({ type: 'positive', messageId: 'm1', ...about })

    expect(first).toMatchObject({ type: 'negative', messageId: 'm1', reasons, properties: about.properties })
    expect(second.id).toBe(first.id)
    expect(await store.listFeedback('default', 9)).toMatchObject([{ feedback: { type: 'positive' } }])
  })

  test('a deleted conversation is gone', async () => {
    const { client, api, log, read } = await clientOfCollector(open)
    await log({ id: 'c1', type: 'openai', messages: [{ role: 'user', content: 'hello' }] })

    const answer = await client.conversations.delete({ apiIntegrationKey: api.key }, { id: 'c1' })

    expect(answer.success).toBe(true)
    await expect(read('c1')).rejects.toBeInstanceOf(errors.NotFound)
  })

  test('a refusal is its own error class', async () => {
    const { client, api, web } = await clientOfCollector(open)
    const insert = { type: 'x', entityType: 'message' as const, messageId: 'm' }

    await expect(client.events.log({ apiIntegrationKey: 'unknown' }, insert)).rejects.toBeInstanceOf(
      errors.Unauthorized,
    )
    const deleted = (key: string) => client.conversations.delete({ apiIntegrationKey: key }, { id: 'none' })
    await expect(deleted(api.key)).rejects.toBeInstanceOf(errors.NotFound)
    await expect(deleted(web.key)).rejects.toBeInstanceOf(errors.Forbidden)
  })
}

describe('the public client gets its own error class', () => {
  test('400: over 2 MB', async () => {
    const { log } = await clientOfCollector()

    const failed = log({ type: 'openai', messages: [{ role: 'user', content: 'x'.repeat(3_000_000) }] })

    await expect(failed).rejects.toBeInstanceOf(errors.BadRequest)
  })

  test('401: an unknown key', async () => {
    const { log } = await clientOfCollector()

    await expect(log(openai, 'unknown')).rejects.toBeInstanceOf(errors.Unauthorized)
  })

  test('403: a WEB key that reads', async () => {
    const { read, web } = await clientOfCollector()

    await expect(read('c1', web.key)).rejects.toBeInstanceOf(errors.Forbidden)
  })

  test('404: a conversation that isn’t there', async () => {
    const { read } = await clientOfCollector()

    await expect(read('none')).rejects.toBeInstanceOf(errors.NotFound)
  })

  test('422: what passes its own checks and breaks the contract', async () => {
    const { log } = await clientOfCollector()

    const failed = log({ type: 'openai', id: '', messages: [] })

    await expect(failed).rejects.toBeInstanceOf(errors.UnprocessableEntity)
    await expect(failed).rejects.toMatchObject({
      detail: expect.stringMatching(/^id: .*; messages: /),
      requestId: expect.any(String),
    })
  })

  test('500: the store failed', async () => {
    const { log, store } = await clientOfCollector()
    store.upsertConversation = () => Promise.reject(new Error('down'))

    await expect(log(openai)).rejects.toBeInstanceOf(errors.InternalServerError)
  })

  test('429 has none there; it is the client’s general one, with its status', async () => {
    const { client, store } = await clientOfCollector()
    const strict = await serveCollector({ store, port: 0, rateLimit: { requestsPerMinute: 1 } })
    cleanUps.push(() => strict.close())
    const list = () => client.conversations.list({ limit: 1, offset: 0 }, { serverURL: strict.url })
    await list()

    await expect(list()).rejects.toMatchObject({ statusCode: 429 })
  })
})
