import { expect, test } from 'vitest'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { openFurtherProjects } from '../../src/collector/store/key-projects.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { collectorUnderTest, conversation, postRequest } from './collector-under-test.ts'

/** A key of `shop` that opens `docs` too, with a conversation in each. */
async function withProjects() {
  const collector = await collectorUnderTest({ routes: createLiveView().routes })
  const { fetch, store } = collector
  const ask = async (path: string, init: RequestInit = {}) => fetch(new Request(`http://collector.test${path}`, init))
  for (const projectId of ['shop', 'docs', 'secret']) {
    const { key } = await addKey(store, { type: 'web', projectId })
    await fetch(postRequest(conversation({ id: `of-${projectId}` }), { authorization: `Bearer ${key}` }))
  }
  const reader = await addKey(store, { type: 'api', projectId: 'shop', role: 'read' })
  await openFurtherProjects(store, reader.stored, ['docs', 'shop'])
  const post = (fields: Record<string, string>) =>
    ask('/sign-in', { method: 'POST', body: new URLSearchParams(fields) })
  const choices = async (answer: Response) =>
    Object.fromEntries(
      [...(await answer.text()).matchAll(/value="([^"]+)" dir="auto">([^<]+)</g)].map(([, ticket = '', name = '']) => [
        name,
        ticket,
      ]),
    )
  const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  const listed = async (cookie: string) => {
    const answer = await ask('/live-view/conversations', { headers: { cookie } })
    return answer.status === 200
      ? (await answer.json()).conversations.map(({ id }: { id: string }) => id)
      : answer.status
  }
  return { ...collector, ask, post, choices, cookieOf, listed, reader }
}

test('who signs in with a key of several projects chooses one, and sees that one alone', async () => {
  const { post, choices, cookieOf, listed, reader } = await withProjects()
  const asked = await post({ apiKey: reader.key })
  const tickets = await choices(asked)

  expect([asked.status, asked.headers.get('set-cookie')]).toEqual([200, null])
  expect(Object.keys(tickets)).toEqual(['shop', 'docs'])
  const cookie = cookieOf(await post({ ticket: tickets.docs ?? '' }))
  expect(await listed(cookie)).toEqual(['of-docs'])
  expect((await post({ ticket: tickets.docs ?? '' })).status).toBe(401)
})

test('another project is chosen later, and the earlier session ends', async () => {
  const { ask, post, choices, cookieOf, listed, reader, store } = await withProjects()
  const first = cookieOf(await post({ ticket: (await choices(await post({ apiKey: reader.key }))).docs ?? '' }))
  const tickets = await choices(await ask('/sign-in', { headers: { cookie: first } }))

  const body = new URLSearchParams({ ticket: tickets.shop ?? '' })
  const second = cookieOf(await ask('/sign-in', { method: 'POST', body, headers: { cookie: first } }))

  expect([await listed(second), await listed(first)]).toEqual([['of-shop'], 401])
  expect((await store.listAudit('docs', { limit: 9 })).entries.map(({ action }) => action)).toEqual(['sign_in'])
  expect((await store.listAudit('shop', { limit: 9 })).entries.map(({ action }) => action)).toEqual(['sign_in'])
})

test('a project that the key no longer opens is closed at once, and by the API the key reads its own alone', async () => {
  const { get, post, choices, cookieOf, listed, reader, store } = await withProjects()
  const cookie = cookieOf(await post({ ticket: (await choices(await post({ apiKey: reader.key }))).docs ?? '' }))
  const headers = { authorization: `Bearer ${reader.key}` }
  expect((await get('/conversations/of-docs', headers)).status).toBe(404)
  expect((await get('/conversations/of-shop', headers)).status).toBe(200)

  await openFurtherProjects(store, reader.stored, [])

  expect(await listed(cookie)).toBe(401)
})

test('a key of one project signs in without a choice', async () => {
  const { post, api } = await withProjects()

  expect((await post({ apiKey: api.key })).status).toBe(303)
})
