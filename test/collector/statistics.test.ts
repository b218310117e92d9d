import { expect, test, vi } from 'vitest'
import { createStatistics } from '../../src/collector/live-view/statistics.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { feedbackOf } from './store-suite-reactions.ts'

/** Statistics over a store that takes `countingMs` of a clock to count. */
function statisticsUnderTest(countingMs: number) {
  const store = openSqliteStore(':memory:')
  const clock = { ms: 0 }
  const byDay = store.countConversationsByDay
  const counting = vi.spyOn(store, 'countConversationsByDay').mockImplementation((...given) => {
    clock.ms += countingMs
    return byDay(...given)
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
