import { describe, expect, test } from 'vitest'
import { fakePage } from './fakes/fake-platform.ts'

const day = 86_400_000

describe('undelivered content', () => {
  const leftBehind = async (record: (log: ReturnType<typeof fakePage>['log']) => void) => {
    const page = fakePage()
    page.browser.goOffline()
    record(page.log)
    await page.advance(1_000)
    await page.tab.close()
    return page
  }

  test('is sent by a visit within 30 days', async () => {
    const { browser, clock, advance, endpoint } = await leftBehind((log) =>
      log.trackMessage({ role: 'user', content: 'Something private' }),
    )
    clock.jump(29 * day)

    await browser.goOnline()
    browser.openTab().start()
    await advance(60_000)

    expect(endpoint.conversations()).toHaveLength(1)
  })

  test('is deleted after 30 days, counted as `expired`, and never sent', async () => {
    const { browser, clock, advance, endpoint, database } = await leftBehind((log) =>
      log.trackMessage({ role: 'user', content: 'Something private' }),
    )
    clock.jump(31 * day)

    const log = browser.openTab().start()
    await advance(1_000)
    await browser.goOnline()
    await advance(60_000)

    expect(log.getState().counts.dropped).toEqual({ expired: 1 })
    expect(endpoint.requests).toEqual([])
    expect(JSON.stringify(database.rows())).not.toContain('private')
  })

  test('over 10 MB is deleted, oldest first, and counted as `storage_budget`', async () => {
    const { browser, tab, log, advance, endpoint } = fakePage()
    browser.goOffline()
    for (const number of [1, 2, 3, 4, 5, 6]) {
      log.startConversation()
      log.trackMessage({ role: 'user', content: `conversation ${number}. ${'x'.repeat(1_900_000)}` })
      await advance(10)
    }
    await tab.close()

    const next = browser.openTab().start()
    await advance(1_000)
    expect(next.getState().counts.dropped).toEqual({ storage_budget: 1 })
    await browser.goOnline()
    await advance(60_000)

    const kept = endpoint.conversations().map(({ id }) => endpoint.contentsOf(id)[0]?.split('.')[0])
    expect(kept.sort()).toEqual([2, 3, 4, 5, 6].map((number) => `conversation ${number}`))
  })
})

test.each(['denied', 'full', 'broken'] as const)(
  'a store that is %s is said once, and what is said arrives',
  async (state) => {
    const { browser, log, database, errors, advance, endpoint } = fakePage()
    database.faults.state = state
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(60_000)
    log.trackMessage({ role: 'assistant', content: 'two' })
    await advance(60_000)

    const [conversation] = browser.endpoint.conversations()
    expect(endpoint.contentsOf(conversation?.id ?? '')).toEqual(['one', 'two'])
    expect(log.getState().storage).toBe('memory')
    expect(errors.filter((line) => line.includes('nothing can be stored'))).toHaveLength(1)
  },
)
