import { expect, test } from 'vitest'
import { fakeBrowser } from './fakes/fake-platform.ts'

/** Milliseconds within which a page has opened the store, looked at what is left there, and deleted what is over. */
const momentsOfForgetting = Array.from({ length: 30 }, (_, aliveMs) => aliveMs)

test('a conversation that is over and delivered is gone from the machine, whenever the page that deletes it is left', async () => {
  const kept: number[] = []
  for (const aliveMs of momentsOfForgetting) {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    tab.start().trackMessage({ role: 'user', content: 'Something private' })
    await browser.advance(60_000)
    await tab.close()
    browser.clock.jump(31 * 60_000)

    const leaving = browser.openTab()
    leaving.start()
    await browser.advance(aliveMs)
    await leaving.close()
    browser.openTab().start()
    await browser.advance(10_000)

    if (JSON.stringify(browser.database.rows()).includes('private')) kept.push(aliveMs)
  }

  expect(kept).toEqual([])
})
