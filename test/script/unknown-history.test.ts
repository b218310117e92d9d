import { expect, test } from 'vitest'
import { fakeBrowser } from './fakes/fake-platform.ts'

test('history that is gone from this machine is never overwritten, on no later page either', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  tab.start().trackMessage({ role: 'user', content: 'one' })
  await browser.advance(20_000)
  browser.database.wipe()

  for (const content of ['two', 'three']) {
    await tab.navigate()
    tab.start().trackMessage({ role: 'user', content })
    await browser.advance(20_000)
  }

  const [first, second, ...others] = browser.endpoint.conversations()
  expect(first?.messages.map(({ content }) => content)).toEqual(['one'])
  expect(second?.messages.map(({ content }) => content)).toEqual(['two', 'three'])
  expect(second?.properties?.chatlog).toMatchObject({ continues: first?.id })
  expect(others).toEqual([])
})
