import { expect, test } from 'vitest'
import { eraseDiscarded } from '../../src/collector/conversations/erase-discarded.ts'
import type { Store } from '../../src/collector/store/store.ts'
import type { StoredConversation } from '../../src/contract/answer.ts'
import { conversationOf, messageOf, type StoreUnderTest } from './store-suite.ts'
import { eventOf, feedbackOf } from './store-suite-reactions.ts'

const none = { conversations: 0, messages: 0, events: 0, feedback: 0 }

const put = (store: Store, id: string, fields: Partial<StoredConversation> = {}, storedAtMs?: number) =>
  store.upsertConversation('p', id, () => conversationOf(id, [`${id}-1`, `${id}-2`], fields), storedAtMs)

const idsOf = async (store: Store) =>
  (await store.listConversations('p', { limit: 100 })).conversations.map(({ id }) => id).sort()

/** What takes data away again. */
export function describeErasing(open: () => Promise<StoreUnderTest>): void {
  test('a deleted conversation takes its messages, events and feedback along, and nothing else', async () => {
    const { store } = await open()
    for (const id of ['c1', 'c2']) {
      await put(store, id, { tags: ['t'] })
      await store.putEvent('p', eventOf(`${id}-e`, { messageId: `${id}-1` }), 1)
      await store.putFeedback('p', feedbackOf(`${id}-f`, { messageId: `${id}-1` }), 1)
    }

    expect(await store.deleteConversation('q', 'c1')).toBe(false)
    expect(await store.deleteConversation('p', 'c1')).toBe(true)
    expect(await store.deleteConversation('p', 'c1')).toBe(false)

    expect(await store.findConversation('p', 'c1')).toBeNull()
    expect(await store.listConversations('p', { limit: 9, filter: { tag: 't' } })).toMatchObject({ total: 1 })
    expect((await store.listFeedback('p', 9)).map(({ feedback }) => feedback.id)).toEqual(['c2-f'])
    expect(await store.findReactions('p', 'c2')).toMatchObject({ events: [{ id: 'c2-e' }], feedback: [{ id: 'c2-f' }] })
    // Its messages' ids are free again.
    await put(store, 'c1')
    expect(await store.findReactions('p', 'c1')).toEqual({ events: [], feedback: [] })
  })

  test('which of some conversations the project has is said', async () => {
    const { store } = await open()
    for (const id of ['c1', '"; c2', '\u{1F600}']) await put(store, id)

    const asked = ['c1', '"; c2', '\u{1F600}', 'c3']
    expect((await store.findStoredIds('p', asked)).sort()).toEqual(['"; c2', 'c1', '\u{1F600}'])
    expect(await store.findStoredIds('q', asked)).toEqual([])
    expect(await store.findStoredIds('p', [])).toEqual([])
  })

  test('each erasing of a conversation is told at once, whoever erases it, and nothing else', async () => {
    const { store } = await open()
    for (const id of ['c1', 'c2', 'c3']) await put(store, id, { userProperties: { id: `v-${id}` } }, 1_000)
    const told: unknown[] = []
    const stop = await store.listenStored(
      () => ['p'],
      (notice) => told.push(notice),
    )
    const one = { projectId: 'p', conversationId: null }

    await store.deleteConversation('p', 'c1')
    expect(told).toEqual([one])
    await store.forgetVisitor('p', 'v-c2')
    expect(told).toEqual([one, one])
    await store.deleteStoredBefore('p', 2_000, 10)
    expect(told).toEqual([one, one, one])
    await store.deleteConversation('p', 'c1')
    await store.forgetVisitor('p', 'v-c2')
    await store.deleteStoredBefore('p', 2_000, 10)
    expect(told).toHaveLength(3)
    await stop()
    await put(store, 'c1')
    await store.deleteConversation('p', 'c1')
    expect(told).toHaveLength(3)
  })

  test('a chat that its visitor removed is erased with all that it continues, and nothing else', async () => {
    const { store } = await open()
    const continues = (id: string) => ({ properties: { chatlog: { continues: id } } })
    await put(store, 'c1', continues('c4'))
    await put(store, 'c2', continues('c1'))
    await put(store, 'c3', continues('c2'))
    // Nobody's chat goes round in a circle; a stranger's may.
    await put(store, 'c4', continues('c3'))
    await put(store, 'c5', continues('c3'))
    await store.putFeedback('p', feedbackOf('f1', { messageId: 'c1-1' }), 1)

    await eraseDiscarded(store, 'q', 'c3')
    expect(await idsOf(store)).toEqual(['c1', 'c2', 'c3', 'c4', 'c5'])
    await eraseDiscarded(store, 'p', 'c3')

    expect(await idsOf(store)).toEqual(['c5'])
    expect(await store.listFeedback('p', 9)).toEqual([])
  })

  test('a forgotten visitor is gone everywhere: by the site’s id, by the cookie’s, on messages, without a chat', async () => {
    const { store } = await open()
    const cookie = { userProperties: { id: 'cookie' } }
    await put(store, 'c1', cookie)
    await put(store, 'c2', { userProperties: { id: 'u7' }, properties: { chatlog: { visitorId: 'cookie' } } })
    await put(store, 'c3', { messages: [{ ...messageOf('c3', 'c3-1'), ...cookie }] })
    await put(store, 'c4', { userProperties: { id: 'else' } })
    // Somebody else's, on a message that goes.
    await store.putFeedback('p', feedbackOf('f1', { messageId: 'c1-1', userProperties: { id: 'else' } }), 1)
    await store.putFeedback('p', feedbackOf('f2', { messageId: 'c4-1', ...cookie }), 1)
    await store.putFeedback('p', feedbackOf('f3', { messageId: 'c4-1', userProperties: { id: 'else' } }), 1)
    await store.putEvent('p', eventOf('e1', { entityType: 'search', searchQuery: 'me', ...cookie }), 1)
    await store.putEvent('p', eventOf('e2', { entityType: 'search', searchQuery: 'me' }), 1)

    expect(await store.forgetVisitor('q', 'cookie')).toEqual({ ...none, alsoKnownAs: [] })
    expect(await store.forgetVisitor('p', 'cookie')).toEqual({
      conversations: 3,
      messages: 5,
      events: 1,
      feedback: 2,
      alsoKnownAs: ['u7'],
    })

    expect(await idsOf(store)).toEqual(['c4'])
    expect((await store.listFeedback('p', 9)).map(({ feedback }) => feedback.id)).toEqual(['f3'])
    expect((await store.listSearches('p', 9)).map(({ id }) => id)).toEqual(['e2'])
    expect(await store.countFacet('p', { kind: 'visitor', limit: 9 })).toMatchObject([{ value: 'else' }])
    expect(await store.forgetVisitor('p', 'cookie')).toEqual({ ...none, alsoKnownAs: [] })
  })

  test('what was last written before a time goes, so many at a time; what was written again stays', async () => {
    const { store } = await open()
    await put(store, 'c1', {}, 1_000)
    await put(store, 'c2', {}, 1_000)
    await put(store, 'c3', {}, 2_000)
    await put(store, 'c1', {}, 2_000)
    await store.putEvent('p', eventOf('e1', { messageId: 'unknown' }), 1_000)
    await store.putFeedback('p', feedbackOf('f1', { messageId: 'c3-1' }), 1_000)

    expect(await store.deleteStoredBefore('p', 1_000, 10)).toEqual(none)
    expect(await store.deleteStoredBefore('q', 5_000, 10)).toEqual(none)
    expect(await store.deleteStoredBefore('p', 2_000, 10)).toEqual({
      conversations: 1,
      messages: 2,
      events: 1,
      feedback: 1,
    })
    expect(await idsOf(store)).toEqual(['c1', 'c3'])
    expect(await store.deleteStoredBefore('p', 5_000, 1)).toMatchObject({ conversations: 1 })
    expect(await store.deleteStoredBefore('p', 5_000, 1)).toMatchObject({ conversations: 1 })
    expect(await idsOf(store)).toEqual([])
  })

  test('a dry run says what would go of a conversation, clicks and feedback within messages too, and changes nothing', async () => {
    const { store } = await open()
    const click = { url: 'https://docs.example.com/a', label: 'A', clickedAt: null }
    const chatlog = { linkClicks: [click, click], feedback: { type: 'negative' } }
    const messages = [messageOf('c1', 'c1-1'), { ...messageOf('c1', 'c1-2'), properties: { chatlog } }]
    await put(store, 'c1', { messages, properties: { chatlog: { linkClicks: [click] } } })
    await put(store, 'c2')
    // What the script notes within a message it also sends by itself.
    await store.putFeedback('p', feedbackOf('c1-2-feedback', { messageId: 'c1-2' }), 1)
    await store.putFeedback('p', feedbackOf('f1', { messageId: 'c1-1' }), 1)
    await store.putFeedback('p', feedbackOf('f2', { messageId: 'c2-1' }), 1)
    await store.putEvent('p', eventOf('e1', { entityType: 'conversation', conversationId: 'c1' }), 1)
    await store.putEvent('p', eventOf('e2', { messageId: 'c1-1' }), 1)

    const goes = await store.countErasable('p', { conversationId: 'c1' })

    expect(goes).toEqual({ conversations: 1, messages: 2, events: 2, feedback: 2, clicks: 3 })
    expect(await idsOf(store)).toEqual(['c1', 'c2'])
    expect(await store.countErasable('q', { conversationId: 'c1' })).toEqual({ ...none, clicks: 0 })
    expect(await store.countErasable('p', { conversationId: 'c9' })).toEqual({ ...none, clicks: 0 })
  })

  test('a dry run says what forgetting a visitor takes, which is what it then takes', async () => {
    const { store } = await open()
    const cookie = { userProperties: { id: 'cookie' } }
    await put(store, 'c1', cookie)
    await put(store, 'c2', { userProperties: { id: 'u7' }, properties: { chatlog: { visitorId: 'cookie' } } })
    await put(store, 'c3', { userProperties: { id: 'u7' } })
    await put(store, 'c4', { userProperties: { id: 'else' } })
    await store.putFeedback('p', feedbackOf('f1', { messageId: 'c1-1', userProperties: { id: 'else' } }), 1)
    await store.putFeedback('p', feedbackOf('f2', { messageId: 'c4-1', ...cookie }), 1)
    await store.putEvent('p', eventOf('e1', { entityType: 'search', searchQuery: 'me', ...cookie }), 1)
    const of = (...visitorIds: string[]) => store.countErasable('p', { visitorIds })

    expect(await of('cookie')).toEqual({ conversations: 2, messages: 4, events: 1, feedback: 2, clicks: 0 })
    expect(await of('cookie', 'u7')).toMatchObject({ conversations: 3, messages: 6 })
    expect(await of('nobody')).toEqual({ ...none, clicks: 0 })
    expect(await store.forgetVisitor('p', 'cookie')).toMatchObject({
      conversations: 2,
      messages: 4,
      events: 1,
      feedback: 2,
    })
    expect(await of('cookie')).toEqual({ ...none, clicks: 0 })
  })

  test('a visitor is known by every id that leads to another: when first and last seen, and in what', async () => {
    const { store } = await open()
    const at = (day: number) => `2026-03-0${day}T12:00:00.000Z`
    const of = (id: string, visitorId: string) => ({
      userProperties: { id },
      properties: { chatlog: { visitorId } },
    })
    await put(store, 'c1', { userProperties: { id: 'laptop' }, createdAt: at(2), updatedAt: at(2) })
    await put(store, 'c2', { ...of('u7', 'laptop'), createdAt: at(3), updatedAt: at(3) })
    await put(store, 'c3', { ...of('u7', 'phone'), createdAt: at(4), updatedAt: at(6) })
    await put(store, 'c4', { userProperties: { id: 'else' }, createdAt: at(1), updatedAt: at(9) })

    expect(await store.findVisitor('p', 'laptop')).toEqual({
      ids: [
        { id: 'laptop', conversations: 2 },
        { id: 'u7', conversations: 2 },
        { id: 'phone', conversations: 1 },
      ],
      firstSeenMs: Date.parse(at(2)),
      lastSeenMs: Date.parse(at(6)),
    })
    const filter = { visitors: ['laptop', 'u7', 'phone'] }
    const page = await store.listConversations('p', { limit: 2, filter })
    expect([page.total, ...page.conversations.map(({ id }) => id)]).toEqual([3, 'c3', 'c2'])
    expect(await store.countFacet('p', { kind: 'turns', filter, limit: 9 })).toMatchObject([{ conversations: 3 }])
    expect((await store.countConversationsByDay('p', filter)).map(({ count }) => count)).toEqual([1, 1, 1])
    const nobody = { ids: [{ id: 'laptop', conversations: 0 }], firstSeenMs: null, lastSeenMs: null }
    expect(await store.findVisitor('q', 'laptop')).toEqual(nobody)
  })

  test('projects are known by their keys', async () => {
    const { store } = await open()
    const key = { type: 'web' as const, hash: '', origins: [], createdAt: '', revokedAt: null }
    await store.addKey({ ...key, id: 'k1', projectId: 'q' })
    await store.addKey({ ...key, id: 'k2', projectId: 'p' })
    await store.addKey({ ...key, id: 'k3', projectId: 'q' })

    expect(await store.listProjectIds()).toEqual(['p', 'q'])
  })
}
