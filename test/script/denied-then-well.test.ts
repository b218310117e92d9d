import { expect, test } from 'vitest'
import type { Platform } from '../../src/script/platform.ts'
import { fakeBrowser } from './fakes/fake-platform.ts'

test('what a page without a store has delivered is one conversation on the next page, which has one', async () => {
  let isDenied = true
  const alter = (platform: Platform): Platform => ({
    ...platform,
    openRowLog: (...given) => (isDenied ? Promise.reject(new Error('denied')) : platform.openRowLog(...given)),
  })
  const browser = fakeBrowser({ alter, fetchLater: false })
  const tab = browser.openTab()
  const log = tab.start()
  log.trackMessage({ role: 'user', content: 'How?' })
  log.trackMessage({ role: 'assistant', content: 'So.' })
  void log.flush()
  await browser.advance(10_000)
  expect(browser.endpoint.contents()).toEqual([['How?', 'So.']])

  await tab.navigate()
  isDenied = false
  tab.start()
  await browser.advance(60_000)

  expect(browser.endpoint.contents()).toEqual([['How?', 'So.']])
})
