import { expect, test, vi } from 'vitest'
import { fakePage } from './fakes/fake-platform.ts'

/** Another tab, as quick as this one, writes its own id over this one's. */
const overwriteCookie = ({ tab, cookies }: ReturnType<typeof fakePage>) => {
  const cookie = cookies.kept().find(({ name }) => name === 'chatlog_visitor')
  tab.platform.cookies.set('chatlog_visitor', 'the-other-tabs-id', cookie?.attributes ?? {})
}

test('two tabs of a first visit agree on one visitor, also when one has sent before it could see the other', async () => {
  const page = fakePage()
  page.log.trackMessage({ role: 'user', content: 'Hello' })
  void page.log.flush()
  await page.advance(500)
  expect(page.endpoint.conversations()).toHaveLength(1)

  overwriteCookie(page)
  await page.advance(10_000)

  expect(page.endpoint.conversations()[0]?.userProperties).toMatchObject({ id: 'the-other-tabs-id' })
})

test.each([1, 2])('also when the other tab’s id is there at this tab’s look number %i at the cookie', async (look) => {
  const page = fakePage()
  const { cookies } = page.tab.platform
  const { get } = cookies
  let looks = 0
  vi.spyOn(cookies, 'get').mockImplementation((name) => {
    if (name === 'chatlog_visitor' && get(name) && ++looks === look) overwriteCookie(page)
    return get(name)
  })

  page.log.trackMessage({ role: 'user', content: 'Hello' })
  await page.advance(10_000)

  expect(looks).toBeGreaterThanOrEqual(look)
  const [conversation] = page.endpoint.conversations()
  expect(conversation?.userProperties).toMatchObject({ id: 'the-other-tabs-id' })
  expect(conversation?.properties).toMatchObject({ chatlog: { visitorId: 'the-other-tabs-id' } })
})

test('a stopped instance looks for no other tab any more', async () => {
  const page = fakePage()
  page.log.trackMessage({ role: 'user', content: 'Hello' })
  await page.advance(500)

  page.log.stop()
  overwriteCookie(page)
  const [requests, writes] = [page.endpoint.requests.length, page.database.writes()]
  await page.advance(10_000)

  expect([page.endpoint.requests.length, page.database.writes()]).toEqual([requests, writes])
})
