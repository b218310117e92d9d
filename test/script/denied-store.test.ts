import { describe, expect, test } from 'vitest'
import { fakePage } from './fakes/fake-platform.ts'

const said = (content: string) => ({ role: 'assistant', content }) as const

/** What stands in the site's localStorage, in words. */
const written = ({ localStorage }: Pick<ReturnType<typeof fakePage>, 'localStorage'>) =>
  [...localStorage.entries.values()].join()

describe('where the browser denies the store, the journal', () => {
  test('holds what isn’t delivered, and no longer', async () => {
    const page = fakePage({ fetchLater: false })
    page.database.faults.state = 'denied'
    page.endpoint.always({ kind: 'status', status: 503 })
    page.log.trackMessage(said('something private'))
    await page.advance(10_000)
    expect(written(page)).toContain('private')
    page.endpoint.always(null)
    await page.advance(1_200_000)

    expect(page.endpoint.contents()).toEqual([['something private']])
    expect(written(page)).not.toContain('private')
  })

  test('lets no later page send again what was delivered', async () => {
    const page = fakePage({ fetchLater: false })
    page.database.faults.state = 'denied'
    page.log.trackMessage(said('one'))
    await page.advance(60_000)
    for (const _ of [1, 2, 3]) {
      await page.tab.close()
      page.browser.openTab().start()
      await page.advance(60_000)
    }

    expect(page.endpoint.contents()).toEqual([['one']])
  })

  test('takes along what wasn’t delivered', async () => {
    const page = fakePage({ fetchLater: false })
    page.database.faults.state = 'denied'
    page.log.trackMessage(said('one'))
    await page.advance(60_000)
    page.endpoint.always({ kind: 'status', status: 503 })
    page.log.trackMessage(said('two'))
    await page.tab.navigate()
    await page.advance(1_000)
    page.endpoint.always(null)
    page.tab.start()
    await page.advance(60_000)

    expect(page.endpoint.contents().flat()).toEqual(['one', 'two'])
  })

  test('and a store that opens later has everything, what was delivered meanwhile too', async () => {
    const page = fakePage({ fetchLater: false })
    page.database.faults.state = 'denied'
    page.log.trackMessage(said('one'))
    await page.advance(60_000)
    page.database.faults.state = 'ok'
    await page.advance(300_000)
    page.log.trackMessage(said('two'))
    await page.advance(60_000)
    await page.tab.navigate()
    page.tab.start().trackMessage(said('three'))
    await page.advance(60_000)

    expect(page.endpoint.contents()).toEqual([['one', 'two', 'three']])
    expect(written(page)).not.toContain('one')
  })

  test.each([true, false])('holds nothing once the visitor refuses (delivered: %s)', async (delivers) => {
    const page = fakePage({ fetchLater: false })
    page.database.faults.state = 'denied'
    if (!delivers) page.endpoint.always({ kind: 'status', status: 503 })
    page.log.trackMessage(said('something private'))
    await page.advance(30_000)
    page.log.setConsent('denied')
    await page.advance(600_000)
    await page.tab.close()

    expect([...page.localStorage.entries]).toEqual([])
  })
})
