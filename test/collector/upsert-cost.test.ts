import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { facetsOf } from '../../src/collector/store/conversation-facets.ts'
import type { Store } from '../../src/collector/store/store.ts'
import { maxConversationMessages } from '../../src/contract/limits.ts'
import { conversationFull } from '../../src/contract/problem.ts'
import { collectorUnderTest, conversation, message, problemOf } from './collector-under-test.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

describe('SQLite', () => describeUpserts(async () => openSqliteStore(':memory:')))

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())

  describeUpserts(async () => openPostgresStore(await server.createDatabase()))
})

function describeUpserts(open: () => Promise<Store>): void {
  async function collector() {
    const store = await open()
    const made = await collectorUnderTest({ store })
    const say = (...messages: unknown[]) => made.post(conversation({ id: 'c1', messages }))
    const ids = async () => (await store.findConversation('default', 'c1'))?.messages.map(({ id }) => id)
    return { ...made, store, say, ids }
  }

  test('a WEB key’s upsert reads and writes the messages that it names, and no others', async () => {
    const { store, say, ids } = await collector()
    await say(message('m1', 1), message('m2', 2))
    const read: unknown[] = []
    const upsert = store.upsertConversation
    store.upsertConversation = (project, id, merge, at, messageIds) =>
      upsert(
        project,
        id,
        (before) => {
          read.push(before?.messages.map((one) => one.id))
          return merge(before)
        },
        at,
        messageIds,
      )

    const answer = await (await say(message('m2', 2), message('m3', 3))).json()

    expect(read).toEqual([['m2']])
    expect(answer.messages.map(({ id }: { id: string }) => id)).toEqual(['m2', 'm3'])
    expect(await ids()).toEqual(['m1', 'm2', 'm3'])
  })

  test('a new message stands after the known one before it, and among others by its time', async () => {
    const { say, ids } = await collector()
    await say(message('m1', 10), message('m2', 20), message('m3', 30), message('m4', 40))

    await say(message('at 25', 25))
    await say(message('m3', 30), message('after m3', 5))
    await say(message('first', 1))
    await say(message('last', 90))
    await say(message('m1', 10), message('one', 15), message('two', 12), message('m2', 20))

    expect(await ids()).toEqual(['first', 'm1', 'one', 'two', 'm2', 'at 25', 'm3', 'after m3', 'm4', 'last'])
  })

  test('there is room for any number of messages at one place', async () => {
    const { say, ids } = await collector()
    await say(message('first', 0), message('last', 59))
    const between = Array.from({ length: 40 }, (_, index) => `m${String(index).padStart(2, '0')}`)

    for (const [index, id] of [...between.entries()].toReversed()) {
      await say(message('first', 0), message(id, index + 1), message('last', 59))
    }

    expect(await ids()).toEqual(['first', ...between, 'last'])
  })

  test('what it is found and counted by is the same as if it had come in one piece', async () => {
    const { store, post } = await collector()
    const clicks = (...urls: string[]) => ({ chatlog: { linkClicks: urls.map((url) => ({ url })) } })
    const page = { chatlog: { page: { url: 'https://docs.example.com/a/' } } }
    const bodies = [
      { tags: ['a', 'b'], properties: page, messages: [message('m1', 1, { userProperties: { id: 'u1' } })] },
      { tags: ['b'], properties: page, messages: [message('m2', 2, { role: 'assistant', links: [{ url: 'x' }] })] },
      {
        properties: page,
        createdAt: '2026-11-20T12:00:00Z',
        messages: [
          message('m2', 3, { role: 'assistant', links: [{ url: 'x' }, { url: 'y' }], properties: clicks('z') }),
        ],
      },
      {
        properties: page,
        messages: [message('m3', 4, { properties: { chatlog: { feedback: { type: 'positive' } } } })],
      },
      {
        properties: page,
        messages: [message('m2', 5, { role: 'assistant', links: [], properties: clicks('z', 'z') })],
      },
      { properties: page, messages: [message('m1', 6, { userProperties: { id: 'u2' } })] },
    ]
    for (const body of bodies) {
      expect((await post(conversation({ id: 'c1', ...body }))).status).toBe(200)
      const stored = await store.findConversation('default', 'c1')
      const wanted = stored ? facetsOf(stored).map(({ kind, value, count }) => [kind, value, count]) : []
      const kinds = ['visitor', 'tag', 'page', 'clicked', 'shown', 'answer', 'day', 'turns', 'feedback'] as const
      const kept = await Promise.all(
        kinds.map(async (kind) => {
          const counts = await store.countFacet('default', { kind, limit: 50 })
          return counts.map(({ value, count }) => [kind, value, count])
        }),
      )
      expect(kept.flat().map(String).toSorted()).toEqual(wanted.map(String).toSorted())
    }
  })

  test('a conversation at its bound refuses what is new, says why, and still takes what it knows', async () => {
    const { store, say } = await collector()
    const half = maxConversationMessages / 2
    for (const part of [0, 1]) {
      const messages = Array.from({ length: half }, (_, index) => message(`m${part * half + index}`, 1))
      expect((await say(...messages)).status).toBe(200)
    }

    const refused = await say(message('m0', 2, { content: 'changed' }), message('one more', 3))

    expect(refused.status).toBe(422)
    expect((await problemOf(refused)).detail).toMatch(new RegExp(`^${conversationFull}: .*${maxConversationMessages}`))
    expect((await say(message('m0', 2, { content: 'changed' }))).status).toBe(200)
    const stored = await store.findConversation('default', 'c1')
    expect(stored?.messages).toHaveLength(maxConversationMessages)
    expect(stored?.messages[0]?.content).toBe('changed')
  })

  test('many bodies of one conversation end at its bytes', async () => {
    const { say } = await collector()
    const statuses: number[] = []
    for (let index = 0; index < 4; index++) {
      statuses.push((await say(message(`m${index}`, index, { content: 'x'.repeat(1_500_000) }))).status)
    }

    expect(statuses).toEqual([200, 200, 422, 422])
  })

  test('a small upsert onto the largest conversation costs no more than five onto a small one', async () => {
    const { post } = await collector()
    const large = Array.from({ length: 5_000 }, (_, index) => message(`l${index}`, 1, { content: 'x'.repeat(100) }))
    await post(conversation({ id: 'large', messages: large }))
    await post(conversation({ id: 'small', messages: [message('s', 1)] }))
    const msFor = async (id: string) => {
      const times: number[] = []
      for (let round = 0; round < 30; round++) {
        const startedAt = performance.now()
        await post(conversation({ id, messages: [message(`${id}-${round}`, 2)] }))
        times.push(performance.now() - startedAt)
      }
      return times.toSorted((one, other) => one - other)[15] as number
    }
    await msFor('warm up')

    const [small, most] = [await msFor('small'), await msFor('large')]

    expect(most / small).toBeLessThan(5)
  })

  test('unchanged messages are not written again, whatever fields they have', async () => {
    const { store, say } = await collector()
    const full = message('m1', 1, {
      name: 'Osier',
      links: [{ url: 'x', label: 'l' }],
      properties: { b: 1, a: { d: 1, c: [1] } },
      userProperties: { id: 'u' },
    })
    await say(full)
    let written: unknown[] = []
    const upsert = store.upsertConversation
    store.upsertConversation = (project, id, merge, at, messageIds) =>
      upsert(
        project,
        id,
        (before) => {
          const after = merge(before)
          written = after.messages.filter((one) => !before?.messages.includes(one))
          return after
        },
        at,
        messageIds,
      )

    await say(full)

    expect(written).toEqual([])
  })
}
