import { expect, test, vi } from 'vitest'
import { createStatistics } from '../../src/collector/live-view/statistics.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { conversationOf } from './store-suite.ts'
import { feedbackOf } from './store-suite-reactions.ts'

/** Statistics over a store that takes `countingMs` of a clock to count. */
function statisticsUnderTest(countingMs: number) {
  const store = openSqliteStore(':memory:')
  const clock = { ms: 0 }
  const byQuarter = store.countBySteps
  const counting = vi.spyOn(store, 'countBySteps').mockImplementation((...given) => {
    clock.ms += countingMs
    return byQuarter(...given)
  })
  return { store, clock, counting, statisticsOf: createStatistics(store, () => clock.ms) }
}

test('counts that took long are kept for ten times as long, for this selection of this project alone', async () => {
  const { clock, counting, statisticsOf } = statisticsUnderTest(300)

  await Promise.all([statisticsOf('p', {}), statisticsOf('p', {})])
  clock.ms += 2_999
  await statisticsOf('p', {})
  expect(counting).toHaveBeenCalledTimes(1)

  await statisticsOf('p', { tag: 'a' })
  await statisticsOf('q', {})
  expect(counting).toHaveBeenCalledTimes(3)

  clock.ms += 3_000
  await statisticsOf('p', {})
  expect(counting).toHaveBeenCalledTimes(4)
})

test('counts that were quick are counted anew each time', async () => {
  const { counting, statisticsOf } = statisticsUnderTest(200)

  await statisticsOf('p', {})
  await statisticsOf('p', {})

  expect(counting).toHaveBeenCalledTimes(2)
})

test('what people wrote is never kept: erased, it is gone at once', async () => {
  const { store, statisticsOf } = statisticsUnderTest(300)
  await store.putFeedback('p', feedbackOf('f1', { messageId: 'm1' }), 1)
  expect((await statisticsOf('p', {})).negativeFeedback).toHaveLength(1)

  await store.deleteStoredBefore('p', 2, 10)

  expect((await statisticsOf('p', {})).negativeFeedback).toEqual([])
})

test('a failure is not kept', async () => {
  const { counting, statisticsOf } = statisticsUnderTest(300)
  counting.mockRejectedValueOnce(new Error('away'))

  await expect(statisticsOf('p', {})).rejects.toThrow('away')

  expect(await statisticsOf('p', {})).toMatchObject({ days: [] })
})

test('days are those of the reader’s zone, which changes its clock', async () => {
  const { store, statisticsOf } = statisticsUnderTest(0)
  // Berlin is an hour ahead of UTC, and two from the last Sunday of March.
  const began = ['2026-03-28T22:59:59Z', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z']
  for (const createdAt of began) {
    await store.upsertConversation('p', createdAt, () => conversationOf(createdAt, [`${createdAt}-m`], { createdAt }))
  }
  const daysIn = async (zone: string) =>
    (await statisticsOf('p', {}, zone)).days.map(({ day, conversations, messages }) => [day, conversations, messages])

  expect(await daysIn('Europe/Berlin')).toEqual([
    ['2026-03-28', 1, 1],
    ['2026-03-29', 2, 2],
    ['2026-03-30', 1, 1],
  ])
  // Half past four in the morning, five and three quarters ahead.
  expect(await daysIn('Asia/Kathmandu')).toEqual([
    ['2026-03-29', 2, 2],
    ['2026-03-30', 2, 2],
  ])
})
