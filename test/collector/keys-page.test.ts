import { describe, expect, test } from 'vitest'
import type { AuditAnswer, KeysAnswer } from '../../src/collector/live-view/admin-routes.ts'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { addKey, verifyKey } from '../../src/collector/store/keys.ts'
import { collectorUnderTest } from './collector-under-test.ts'

const json = { 'content-type': 'application/json' }

/** A live view in which somebody is signed in with a key of each role. */
async function withAdmins() {
  const collector = await collectorUnderTest({ routes: createLiveView().routes })
  const { fetch, store } = collector
  const ask = async (path: string, init: RequestInit = {}) => fetch(new Request(`http://collector.test${path}`, init))
  const signIn = async (key: string, headers: Record<string, string> = {}) =>
    ask('/sign-in', { method: 'POST', headers, body: new URLSearchParams({ apiKey: key }) })
  const as = async (key: string) => {
    const cookie = (await signIn(key)).headers.get('set-cookie')?.split(';')[0] ?? ''
    return {
      get: (path: string) => ask(path, { headers: { cookie } }),
      post: (path: string, body: object = {}, headers: Record<string, string> = json) =>
        ask(path, { method: 'POST', headers: { cookie, ...headers }, body: JSON.stringify(body) }),
    }
  }
  const own = await addKey(store, { type: 'api', role: 'admin', name: 'the admin' })
  return { ...collector, ask, as, signIn, own, admin: await as(own.key) }
}

test('a key that an admin makes works at once, is shown once, and is listed without its hash', async () => {
  const { admin, store, own } = await withAdmins()
  const asked = {
    type: 'web',
    name: ' docs ',
    origins: ['https://Docs.example.com', ' ', 'https://*.example.com'],
    expiresAt: '2027-01-31T00:00:00.000Z',
  }

  const made = await admin.post('/live-view/keys', asked)
  const { key, id } = await made.json()

  expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store'])
  expect(await verifyKey(store, key)).toMatchObject({ kind: 'valid', key: { type: 'web', projectId: 'default' } })
  const text = await (await admin.get('/live-view/keys')).text()
  expect(text).not.toContain('hash')
  expect(text).not.toContain(key)
  const { keys }: KeysAnswer = JSON.parse(text)
  expect(keys.find((one) => one.id === id)).toMatchObject({
    ...{ name: 'docs', state: 'works', isOwn: false, expiresAt: '2027-01-31T00:00:00.000Z' },
    origins: ['https://docs.example.com', 'https://*.example.com'],
  })
  expect(keys.find(({ isOwn }) => isOwn)).toMatchObject({ id: own.stored.id, lastUsedAt: '2026-11-22T12:00:00.000Z' })
})

test('a key without a role only reads', async () => {
  const { admin, store } = await withAdmins()

  const { key } = await (await admin.post('/live-view/keys', { type: 'api' })).json()

  expect(await verifyKey(store, key)).toMatchObject({ key: { role: 'read' } })
})

test.each([
  [{ type: 'other' }, 'type'],
  [{ type: 'web', role: 'admin' }, 'A WEB key has no role'],
  [{ type: 'api', role: 'owner' }, 'role'],
  [{ type: 'web', origins: ['docs.example.com'] }, 'An origin must look like https://docs.example.com'],
  [{ type: 'web', origins: ['https://*.com'] }, 'must name a domain'],
  [{ type: 'api', expiresAt: '2020-01-01' }, 'The expiry must be a date to come'],
  [{ type: 'api', expiresAt: 'soon' }, 'The expiry must be a date to come'],
  [{ type: 'api', name: 'x'.repeat(201) }, 'name'],
])('no key is made of %j, and what is wrong is said', async (asked, words) => {
  const { admin, store } = await withAdmins()
  const before = (await store.listKeys('default')).length

  const refused = await admin.post('/live-view/keys', asked)

  expect(refused.status).toBe(422)
  expect((await refused.json()).detail).toContain(words)
  expect(await store.listKeys('default')).toHaveLength(before)
})

test('a revoked key is refused, and its sessions end; the own one and those of other projects stay', async () => {
  const { admin, as, ask, store, own } = await withAdmins()
  const reader = await addKey(store, { type: 'api', role: 'read' })
  const other = await addKey(store, { type: 'api', projectId: 'other' })
  const { get } = await as(reader.key)
  const revoke = async (id: string) => (await admin.post(`/live-view/keys/${id}/revoke`)).status

  expect(await revoke(reader.stored.id)).toBe(200)
  expect([await revoke(reader.stored.id), await revoke(other.stored.id), await revoke(own.stored.id)]).toEqual([
    404, 404, 422,
  ])

  expect((await get('/live-view/conversations')).status).toBe(401)
  const headers = { authorization: `Bearer ${reader.key}` }
  expect((await ask('/conversations', { headers })).status).toBe(403)
  expect((await verifyKey(store, own.key)).kind).toBe('valid')
  expect((await verifyKey(store, other.key)).kind).toBe('valid')
})

