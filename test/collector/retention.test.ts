import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startRetention, sweepEveryMs } from '../../src/collector/conversations/retention.ts'
import { collectorUnderTest, conversation, postRequest, startOfTime } from './collector-under-test.ts'

const dayMs = 86_400_000

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: new Date(startOfTime) }),
)
afterEach(() => void vi.useRealTimers())

async function keptFor(days: number | null, projectDays: Record<string, number | null> = {}) {
  const errors: unknown[] = []
  const collector = await collectorUnderTest({ now: Date.now })
  const retention = startRetention({
    store: collector.store,
    days,
    projectDays,
    reportError: (error) => errors.push(error),
  })
  return {
    ...collector,
    errors,
    async pass(passed: number) {
      await vi.advanceTimersByTimeAsync(passed * dayMs)
      // The embedded store waits for nothing: what a sweep does is done before this.
      await new Promise(setImmediate)
    },
    stop: () => retention.stop(),
    ids: async () =>
      (await collector.store.listConversations('default', { limit: 100 })).conversations.map(({ id }) => id).sort(),
  }
}

test('what nobody wrote to for so many days is erased by itself, whatever date its sender gave', async () => {
  const { store200, fetch, web, pass, ids, store, stop } = await keptFor(30)
  await store200(conversation({ id: 'old' }))
  await store200(conversation({ id: 'ahead', createdAt: '2050-01-01T12:00:00Z', updatedAt: '2050-01-01T12:00:00Z' }))
  await store200(conversation({ id: 'backfilled', createdAt: '2001-01-01T12:00:00Z' }))
  const feedback = { type: 'negative', messageId: 'unknown' }
  await fetch(postRequest(feedback, { authorization: `Bearer ${web.key}` }, '/feedback'))
  await pass(20)
  await store200(conversation({ id: 'backfilled' }))
  expect(await ids()).toEqual(['ahead', 'backfilled', 'old'])

  await pass(11)

  expect(await ids()).toEqual(['backfilled'])
  expect(await store.listFeedback('default', 9)).toEqual([])
  await stop()
})

test('every project’s, however much there is', async () => {
  const { store, pass, stop, errors } = await keptFor(1)
  await store.addKey({
    id: 'k',
    projectId: 'other',
    type: 'web',
    hash: '',
    origins: [],
    createdAt: startOfTime,
    revokedAt: null,
  })
  const { store200 } = await collectorUnderTest({ store, now: Date.now })
  await store200(conversation({ id: 'c' }))
  const stored = await store.findConversation('default', 'c')
  if (!stored) throw new Error('not stored')
  for (let index = 0; index < 450; index += 1) {
    const id = `o${index}`
    await store.upsertConversation('other', id, () => ({ ...stored, id, messages: [] }))
  }

  await pass(2)

  expect(errors).toEqual([])
  for (const projectId of ['default', 'other']) {
    expect(await store.listConversations(projectId, { limit: 1 })).toMatchObject({ total: 0 })
  }
  await stop()
})

test.each([
  [null, { default: 5 }, []],
  [5, { default: null }, ['old']],
  [1, { default: 20 }, ['old']],
  [20, { other: 1 }, ['old']],
])('a project keeps for its own days where it has some: %j and %j', async (days, projectDays, left) => {
  const { store200, pass, ids, stop } = await keptFor(days, projectDays as Record<string, number | null>)
  await store200(conversation({ id: 'old' }))

  await pass(10)

  expect(await ids()).toEqual(left)
  await stop()
})

test('a store that is away is told of, and tried again an hour later', async () => {
  const { store, store200, pass, errors, ids, stop } = await keptFor(1)
  await store200(conversation({ id: 'old' }))
  const { deleteStoredBefore } = store
  store.deleteStoredBefore = () => Promise.reject(new Error('away'))
  await pass(2)
  expect(errors).toContainEqual(new Error('away'))
  expect(await ids()).toEqual(['old'])

  store.deleteStoredBefore = deleteStoredBefore
  await pass(sweepEveryMs / dayMs)

  expect(await ids()).toEqual([])
  await stop()
})

test('stopped, it erases nothing more', async () => {
  const { store200, pass, ids, stop } = await keptFor(1)
  await store200(conversation({ id: 'old' }))
  await stop()

  await pass(10)

  expect(await ids()).toEqual(['old'])
})
