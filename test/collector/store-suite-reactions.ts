import { expect, test } from 'vitest'
import type { EventAnswer } from '../../src/contract/event.ts'
import type { FeedbackAnswer } from '../../src/contract/feedback.ts'
import { conversationOf, type StoreUnderTest } from './store-suite.ts'

/** An event on message `a`, unless fields say otherwise. */
export const eventOf = (id: string, fields: object = {}) =>
  ({
    id,
    type: 'copied',
    entityType: 'message',
    messageId: 'a',
    createdAt: '2026-01-01T12:00:00.000Z',
    projectId: 'p',
    integrationId: null,
    ...fields,
  }) as EventAnswer

/** Negative feedback on message `a`, unless fields say otherwise. */
export const feedbackOf = (id: string, fields: Partial<FeedbackAnswer> = {}): FeedbackAnswer => ({
  id,
  type: 'negative',
  messageId: 'a',
  createdAt: '2026-01-01T12:00:00.000Z',
  ...fields,
})

/** Events and feedback: kept, replaced, found with their conversation. */
export function describeReactions(open: () => Promise<StoreUnderTest>): void {
  test('are found with the conversation that they are on, oldest first, after a restart too', async () => {
    const { store, reopen } = await open()
    const late = eventOf('e1', { createdAt: '2026-01-02T12:00:00.000Z', properties: { text: '😀 "\\ \u2028' } })
    const early = eventOf('e2', { entityType: 'conversation', messageId: undefined, conversationId: 'c1' })
    const feedback = feedbackOf('f1', { reasons: [{ label: 'wrong', details: 'no' }] })
    // They may arrive before what they are about.
    for (const event of [late, early, eventOf('e3', { messageId: 'other' })]) await store.putEvent('p', event, 1)
    await store.putFeedback('p', feedback, 1)
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['a']))

    const reopened = await reopen()

    const found = await reopened.findReactions('p', 'c1')
    expect(found).toEqual({ events: [JSON.parse(JSON.stringify(early)), late], feedback: [feedback] })
    expect(await reopened.findReactions('q', 'c1')).toEqual({ events: [], feedback: [] })
  })

  test('the same id again replaces, of each project its own', async () => {
    const { store } = await open()
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['a']))
    await store.putFeedback('p', feedbackOf('f'), 1)
    await store.putFeedback('q', feedbackOf('f'), 1)
    await store.putFeedback('p', feedbackOf('f', { type: 'positive' }), 1)
    await store.putEvent('p', eventOf('e'), 1)
    await store.putEvent('p', eventOf('e', { type: 'opened' }), 1)

    const { events, feedback } = await store.findReactions('p', 'c1')

    expect(feedback.map(({ type }) => type)).toEqual(['positive'])
    expect(events.map(({ type }) => type)).toEqual(['opened'])
    expect(await store.listFeedback('q', 10, 'negative')).toHaveLength(1)
  })

  test('feedback is listed newest first, of one type or both, with its conversation', async () => {
    const { store } = await open()
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['a']))
    await store.putFeedback('p', feedbackOf('f1'), 1)
    await store.putFeedback('p', feedbackOf('f2', { messageId: 'b', createdAt: '2026-01-02T12:00:00.000Z' }), 1)
    await store.putFeedback('p', feedbackOf('f3', { type: 'positive', createdAt: '2026-01-03T12:00:00.000Z' }), 1)
    const list = async (limit: number, type?: 'negative') =>
      (await store.listFeedback('p', limit, type)).map(({ feedback, conversationId }) => [feedback.id, conversationId])

    expect(await list(10, 'negative')).toEqual([
      ['f2', null],
      ['f1', 'c1'],
    ])
    expect(await list(1)).toEqual([['f3', 'c1']])
  })

  test('searches are listed, newest first', async () => {
    const { store } = await open()
    const search = (id: string, createdAt: string) =>
      store.putEvent('p', eventOf(id, { entityType: 'search', searchQuery: id, createdAt }), 1)
    await search('s1', '2026-01-01T12:00:00.000Z')
    await search('s2', '2026-01-02T12:00:00.000Z')
    await store.putEvent('p', eventOf('e'), 1)

    expect((await store.listSearches('p', 10)).map(({ id }) => id)).toEqual(['s2', 's1'])
    expect((await store.listSearches('p', 1)).map(({ id }) => id)).toEqual(['s2'])
  })
}
