import { expect, test } from 'vitest'
import type { Store } from '../../src/collector/store/store.ts'
import type { StoredMessage } from '../../src/contract/answer.ts'
import { markedFeedbackId } from '../../src/contract/feedback-id.ts'
import { conversationOf, messageOf, type StoreUnderTest } from './store-suite.ts'
import { feedbackOf } from './store-suite-reactions.ts'

function messages(conversationId: string, ...said: [role: string, more?: Partial<StoredMessage>][]): StoredMessage[] {
  return said.map(([role, more], index) => ({
    ...messageOf(conversationId, `${conversationId}-${index}`),
    role,
    ...more,
  }))
}

const put = (store: Store, id: string, said: Parameters<typeof messages>[1][], fields: object = {}) =>
  store.upsertConversation('p', id, () => conversationOf(id, [], { messages: messages(id, ...said), ...fields }))

const roles = ['user', 'assistant']
const rates = ['positive', 'negative'] as const

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const pick = <Value>(random: () => number, values: readonly Value[]) =>
  values[Math.floor(random() * values.length)] as Value

const ended = (status: string) => ({ properties: { chatlog: { status } } })

function groupBy<Value>(values: Value[], nameOf: (value: Value) => string): Record<string, Value[]> {
  const groups: Record<string, Value[]> = {}
  for (const value of values) groups[nameOf(value)] = [...(groups[nameOf(value)] ?? []), value]
  return groups
}

