import { expect, test } from 'vitest'
import { fakeBrowser } from './fakes/fake-platform.ts'

test('a leftover whose request timed out is deleted once it is delivered and over', async () => {
  const browser = fakeBrowser({ fetchLater: false })
  const first = browser.openTab()
  browser.endpoint.always({ kind: 'reset', applied: false })
  first.start().trackMessage({ role: 'user', content: 'one' })
  await browser.advance(8_000)
  await first.close()
  await browser.advance(2_000)
  browser.endpoint.always(null)
  // second page: its request hangs, times out, and is then delivered
  browser.endpoint.next({ kind: 'hang', appliedAfterMs: null })
  const second = browser.openTab()
  second.start()
  await browser.advance(120_000)
  await second.close()
  await browser.advance(1_000)
  for (let visit = 0; visit < 3; visit++) {
    browser.clock.jump(3_600_000)
    const tab = browser.openTab()
    tab.start()
    await browser.advance(60_000)
    await tab.close()
    await browser.advance(1_000)
  }
  expect(browser.database.rows().filter(({ kind }) => kind === 'message')).toEqual([])
})
