import { afterEach, describe, expect, test, vi } from 'vitest'
import { appended, openLog, smallRow } from './row-log-rows.ts'

afterEach(() => vi.unstubAllGlobals())

describe('reading', () => {
  /** How many rows each call gets. */
  const pagesOf = async (stored: number, afterSeq = 0) => {
    const { log, transactions } = await openLog()
    await appended(
      log,
      Array.from({ length: stored }, () => smallRow('a')),
    )
    transactions.length = 0
    const pages: number[][] = []
    await log.read('a', afterSeq, (rows) => void pages.push(rows.map(({ seq }) => seq)))
    expect(pages.flat()).toEqual(Array.from({ length: stored - afterSeq }, (_, number) => afterSeq + number + 1))
    expect(transactions.map(({ mode }) => mode)).toEqual(['readonly'])
    return pages.map((page) => page.length)
  }

  test('gives 64 rows at a time, of one moment', async () => {
    expect(await pagesOf(150)).toEqual([64, 64, 22])
    expect(await pagesOf(150, 100)).toEqual([50])
  })

  test('is over with a call that gets less', async () => {
    expect(await pagesOf(63)).toEqual([63])
    expect(await pagesOf(64)).toEqual([64, 0])
    expect(await pagesOf(0)).toEqual([0])
  })

  test('is over once its last rows have been given', async () => {
    const { log } = await openLog()
    await appended(
      log,
      Array.from({ length: 65 }, () => smallRow('a')),
    )
    const steps: string[] = []
    await log.read('a', 0, (rows) => void steps.push(`${rows.length} rows`)).then(() => steps.push('over'))

    expect(steps).toEqual(['64 rows', '1 rows', 'over'])
  })

  test('asks for the next rows before it gives those it has, so that the database works meanwhile', async () => {
    const { log, database } = await openLog()
    await appended(
      log,
      Array.from({ length: 65 }, () => smallRow('a')),
    )
    const steps: string[] = []
    const begin = database.transaction
    database.transaction = (...given) => {
      const transaction = begin(...given)
      const index = transaction.objectStore('rows').index('conversation')
      const getAll = index.getAll.bind(index)
      index.getAll = (...asked) => {
        steps.push('asked')
        return getAll(...asked)
      }
      return transaction
    }
    await log.read('a', 0, () => void steps.push('given'))

    expect(steps).toEqual(['asked', 'asked', 'given', 'given'])
  })

  test('fails where the database does, in the middle too', async () => {
    const { log, transactions } = await openLog()
    await appended(
      log,
      Array.from({ length: 65 }, () => smallRow('a')),
    )
    const pages: number[] = []
    const reading = log.read('a', 0, (rows) => {
      pages.push(rows.length)
      transactions.at(-1)?.abort()
    })

    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    expect(pages).toEqual([64])
  })

  test('the last rows fails where the database does', async () => {
    const { log, transactions } = await openLog()
    const reading = log.lastRows()
    transactions.at(-1)?.abort()

    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('the last rows looks at no more than two rows of a conversation, and one of the next', async () => {
    const { log, database } = await openLog()
    await appended(log, [
      ...Array.from({ length: 50 }, () => smallRow('a')),
      ...Array.from({ length: 50 }, () => smallRow('b')),
    ])
    let looks = 0
    const begin = database.transaction
    database.transaction = (...given) => {
      const transaction = begin(...given)
      const index = transaction.objectStore('rows').index('conversation')
      const openCursor = index.openCursor.bind(index)
      index.openCursor = (...asked) => {
        const request = openCursor(...asked)
        request.addEventListener('success', () => looks++)
        return request
      }
      return transaction
    }

    expect((await log.lastRows()).map((rows) => rows.map(({ seq }) => seq))).toEqual([
      [100, 99],
      [50, 49],
    ])
    expect(looks).toBe(5)
  })
})
