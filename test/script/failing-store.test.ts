import { describe, expect, test } from 'vitest'
import { fakePage } from './fakes/fake-platform.ts'

const journals = ({ localStorage }: Pick<ReturnType<typeof fakePage>, 'localStorage'>) =>
  [...localStorage.entries.keys()].filter((key) => key.startsWith('chatlog:'))

/** A conversation of eight messages over two pages, on an endpoint that replaces; the store fails in between. */
async function eightMessages(
  fail: (page: ReturnType<typeof fakePage>) => void,
  { heal = () => {}, id }: { heal?: (page: ReturnType<typeof fakePage>) => void; id?: string } = {},
) {
  const page = fakePage({ fetchLater: false })
  const say = async (log: typeof page.log, numbers: number[]) => {
    for (const number of numbers) {
      log.trackMessage({ role: 'assistant', content: `m${number}`, ...(id && { conversationId: id }) })
      await page.advance(3_000)
    }
  }
  await say(page.log, [1, 2])
  fail(page)
  await say(page.log, [3, 4, 5, 6])
  const stateAfter = page.log.getState()
  heal(page)
  await page.tab.navigate()
  const next = page.tab.start()
  await say(next, [7, 8])
  await page.advance(120_000)
  return { ...page, next, stateAfter }
}

const all = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8']

describe('one store that fails while the page lives:', () => {
  test.each([
    ['one write fails', ({ database }) => Object.assign(database.faults, { failingWrites: 1 })],
    ['three writes fail', ({ database }) => Object.assign(database.faults, { failingWrites: 3 })],
    ['the connection is lost, and `transaction()` throws', ({ database }) => database.loseConnections()],
    ['the site’s data is cleared, and the connection closed', ({ database }) => database.clearSiteData()],
  ] as [string, (page: ReturnType<typeof fakePage>) => void][])(
    '%s: it is opened again, and the next page knows everything',
    async (_name, fail) => {
      const { endpoint, next, stateAfter, ...page } = await eightMessages(fail)

      expect(endpoint.contents()).toEqual([all])
      expect([stateAfter.storage, next.getState().storage]).toEqual(['durable', 'durable'])
      expect(journals(page)).toEqual([])
    },
  )

  test.each([undefined, 'chat'])(
    'it stays full over both pages: the journal carries what it lacks (%s)',
    async (id) => {
      const { endpoint, next, stateAfter } = await eightMessages(
        ({ database }) => Object.assign(database.faults, { failingWrites: Number.POSITIVE_INFINITY }),
        id ? { id } : {},
      )

      expect(endpoint.contents()).toEqual([all])
      expect([stateAfter.storage, next.getState().storage]).toEqual(['memory', 'memory'])
    },
  )

  test('the site’s data is cleared, and the page left before anything could be saved again: the whole stays at the old id', async () => {
    const page = fakePage({ fetchLater: false })
    const say = async (log: typeof page.log, content: string, forMs: number) => {
      log.trackMessage({ role: 'assistant', content })
      await page.advance(forMs)
    }
    await say(page.log, 'm1', 3_000)
    await say(page.log, 'm2', 3_000)
    page.database.faults.state = 'denied'
    page.database.clearSiteData()
    await say(page.log, 'm3', 1_500)
    await page.tab.navigate()
    page.database.faults.state = 'ok'
    await say(page.tab.start(), 'm4', 60_000)

    const [before, after] = page.endpoint.conversations()
    expect(page.endpoint.contents()).toEqual([
      ['m1', 'm2', 'm3'],
      ['m3', 'm4'],
    ])
    expect(after?.properties?.chatlog).toMatchObject({ continues: before?.id })
  })

  test('what fits no journal goes on under a new id, and the whole stays at the old one', async () => {
    const page = fakePage({ fetchLater: false })
    const say = async (log: typeof page.log, content: string) => {
      log.trackMessage({ role: 'assistant', content })
      await page.advance(20_000)
    }
    await say(page.log, 'm1')
    page.database.faults.failingWrites = Number.POSITIVE_INFINITY
    await say(page.log, `m2 ${'x'.repeat(300_000)}`)
    await say(page.log, 'm3')
    await page.tab.navigate()
    await say(page.tab.start(), 'm4')
    await page.advance(60_000)

    const [before, after] = page.endpoint.conversations()
    expect(page.endpoint.contents().map((texts) => texts.map((text) => text.slice(0, 2)))).toEqual([
      ['m1', 'm2', 'm3'],
      ['m1', 'm3', 'm4'],
    ])
    expect(after?.properties?.chatlog).toMatchObject({ continues: before?.id })
  })

  test('a store that never opens is tried again, and saves what was said meanwhile', async () => {
    const { database, log, advance, ...page } = fakePage()
    database.faults.state = 'denied'
    log.trackMessage({ role: 'user', content: 'one' })
    await advance(60_000)
    expect(log.getState().storage).toBe('memory')
    database.faults.state = 'ok'
    await advance(300_000)

    expect(log.getState().storage).toBe('durable')
    expect(database.rows().filter(({ kind }) => kind === 'message')).toHaveLength(1)
    expect(journals(page)).toEqual([])
  })

  test('a growing answer waits as one row, not as one for each of its versions', async () => {
    const { database, log, advance, localStorage } = fakePage()
    database.faults.state = 'denied'
    log.trackMessage({ id: 'a', role: 'assistant', content: '', status: 'streaming' })
    for (let step = 0; step < 100; step++) {
      log.appendToMessage('a', 'word '.repeat(20))
      await advance(300)
    }

    expect(localStorage.largest()).toBeLessThan(13_000)
    database.faults.state = 'ok'
    log.completeMessage('a')
    await advance(400_000)
    expect(database.rows().filter(({ kind }) => kind === 'message')).toHaveLength(1)
  })
})

describe('a database that opens and never answers', () => {
  test('is waited for a few seconds: what is said is sent from memory, and the state says so', async () => {
    const { database, log, advance, endpoint } = fakePage({ fetchLater: false })
    database.faults.silent = true
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(20_000)

    expect(endpoint.contents()).toEqual([['one']])
    expect(log.getState().storage).toBe('memory')
    const report = log.flush()
    await advance(20_000)
    expect((await report).delivered).toHaveLength(1)
  })

  test('on a later page overwrites nothing: the conversation goes on under a new id', async () => {
    const { database, tab, log, advance, endpoint } = fakePage({ fetchLater: false })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(20_000)
    await tab.navigate()
    database.faults.silent = true
    const next = tab.start()
    next.trackMessage({ role: 'assistant', content: 'two' })
    await advance(30_000)

    expect(endpoint.contents()).toEqual([['one'], ['two']])
    expect(next.getState().storage).toBe('memory')
  })

  test('and then does has everything, and the state says so', async () => {
    const { database, log, tab, advance, endpoint, ...page } = fakePage({ fetchLater: false })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(20_000)
    database.faults.silent = true
    for (const content of ['two', 'three']) {
      log.trackMessage({ role: 'assistant', content })
      await advance(20_000)
    }
    expect(log.getState().storage).toBe('memory')
    database.faults.silent = false
    await advance(20_000)
    expect(log.getState().storage).toBe('durable')
    expect(journals(page)).toEqual([])

    await tab.navigate()
    tab.start().trackMessage({ role: 'assistant', content: 'four' })
    await advance(20_000)
    expect(endpoint.contents()).toEqual([['one', 'two', 'three', 'four']])
  })
})
