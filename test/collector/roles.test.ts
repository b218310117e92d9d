import { expect, test } from 'vitest'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { collectorUnderTest, conversation, postRequest } from './collector-under-test.ts'

/** A collector with a live view and a conversation, and a key of each role. */
async function withRoles() {
  const { routes } = createLiveView()
  const collector = await collectorUnderTest({ routes })
  await collector.store200(conversation({ id: 'c1', userProperties: { id: 'v1' } }))
  const ask = async (path: string, init: RequestInit = {}, address?: string) =>
    collector.fetch(new Request(`http://collector.test${path}`, init), undefined, address)
  const statuses = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` }
    const post = collector.fetch(postRequest(conversation({ id: 'c2' }), headers))
    const answers = [
      await ask('/conversations/c1', { headers }),
      await post,
      await ask('/visitors/nobody', { method: 'DELETE', headers }),
    ]
    return answers.map(({ status }) => status)
  }
  const signIn = async (apiKey: string, address?: string) => {
    const answer = await ask('/sign-in', { method: 'POST', body: new URLSearchParams({ apiKey }) }, address)
    return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  const actions = async () =>
    (await collector.store.listAudit('default', { limit: 100 })).entries.map(({ action, subject }) => [action, subject])
  return { ...collector, ask, statuses, signIn, actions }
}

test('a role may what those before it may, a key without one what API keys could before, and no role manages what isn’t its own', async () => {
  const { store, statuses, api, web } = await withRoles()
  const roles = ['read', 'write', 'erase', 'admin'] as const
  const keys = await Promise.all(roles.map((role) => addKey(store, { type: 'api', role })))

  expect(await Promise.all(keys.map(({ key }) => statuses(key)))).toEqual([
    [200, 403, 403],
    [200, 200, 403],
    [200, 200, 200],
    [200, 200, 200],
  ])
  expect(await statuses(api.key)).toEqual([200, 200, 200])
  expect(await statuses(web.key)).toEqual([403, 200, 403])
})

test('a key is refused from its expiry on, its sessions too, and the reason is said', async () => {
  const { store, statuses, signIn, ask, get, advance } = await withRoles()
  const { key } = await addKey(store, { type: 'api', expiresAt: '2026-11-22T13:00:00.000Z' })
  const cookie = await signIn(key)
  expect((await ask('/live-view/conversations', { headers: { cookie } })).status).toBe(200)

  advance(3_600_000)

  expect(await statuses(key)).toEqual([403, 403, 403])
  expect(await (await get('/conversations/c1', { authorization: `Bearer ${key}` })).text()).toContain(
    'expired at 2026-11-22',
  )
})

test('when a key was last used is kept, within a minute', async () => {
  const { store, get, api, advance } = await withRoles()
  const lastUsed = async () => (await store.findKey(api.stored.id))?.lastUsedAt
  expect(await lastUsed()).toBe('2026-11-22T12:00:00.000Z')

  advance(59_999)
  await get('/conversations/c1')
  expect(await lastUsed()).toBe('2026-11-22T12:00:00.000Z')
  advance(1)
  await get('/conversations/c1')
  expect(await lastUsed()).toBe('2026-11-22T12:01:00.000Z')
})

test('who read, exported, erased and signed in stands in the log, from where, and never whom an erasing was for', async () => {
  const { store, api, ask, get, signIn, actions } = await withRoles()
  const cookie = await signIn(api.key, '203.0.113.7')
  await (await ask('/live-view/conversations/c1', { headers: { cookie } }, '203.0.113.7')).text()
  await (await ask('/live-view/export.csv?tag=t', { headers: { cookie } })).text()
  await get('/conversations/c1')
  const headers = { authorization: `Bearer ${api.key}` }
  await ask('/visitors/v1', { method: 'DELETE', headers })
  await ask('/conversations/c1', { method: 'DELETE', headers })
  await ask('/sign-out', { method: 'POST', headers: { cookie } })
  await store.revokeKey('default', api.stored.id, '2026-11-22T12:00:00Z')
  await signIn(api.key)

  expect(await actions()).toEqual([
    ['sign_in_refused', ''],
    ['sign_out', ''],
    ['erase_conversation', 'c1'],
    ['erase_visitor', expect.stringMatching(/^sha256:[0-9a-f]{16}$/)],
    ['read', 'c1'],
    ['export', 'csv tag=t'],
    ['read', 'c1'],
    ['sign_in', ''],
  ])
  const { entries } = await store.listAudit('default', { limit: 100 })
  expect(entries.at(-1)).toMatchObject({
    keyId: api.stored.id,
    address: '203.0.113.7',
    atMs: Date.parse('2026-11-22T12:00:00Z'),
  })
})

test('the audit log is exported to an admin, and to nobody else', async () => {
  const { store, signIn, ask, api } = await withRoles()
  const admin = await addKey(store, { type: 'api', role: 'admin' })

  const refused = await ask('/live-view/audit.ndjson', { headers: { cookie: await signIn(api.key) } })
  const answer = await ask('/live-view/audit.ndjson', { headers: { cookie: await signIn(admin.key) } })

  expect(refused.status).toBe(403)
  expect((await ask('/live-view/audit.ndjson')).status).toBe(401)
  const lines = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines[0]).toEqual({
    at: '2026-11-22T12:00:00.000Z',
    action: 'sign_in',
    keyId: admin.stored.id,
    address: null,
    subject: '',
  })
})

test('what can’t be noted isn’t done', async () => {
  const { store, api, ask } = await withRoles()
  store.addAudit = () => Promise.reject(new Error('full'))

  const answer = await ask('/conversations/c1', { method: 'DELETE', headers: { authorization: `Bearer ${api.key}` } })

  expect(answer.status).toBe(500)
  expect(await store.findConversation('default', 'c1')).not.toBeNull()
})