test('making and revoking stands in the audit log, which an admin reads page by page', async () => {
  const { admin, store, own } = await withAdmins()
  const { id } = await (await admin.post('/live-view/keys', { type: 'web' })).json()
  await admin.post(`/live-view/keys/${id}/revoke`)

  const first: AuditAnswer = await (await admin.get('/live-view/audit')).json()
  expect(first.entries.map(({ action, subject, keyId }) => [action, subject, keyId])).toEqual([
    ['revoke_key', id, own.stored.id],
    ['add_key', id, own.stored.id],
    ['sign_in', '', own.stored.id],
  ])
  for (let number = 0; number < 120; number++) {
    await store.addAudit('default', { atMs: number, action: 'read', keyId: null, address: null, subject: `c${number}` })
  }
  const page: AuditAnswer = await (await admin.get('/live-view/audit')).json()
  const next: AuditAnswer = await (await admin.get(`/live-view/audit?cursor=${page.nextCursor}`)).json()
  expect([page.entries.length, next.entries.length, next.nextCursor]).toEqual([100, 23, null])
})

test('keys and the audit log are for admins alone, whoever asks and however', async () => {
  const { as, ask, store } = await withAdmins()
  for (const role of [undefined, 'read', 'write', 'erase'] as const) {
    const { key, stored } = await addKey(store, { type: 'api', ...(role && { role }) })
    const { get, post } = await as(key)
    const answers = [
      await get('/live-view/keys'),
      await get('/live-view/audit'),
      await get('/live-view/audit.ndjson'),
      await post('/live-view/keys', { type: 'api', role: 'admin' }),
      await post(`/live-view/keys/${stored.id}/revoke`),
    ]
    expect([role, ...answers.map(({ status }) => status)]).toEqual([role, 403, 403, 403, 403, 403])
  }
  for (const path of ['keys', 'audit', 'audit.ndjson', 'refusals']) {
    expect([path, (await ask(`/live-view/${path}`)).status]).toEqual([path, 401])
  }
  expect((await store.listKeys('default')).filter(({ role }) => role === 'admin')).toHaveLength(1)
})

test('who only reads makes no WEB key either, and who writes does, with an entry in the log', async () => {
  const { as, store } = await withAdmins()
  const reader = await as((await addKey(store, { type: 'api', role: 'read' })).key)
  const writer = await as((await addKey(store, { type: 'api', role: 'write' })).key)

  expect((await reader.post('/live-view/web-keys')).status).toBe(403)
  expect((await writer.post('/live-view/web-keys')).status).toBe(201)
  expect((await store.listAudit('default', { limit: 1 })).entries).toMatchObject([{ action: 'add_key' }])
})

describe('a page of another site', () => {
  test('makes and revokes nothing with an admin’s session', async () => {
    const { admin, store, web } = await withAdmins()
    const elsewhere = { ...json, 'sec-fetch-site': 'cross-site' }
    const sibling = { ...json, origin: 'https://evil.collector.test' }

    const answers = [
      await admin.post('/live-view/keys', { type: 'api' }, { 'content-type': 'text/plain' }),
      await admin.post('/live-view/keys', { type: 'api' }, elsewhere),
      await admin.post('/live-view/keys', { type: 'api' }, sibling),
      await admin.post(`/live-view/keys/${web.stored.id}/revoke`, {}, elsewhere),
    ]

    expect(answers.map(({ status }) => status)).toEqual([400, 403, 403, 403])
    expect(await store.listKeys('default')).toHaveLength(3)
  })

  test('signs nobody in, unless the key names it; the own page does, behind a proxy too', async () => {
    const { signIn, own, store } = await withAdmins()
    const named = await addKey(store, { type: 'api', origins: ['https://portal.example'] })
    const asked: [string, Record<string, string>][] = [
      [own.key, { origin: 'https://evil.example' }],
      [own.key, { origin: 'null', 'sec-fetch-site': 'cross-site' }],
      [named.key, { origin: 'https://portal.example', 'sec-fetch-site': 'cross-site' }],
      [own.key, { origin: 'null', 'sec-fetch-site': 'same-origin' }],
      [own.key, { origin: 'null' }],
      [own.key, { origin: 'http://collector.test' }],
      [own.key, { origin: 'https://docs.example.com', 'x-forwarded-host': 'docs.example.com' }],
    ]

    const answers = await Promise.all(asked.map(([key, headers]) => signIn(key, headers)))

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 303, 303, 303, 303, 303])
  })
})
