import { answer, expect, flush, started, test } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

const storedClicks = async (collector: TestCollector) => {
  const clicksOf = (properties: unknown) =>
    (properties as { chatlog?: { linkClicks?: { url: string }[] } } | null)?.chatlog?.linkClicks ?? []
  return (await collector.stored()).flatMap(({ messages, properties }) => [
    ...clicksOf(properties).map(({ url }) => ['conversation', url]),
    ...messages.flatMap((message) => clicksOf(message.properties).map(({ url }) => [message.content, url])),
  ])
}

test('a link in a message of an earlier page is recorded with that message', async ({ page, site, collector }) => {
  await site.open(page, site.page('/', { body: '<div data-chatlog><a id="link" href="#guide">Guide</a></div>' }))
  await answer(page, `See ${site.origin}/#guide`)
  await flush(page)
  await page.reload()
  await started(page)

  await page.click('#link')
  await flush(page)

  await expect.poll(() => storedClicks(collector)).toEqual([[`See ${site.origin}/#guide`, `${site.origin}/#guide`]])
})

test('a message element of an earlier page names its message', async ({ page, site, collector }) => {
  const body = '<div data-chatlog><p data-chatlog-message="a1"><a id="link" href="#guide">Guide</a></p></div>'
  await site.open(page, site.page('/', { body }))
  await answer(page, 'Hello', { id: 'a1' })
  await flush(page)
  await page.reload()
  await started(page)

  await page.click('#link')
  await flush(page)

  await expect.poll(() => storedClicks(collector)).toEqual([['Hello', `${site.origin}/#guide`]])
})

test('a transcript and a message recorded after it stand in that order, also before the store is read', async ({
  page,
  site,
  collector,
}) => {
  await site.open(page)
  await page.evaluate(() => {
    window.chatlog.startConversation({ id: 'named' })
    window.chatlog.trackMessages([{ id: 'm1', role: 'user', content: 'one' }])
    window.chatlog.trackMessage({ role: 'assistant', content: 'two' })
  })
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: one', 'assistant: two']])
})
