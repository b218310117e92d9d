import { expect, flush, say, test } from './fixtures.ts'

test('no listener keeps the page out of the back/forward cache', async ({ page, site }) => {
  await page.addInitScript(() => {
    const names = new Set<string>()
    const { addEventListener } = EventTarget.prototype
    EventTarget.prototype.addEventListener = function (
      this: EventTarget,
      ...given: Parameters<typeof addEventListener>
    ) {
      names.add(given[0])
      return addEventListener.apply(this, given)
    }
    Object.assign(window, { listenedFor: names })
  })
  await site.open(page)
  await say(page, 'Hi')
  await flush(page)

  const { listened, assigned } = await page.evaluate(() => ({
    listened: [...(window as unknown as { listenedFor: Set<string> }).listenedFor],
    assigned: [window.onunload, window.onbeforeunload],
  }))
  expect(listened).toContain('pagehide')
  expect(listened).not.toContain('unload')
  expect(listened).not.toContain('beforeunload')
  expect(assigned).toEqual([null, null])
})

test('a page that the browser freezes has sent what was said, and goes on when it is resumed', async ({
  page,
  site,
  collector,
}) => {
  // A browser freezes hidden pages alone, and under Playwright all are visible: the page is told without it.
  const tell = (name: 'freeze' | 'resume') => page.evaluate((name) => document.dispatchEvent(new Event(name)), name)
  await site.open(page, site.page('/', { tag: { 'max-wait-ms': '60000' } }))
  await say(page, 'one')

  await tell('freeze')
  await expect.poll(collector.transcripts).toEqual([['user: one']])
  await tell('resume')
  await say(page, 'two')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: one', 'user: two']])
})
