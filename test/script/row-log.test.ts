import { afterEach, describe, expect, test, vi } from 'vitest'
import { openRowLog } from '../../src/script/store/row-log.ts'
import { appended, newIndexedDb, openLog, rowsOf, smallRow } from './row-log-rows.ts'

// What every row log promises, the fake one too, stands in `row-log-promises.test.ts`; what reading promises beside that,
// in `row-log-reading.test.ts`.

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** The end of a request of IndexedDB. */
const ended = <Value>(request: IDBRequest<Value>) =>
  new Promise<Value>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

describe('opening', () => {
  test('makes what a later visit finds', async () => {
    const { factory, log } = await openLog()
    await appended(log, [smallRow('a')])
    log.close()

    expect(await rowsOf(await openRowLog(factory, 'chatlog'), 'a')).toEqual([{ ...smallRow('a'), seq: 1 }])
    expect(await factory.databases()).toEqual([{ name: 'chatlog', version: 1 }])
  })

  test('logs of two names are two', async () => {
    const { factory, log } = await openLog()
    await appended(log, [smallRow('a')])

    expect(await rowsOf(await openRowLog(factory, 'other'), 'a')).toEqual([])
  })

  test('one of a newer format fails, and leaves it alone', async () => {
    const factory = newIndexedDb()
    ;(await ended(factory.open('chatlog', 2))).close()

    await expect(openRowLog(factory, 'chatlog')).rejects.toMatchObject({ name: 'VersionError' })
    expect(await factory.databases()).toEqual([{ name: 'chatlog', version: 2 }])
  })

  test('fails after 3 seconds where the browser answers nothing', async () => {
    vi.useFakeTimers()
    const opening = vi.fn()
    openRowLog({ open: () => ({}) } as unknown as IDBFactory, 'chatlog').catch(opening)

    await vi.advanceTimersByTimeAsync(2_999)
    expect(opening).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(opening.mock.calls).toEqual([[new Error('IndexedDB did not open')]])
  })

  test('leaves no timer behind, opened or not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { factory } = await openLog()
    expect(vi.getTimerCount()).toBe(0)
    ;(await ended(factory.open('newer', 2))).close()

    await openRowLog(factory, 'newer').catch(() => {})
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([
    ['is missing', undefined],
    [
      'is denied',
      {
        open: () => {
          throw new Error('denied')
        },
      },
    ],
  ])('fails where IndexedDB %s', async (_why, factory) => {
    await expect(openRowLog(factory as unknown as IDBFactory, 'chatlog')).rejects.toThrow()
  })
})

describe('an append', () => {
  test('is committed in the call, without waiting for the disk: a page that crashes then has saved it', async () => {
    const { log, transactions } = await openLog()
    const saved = appended(log, [smallRow('a')])

    const [transaction] = transactions as [IDBTransaction]
    expect(transaction.durability).toBe('relaxed')
    expect(() => transaction.objectStore('rows')).toThrow()
    expect(await saved).toEqual([1])
  })

  test('is saved where the browser can’t be told to commit', async () => {
    const { log, transactions, database } = await openLog()
    const begin = database.transaction
    database.transaction = (...given) => Object.assign(begin(...given), { commit: undefined })

    expect(await appended(log, [smallRow('a')])).toEqual([1])
    expect(transactions).toHaveLength(1)
  })

  test('that is aborted, as by a full disk, saves none of its rows and says so, once', async () => {
    const { log, transactions, database } = await openLog()
    await appended(log, [smallRow('a')])
    const begin = database.transaction
    database.transaction = (...given) => Object.assign(begin(...given), { commit: undefined })
    const onSaved = vi.fn()
    const over = new Promise<void>((resolve) => {
      log.append([smallRow('a'), smallRow('a')], [1], (seqs) => {
        onSaved(seqs)
        resolve()
      })
    })
    transactions[1]?.abort()
    await over
    database.transaction = begin

    expect(onSaved.mock.calls).toEqual([[null]])
    expect((await rowsOf(log, 'a')).map(({ seq }) => seq)).toEqual([1])
  })

  test('that fails in the call says so in the call', async () => {
    const { log } = await openLog()
    log.close()
    const onSaved = vi.fn()
    log.append([smallRow('a')], [], onSaved)

    expect(onSaved.mock.calls).toEqual([[null]])
  })
})

describe('a removal', () => {
  test('and what it leaves are one transaction: both are done or neither', async () => {
    const { log, transactions } = await openLog()
    await appended(log, [smallRow('a'), smallRow('a')])
    transactions.length = 0
    await log.remove('a', 1, smallRow('a', 'left'))

    expect(transactions.map(({ mode }) => mode)).toEqual(['readwrite'])
    expect((await rowsOf(log, 'a')).map(({ seq, tabId }) => [seq, tabId])).toEqual([
      [2, 'tab'],
      [3, 'left'],
    ])
  })

  test('that the database fails at removes nothing, and says so', async () => {
    const { log, transactions } = await openLog()
    await appended(log, [smallRow('a')])
    const removal = log.remove('a', 1, null)
    transactions.at(-1)?.abort()

    await expect(removal).rejects.toMatchObject({ name: 'AbortError' })
    expect(await rowsOf(log, 'a')).toHaveLength(1)
  })
})

test('a log that is deleted, in whichever tab, closes where it is open, and leaves nothing', async () => {
  const { factory, log } = await openLog()
  await appended(log, [smallRow('a')])
  factory.deleteDatabase('chatlog')
  const opened = await openRowLog(factory, 'chatlog')

  expect(await rowsOf(opened, 'a')).toEqual([])
  expect(await appended(log, [smallRow('a')])).toBeNull()
})
