import { expect, test } from 'vitest'
import { fakePage } from './fakes/fake-platform.ts'

const said = (content: string) => ({ role: 'assistant', content }) as const

/**
 * A conversation of which a service worker kept the first request, as the line was down; it sends that again while the
 * conversation is at rest.
 */
async function replayed(server: 'hosted' | 'chatlog' = 'hosted') {
  const page = fakePage({ fetchLater: false, init: { server } })
  page.endpoint.next({ kind: 'reset', applied: false })
  page.log.trackMessage(said('one'))
  await page.advance(20_000)
  const kept = page.endpoint.requests[0]
  page.log.trackMessage(said('two'))
  await page.advance(60_000)
  if (kept) page.endpoint.receive(kept, () => {})
  await page.advance(60_000)
  return page
}

test('what a service worker sends again has not the last word, once the conversation is over', async () => {
  const page = await replayed()
  expect(page.endpoint.contents()).toEqual([['one']])
  page.clock.jump(3_600_000)
  await page.tab.close()
  page.browser.openTab().start()
  await page.advance(60_000)

  expect(page.endpoint.contents()).toEqual([['one', 'two']])
  expect(page.database.rows().filter(({ kind }) => kind === 'message')).toEqual([])
})

test('the same where the conversation ends while its page is open', async () => {
  const page = await replayed()
  page.log.startConversation()
  await page.advance(2 * 3_600_000)

  expect(page.endpoint.contents()).toEqual([['one', 'two']])
})

test.each([
  ['a request is answered', 'hosted', null],
  ['the collector merges', 'chatlog', { kind: 'reset', applied: false }],
] as const)('nothing is sent once more where %s', async (_, server, fault) => {
  const page = fakePage({ fetchLater: false, init: { server } })
  page.endpoint.next(fault)
  page.log.trackMessage(said('one'))
  await page.advance(60_000)
  const { length } = page.endpoint.requests
  page.log.startConversation()
  await page.advance(2 * 3_600_000)

  expect(page.endpoint.requests).toHaveLength(length)
  expect(page.database.rows().filter(({ kind }) => kind === 'message')).toEqual([])
})