/** What is drawn: days, turns, how answers ended, links, feedback. */
export function describeCounts(open: () => Promise<StoreUnderTest>): void {
  test('conversations by the day they began, messages by their own day, in UTC', async () => {
    const { store } = await open()
    const late = { createdAt: '2026-01-02T00:30:00+02:00' }
    await put(store, 'c1', [['user'], ['assistant', { createdAt: '2026-01-02T00:00:00Z' }]])
    await put(store, 'c2', [['user']], late)
    await put(store, 'c3', [['user']], { createdAt: '2026-01-03T12:00:00Z' })

    expect(await store.countConversationsByDay('p', {})).toEqual([
      { day: '2026-01-01', count: 2 },
      { day: '2026-01-03', count: 1 },
    ])
    expect(await store.countFacet('p', { kind: 'day', limit: 10 })).toEqual([
      { value: '2026-01-01', conversations: 3, count: 3 },
      { value: '2026-01-02', conversations: 1, count: 1 },
    ])
  })

  test('conversations by the quarter of an hour in which they began, with their messages, of a filter', async () => {
    const { store } = await open()
    await put(store, 'c1', [['user'], ['assistant']], { createdAt: '2026-01-01T12:14:59.999Z', tags: ['a'] })
    await put(store, 'c2', [['user']], { createdAt: '2026-01-01T12:00:00Z' })
    await put(store, 'c3', [['user']], { createdAt: '1969-12-31T23:59:59Z' })

    const at = (startsAt: string) => Date.parse(startsAt)
    expect(await store.countBySteps('p', {}, 'quarter')).toEqual([
      { startMs: at('1969-12-31T23:45:00Z'), conversations: 1, messages: 1 },
      { startMs: at('2026-01-01T12:00:00Z'), conversations: 2, messages: 3 },
    ])
    expect(await store.countBySteps('p', { tag: 'a' }, 'quarter')).toEqual([
      { startMs: at('2026-01-01T12:00:00Z'), conversations: 1, messages: 2 },
    ])
    expect(await store.countBySteps('q', {}, 'quarter')).toEqual([])
  })

  // Of a filter that every conversation fits, the store looks at each of them.
  const looking = { minMessages: 0 }

  test.each(['at once', 'and once tallies have taken it in'])(
    'what is kept counted is what looking at every conversation gives, whatever happened to them, %s',
    async (when) => {
      const { store, fold } = await open()
      const random = randomOf(7)
      const ids = ['a', 'b', 'c', 'd', 'e', 'f']
      const visitors = [{}, { id: 'u1' }, { id: 'u2' }, { id: 'u3', visitorId: 'v1' }, { visitorId: 'v2' }, { id: 7 }]
      const times = ['2026-01-01T11:59:59.999Z', '2026-01-01T12:00:00Z', '2026-02-01T00:15:00Z', '1969-12-31T23:59:59Z']

      for (let round = 0; round < 60; round++) {
        const [id, visitor] = [pick(random, ids), pick(random, visitors)]
        const { visitorId, ...user } = visitor as { id?: string; visitorId?: string }
        const change = pick(random, ['say', 'say', 'say', 'delete', 'forget', 'rate'])
        if (change === 'delete') await store.deleteConversation('p', id)
        else if (change === 'forget') await store.forgetVisitor('p', String(visitorId ?? user.id))
        else if (change === 'rate')
          await store.putFeedback('p', feedbackOf(`f${round}`, { messageId: `${id}-1`, type: pick(random, rates) }), 1)
        else {
          const said = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index): [string] => [
            roles[index % 2] ?? '',
          ])
          const fields = {
            createdAt: pick(random, times),
            userProperties: user,
            properties: { chatlog: { visitorId } },
          }
          await put(store, id, said, fields)
        }
        if (when !== 'at once' && round % 5 === 0) await fold('p')
        const filters = [
          {},
          { fromMs: Date.parse('2026-01-01T12:00:00Z') },
          { fromMs: Date.parse('2026-01-01T11:50:00Z'), toMs: Date.parse('2026-01-01T12:05:00Z') },
        ]
        for (const filter of round % 5 === 4 ? filters : []) {
          const each = { ...filter, ...looking }
          for (const step of ['day', 'hour', 'quarter'] as const) {
            const [counted, found] = [filter, each].map((one) => store.countBySteps('p', one, step))
            expect(await counted).toEqual(await found)
            const [rated, heard] = [filter, each].map((one) => store.countFeedbackBySteps('p', one, step))
            expect(await rated).toEqual(await heard)
          }
          expect(await store.countVisitors('p', filter)).toBe(await store.countVisitors('p', each))
        }
      }
      expect(await store.countVisitors('p', {})).toBeGreaterThan(1)
      expect(await store.countFeedbackBySteps('p', {}, 'day')).not.toEqual([])
    },
  )

  test('days before 1970 and at the end of a year, which senders may name', async () => {
    const { store } = await open()
    for (const createdAt of ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z', '2026-12-31T23:59:59Z']) {
      await put(store, createdAt, [['user']], { createdAt })
    }

    expect((await store.countConversationsByDay('p', {})).map(({ day }) => day)).toEqual([
      '1969-12-31',
      '1970-01-01',
      '2026-12-31',
    ])
  })

  test('turns, and how answers ended: one without a word of it is complete, a last question has none', async () => {
    const { store } = await open()
    await put(store, 'c1', [['user'], ['assistant'], ['user'], ['assistant', ended('aborted')], ['user']])
    await put(store, 'c2', [['user'], ['assistant', ended('complete')]])

    expect(await store.countFacet('p', { kind: 'turns', limit: 10 })).toEqual([
      { value: '1', conversations: 1, count: 1 },
      { value: '3', conversations: 1, count: 1 },
    ])
    expect(await store.countFacet('p', { kind: 'answer', limit: 10 })).toEqual([
      { value: 'complete', conversations: 2, count: 2 },
      { value: 'aborted', conversations: 1, count: 1 },
      { value: 'none', conversations: 1, count: 1 },
    ])
  })

  test('links shown and never clicked, also where one was cited relative to its page', async () => {
    const { store } = await open()
    const shown = (...urls: string[]) => ({ links: urls.map((url) => ({ url })) })
    const chatlog = { page: { url: 'https://a.example/docs/' }, linkClicks: [{ url: 'https://a.example/guide' }] }
    await put(store, 'c1', [['assistant', shown('/guide', 'https://a.example/never', '/never')]], {
      properties: { chatlog },
    })
    const never = { value: 'https://a.example/never', conversations: 1, count: 2 }

    expect(await store.countFacet('p', { kind: 'shown', limit: 1 })).toEqual([never])
    expect(await store.countFacet('p', { kind: 'shown', without: 'clicked', limit: 10 })).toEqual([never])
    expect(await store.countFacet('p', { kind: 'clicked', limit: 10 })).toMatchObject([{ count: 1 }])
  })

  test('feedback from within and by itself, once a conversation is stored, and once where it comes both ways', async () => {
    const { store } = await open()
    await put(store, 'c1', [['assistant', { properties: { chatlog: { feedback: { type: 'negative' } } } }]])
    await store.putFeedback('p', feedbackOf('f1', { messageId: 'c1-0' }), 1)
    await store.putFeedback('p', feedbackOf('f2', { messageId: 'unknown' }), 1)
    await store.putFeedback('p', feedbackOf(markedFeedbackId('c1-0'), { messageId: 'c1-0' }), 1)

    expect(await store.countFacet('p', { kind: 'feedback', limit: 10 })).toEqual([
      { value: 'negative', conversations: 1, count: 2 },
    ])
  })

  test('only of the conversations that a filter lets through', async () => {
    const { store } = await open()
    await put(store, 'c1', [['user']], { tags: ['a'] })
    await put(store, 'c2', [['user'], ['user']], { tags: ['b'], createdAt: '2026-01-05T12:00:00Z' })
    const fromMs = Date.parse('2026-01-02T00:00:00Z')

    expect(await store.countConversationsByDay('p', { tag: 'a' })).toEqual([{ day: '2026-01-01', count: 1 }])
    expect(await store.countFacet('p', { kind: 'turns', limit: 9, filter: { tag: 'a' } })).toMatchObject([
      { value: '1' },
    ])
    expect(await store.countFacet('p', { kind: 'turns', limit: 9, filter: { fromMs } })).toMatchObject([{ value: '2' }])
    expect(await store.countFacet('p', { kind: 'tag', limit: 9, filter: { tag: 'a', fromMs } })).toEqual([])
    expect(await store.countConversationsByDay('q', {})).toEqual([])
  })

  test('of any time, in whole hours or not, the same as if each conversation were looked at', async () => {
    const { store, reopen } = await open()
    const startMs = Date.parse('2026-01-01T00:00:00Z')
    const everyMs = 37 * 60_000
    for (let index = 0; index < 150; index++) {
      const createdAt = new Date(startMs + index * everyMs).toISOString()
      await put(store, `c${index}`, [['user'], ['assistant']], { createdAt, tags: [`t${index % 3}`] })
    }
    await store.deleteConversation('p', 'c10')
    const counts = async (from: Store, fromMs: number | undefined, toMs: number | undefined) => {
      const tags = await from.countFacet('p', { kind: 'tag', limit: 9, filter: { fromMs, toMs } })
      const days = await from.countConversationsByDay('p', { fromMs, toMs })
      const { total } = await from.listConversations('p', { limit: 1, filter: { fromMs, toMs } })
      const ofTag = await from.listConversations('p', { limit: 1, filter: { fromMs, toMs, tag: 't1' } })
      return { tags: tags.map(({ value, count }) => [value, count]).toSorted(), days, total, ofTag: ofTag.total }
    }
    const expected = (fromMs = 0, toMs = 9e15) => {
      const indexes = Array.from({ length: 150 }, (_, index) => index).filter((index) => {
        const createdMs = startMs + index * everyMs
        return index !== 10 && createdMs >= fromMs && createdMs < toMs
      })
      const byDay = groupBy(indexes, (index) => new Date(startMs + index * everyMs).toISOString().slice(0, 10))
      const byTag = groupBy(indexes, (index) => `t${index % 3}`)
      return {
        tags: Object.entries(byTag)
          .map(([value, of]) => [value, of.length])
          .toSorted(),
        days: Object.entries(byDay).map(([day, of]) => ({ day, count: of.length })),
        total: indexes.length,
        ofTag: byTag.t1?.length ?? 0,
      }
    }
    const hour = 3_600_000
    const times: [number | undefined, number | undefined][] = [
      [undefined, undefined],
      [startMs + 24 * hour, undefined],
      [undefined, startMs + 30.4 * hour],
      [startMs + 5.3 * hour, startMs + 71.7 * hour],
      [startMs + 5 * hour, startMs + 6 * hour],
      [startMs + 5.1 * hour, startMs + 5.9 * hour],
    ]

    for (const [from, to] of times) expect(await counts(store, from, to)).toEqual(expected(from, to))
    const reopened = await reopen()
    for (const [from, to] of times) expect(await counts(reopened, from, to)).toEqual(expected(from, to))
  })
}
