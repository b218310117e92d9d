import { afterEach, describe, expect, test, vi } from 'vitest'
import type { NewRow } from '../../src/script/conversation/rows.ts'
import { openRowLog, type RowLog } from '../../src/script/store/row-log.ts'
import { createFakeClock } from './fakes/fake-clock.ts'
import { createFakeDocument } from './fakes/fake-document.ts'
import { createFakeDatabase } from './fakes/fake-row-log.ts'
import { appended, newIndexedDb, rowsOf, smallRow } from './row-log-rows.ts'

/** A log, and another that a second tab has of it. Waits for what it is given to be over. */
interface OpenedLogs {
  log: RowLog
  other: RowLog
  over<Result>(work: Promise<Result>): Promise<Result>
}

const openReal = async (): Promise<OpenedLogs> => {
  const factory = newIndexedDb()
  const open = () => openRowLog(factory, 'chatlog')
  return { log: await open(), other: await open(), over: (work) => work }
}

const openFake = async (): Promise<OpenedLogs> => {
  const clock = createFakeClock()
  const database = createFakeDatabase(clock)
  const over = async <Result>(work: Promise<Result>) => {
    await Promise.all([Promise.allSettled([work]), clock.advance(1_000)])
    return work
  }
  const open = (tab: string) => over(database.open(createFakeDocument(tab)))
  return { log: await open('one tab'), other: await open('another tab'), over }
}

afterEach(() => vi.unstubAllGlobals())

