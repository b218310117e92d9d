import { isLazy } from './chat-page.ts'
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
  test.skip(
    isLazy,
    'The page is frozen before the core is there, and the browser sends what the lazy tag has left with it.',
  )
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

test('after stop(), nothing of what was recorded stays in the memory of the page, and no listener', async ({
  page,
  site,
}) => {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  /** Listeners and bytes that live. Twice, as what the first finds dead may hold what only the second can free. */
  const alive = async () => {
    for (let turn = 0; turn < 2; turn++) await session.send('HeapProfiler.collectGarbage')
    const { metrics } = await session.send('Performance.getMetrics')
    const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage')
    const listeners = metrics.find(({ name }) => name === 'JSEventListeners')?.value
    return { listeners, bytes: usedSize + backingStorageSize }
  }
  await page.goto(site.rawPage('/without', '<!doctype html>'))
  // Playwright's own listeners, which come with its first wait, count too.
  await page.waitForFunction(() => document.body)
  const { listeners } = await alive()
  await site.open(page)
  const { bytes } = await alive()
  const spokenBytes = await page.evaluate(async () => {
    const content = 'word '.repeat(4_000)
    for (let index = 0; index < 100; index++)
      window.chatlog.trackMessage({ role: 'user', content: `${index} ${content}` })
    await window.chatlog.flush()
    return 100 * content.length
  })
  expect((await alive()).bytes - bytes).toBeGreaterThan(spokenBytes / 2)

  await page.evaluate(() => window.chatlog.stop())

  await expect.poll(async () => (await alive()).listeners).toBe(listeners)
  expect((await alive()).bytes - bytes).toBeLessThan(spokenBytes / 2)
})