// The fake that other tests stand on promises what the real one does.
describe.each([
  ['in IndexedDB', openReal],
  ['of the fake browser', openFake],
])('the row log %s', (_where, openLogs) => {
  const stored = async ({ log, over }: OpenedLogs, conversationId: string, afterSeq = 0) =>
    (await over(rowsOf(log, conversationId, afterSeq))).map(({ seq }) => seq)

  test('gives rows ascending numbers in the order of appending, across conversations and tabs', async () => {
    const { log, other, over } = await openLogs()

    expect(await over(appended(log, [smallRow('a'), smallRow('b')]))).toEqual([1, 2])
    expect(await over(appended(other, [smallRow('a')]))).toEqual([3])
  })

  test('keeps rows as they were when they were appended', async () => {
    const { log, over } = await openLogs()
    const row = smallRow('a')
    const saved = appended(log, [row])
    row.tabId = 'changed'
    await over(saved)

    expect(await over(rowsOf(log, 'a'))).toEqual([{ ...smallRow('a'), seq: 1 }])
  })

  test('breaks off reading and removing when its page goes, and what is appended is saved', async () => {
    const { log, over } = await openLogs()
    await over(appended(log, [smallRow('a')]))
    const brokenOff = Promise.allSettled([rowsOf(log, 'a'), log.lastRows(), log.remove('a', 1, smallRow('a'))])
    const saved = appended(log, [smallRow('b')])
    log.suspend()

    const rejected = { status: 'rejected', reason: { name: 'AbortError' } }
    expect(await over(brokenOff)).toMatchObject([rejected, rejected, rejected])
    expect(await over(saved)).toEqual([2])
    expect(await over(rowsOf(log, 'a'))).toMatchObject([{ seq: 1 }])
  })

  test('has nothing to break off where all is done', async () => {
    const { log, over } = await openLogs()
    await over(appended(log, [smallRow('a'), smallRow('a')]))
    await over(log.remove('a', 1, null))
    expect(await over(rowsOf(log, 'a'))).toHaveLength(1)
    log.suspend()

    expect(await over(rowsOf(log, 'a'))).toHaveLength(1)
    expect(await over(log.lastRows())).toHaveLength(1)
  })

  test('removes the rows that new ones supersede', async () => {
    const logs = await openLogs()
    await logs.over(appended(logs.log, [smallRow('a'), smallRow('a'), smallRow('a')]))

    expect(await logs.over(appended(logs.log, [smallRow('a')], [1, 3]))).toEqual([4])
    expect(await stored(logs, 'a')).toEqual([2, 4])
  })

  test('saves no row where none is given, and still removes', async () => {
    const logs = await openLogs()
    await logs.over(appended(logs.log, [smallRow('a')]))

    expect(await logs.over(appended(logs.log, [], [1]))).toEqual([])
    expect(await stored(logs, 'a')).toEqual([])
  })

  test('puts a row that brings its number in the place of the one that has it', async () => {
    const { log, over } = await openLogs()
    await over(appended(log, [smallRow('a'), smallRow('a')]))
    const again = { ...smallRow('a', 'another tab'), seq: 1 }

    expect(await over(appended(log, [again, smallRow('a')]))).toEqual([1, 3])
    expect((await over(rowsOf(log, 'a'))).map(({ seq, tabId }) => [seq, tabId])).toEqual([
      [1, 'another tab'],
      [2, 'tab'],
      [3, 'tab'],
    ])
  })

  test('reads one conversation alone, oldest first, from after a row', async () => {
    const logs = await openLogs()
    await logs.over(appended(logs.log, [smallRow('b'), smallRow('a'), smallRow('b'), smallRow('b'), smallRow('c')]))

    expect(await stored(logs, 'b')).toEqual([1, 3, 4])
    expect(await stored(logs, 'b', 1)).toEqual([3, 4])
    expect(await stored(logs, 'b', 2)).toEqual([3, 4])
    expect(await stored(logs, 'b', 4)).toEqual([])
    expect(await stored(logs, 'never seen')).toEqual([])
  })

  test('reads what was asked to be saved before, saved or not', async () => {
    const { log, other, over } = await openLogs()
    void appended(log, [smallRow('a')])

    expect(await over(rowsOf(other, 'a'))).toHaveLength(1)
  })

  test('gives the last two rows of each conversation, newest first', async () => {
    const { log, over } = await openLogs()
    await over(
      appended(log, [smallRow('a'), smallRow('b'), smallRow('a'), smallRow('b'), smallRow('b'), smallRow('c')]),
    )

    const last = await over(log.lastRows())
    expect(last.map((rows) => rows.map(({ conversationId, seq }) => `${conversationId} ${seq}`))).toEqual([
      ['c 6'],
      ['b 5', 'b 4'],
      ['a 3', 'a 1'],
    ])
    expect(last.flat()[0]).toEqual({ ...smallRow('c'), seq: 6 })
  })

  test('has no last rows where it is empty', async () => {
    const { log, over } = await openLogs()

    expect(await over(log.lastRows())).toEqual([])
  })

  test('removes a conversation up to a row: what came after it stays, and so do others', async () => {
    const logs = await openLogs()
    await logs.over(appended(logs.log, [smallRow('a'), smallRow('b'), smallRow('a'), smallRow('a')]))

    expect(await logs.over(logs.log.remove('a', 3, null))).toBeUndefined()
    expect(await stored(logs, 'a')).toEqual([4])
    expect(await stored(logs, 'b')).toEqual([2])
  })

  test('puts what is left of a conversation after what it removed', async () => {
    const { log, over } = await openLogs()
    await over(appended(log, [smallRow('a'), smallRow('b')]))
    const left: NewRow = {
      ...{ kind: 'ended', conversationId: 'a', tabId: 'tab' },
      ...{ suffix: '~1', continues: 'a', endedAt: 7 },
    }
    await over(log.remove('a', 1, left))

    expect(await over(rowsOf(log, 'a'))).toEqual([{ ...left, seq: 3 }])
  })

  test('saves, reads and removes nothing more once it is closed, and says so', async () => {
    const { log, over } = await openLogs()
    await over(appended(log, [smallRow('a')]))
    log.close()

    expect(await over(appended(log, [smallRow('a')]))).toBeNull()
    await expect(over(rowsOf(log, 'a'))).rejects.toThrow()
    await expect(over(log.lastRows())).rejects.toThrow()
    await expect(over(log.remove('a', 1, null))).rejects.toThrow()
  })

  test('that one tab has closed goes on in another', async () => {
    const { log, other, over } = await openLogs()
    log.close()

    expect(await over(appended(other, [smallRow('a')]))).toEqual([1])
  })
})
