import { expect, test } from 'vitest'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import type { KeyRole } from '../../src/collector/store/store.ts'
import { collectorUnderTest, conversation } from './collector-under-test.ts'

/** A collector with a live view, and a visitor who said something before and after signing in to the site. */
async function withVisitor() {
  const { routes } = createLiveView()
  const collector = await collectorUnderTest({ routes })
  const of = (id: string, userProperties: object, visitorId?: string) =>
    collector.store200(conversation({ id, userProperties, properties: { chatlog: visitorId ? { visitorId } : {} } }))
  await of('c1', { id: 'cookie-1', identificationType: 'COOKIED' })
  await of('c2', { id: 'u7', identificationType: 'ID_PROVIDED' }, 'cookie-1')
  await of('c3', { id: 'else', identificationType: 'COOKIED' })

  async function signedIn(role: KeyRole) {
    const { key } = await addKey(collector.store, { type: 'api', role })
    const form = { method: 'POST', body: new URLSearchParams({ apiKey: key }) }
    const answer = await collector.fetch(new Request('http://collector.test/sign-in', form))
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    return async (path: string, init: RequestInit = {}) =>
      collector.fetch(
        new Request(`http://collector.test/live-view/${path}`, { ...init, headers: { cookie, ...init.headers } }),
      )
  }

  return {
    ...collector,
    signedIn,
    ids: async () =>
      (await collector.store.listConversations('default', { limit: 9 })).conversations.map(({ id }) => id).sort(),
    audit: async () =>
      (await collector.store.listAudit('default', { limit: 100 })).entries.map(({ action, subject }) => [
        action,
        subject,
      ]),
  }
}

const json = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }

test('a visitor’s page knows all ids and what each is, first and last seen, and every conversation', async () => {
  const { signedIn, audit } = await withVisitor()
  const ask = await signedIn('read')

  const page = await (await ask('visitors/u7')).json()

  expect(page).toMatchObject({
    ids: [
      { id: 'u7', conversations: 1, identificationType: 'ID_PROVIDED' },
      { id: 'cookie-1', conversations: 2, identificationType: 'COOKIED' },
    ],
    firstSeen: expect.stringMatching(/^2026-/),
    lastSeen: expect.stringMatching(/^2026-/),
    total: 2,
    nextCursor: null,
    mayErase: false,
  })
  expect(page.conversations.map(({ id }: { id: string }) => id).sort()).toEqual(['c1', 'c2'])
  expect((await ask('visitors/nobody')).status).toBe(404)
  // Whoever was looked at is not for the log, which outlives them.
  expect(await audit()).toContainEqual(['read', expect.stringMatching(/^visitor sha256:/)])
})

test('a dry run tells and changes nothing; erasing does what it told, and stands in the log', async () => {
  const { signedIn, ids, audit } = await withVisitor()
  const ask = await signedIn('erase')

  const dryRun = await (await ask('conversations/c3/erase')).json()
  expect(dryRun).toEqual({ conversations: 1, messages: 1, events: 0, feedback: 0, clicks: 0, alsoKnownAs: [] })
  expect(await (await ask('visitors/cookie-1/erase')).json()).toMatchObject({ conversations: 2, alsoKnownAs: ['u7'] })
  expect(await ids()).toEqual(['c1', 'c2', 'c3'])

  expect(await (await ask('conversations/c3/erase', json)).json()).toEqual(dryRun)
  expect(await ids()).toEqual(['c1', 'c2'])
  expect((await ask('visitors/cookie-1/erase', json)).status).toBe(200)
  expect(await ids()).toEqual([])
  expect(await audit()).toEqual(
    expect.arrayContaining([
      ['erase_conversation', 'c3'],
      ['erase_visitor', expect.stringMatching(/^sha256:/)],
    ]),
  )
  for (const path of ['conversations/c3/erase', 'visitors/cookie-1/erase']) {
    expect((await ask(path)).status).toBe(404)
    expect((await ask(path, json)).status).toBe(404)
  }
})

test('erasing takes a key of the role erase, and a post that no other site’s form can make', async () => {
  const { signedIn, ids, fetch } = await withVisitor()
  const form = { method: 'POST', body: new URLSearchParams({ a: 'b' }) }
  for (const path of ['conversations/c1/erase', 'visitors/cookie-1/erase']) {
    for (const role of ['read', 'write'] as const) {
      const ask = await signedIn(role)
      expect((await ask(path)).status).toBe(403)
      expect((await ask(path, json)).status).toBe(403)
    }
    const admin = await signedIn('admin')
    expect((await admin(path)).status).toBe(200)
    expect((await admin(path, form)).status).toBe(400)
    expect((await fetch(new Request(`http://collector.test/live-view/${path}`, json))).status).toBe(401)
  }
  expect(await ids()).toEqual(['c1', 'c2', 'c3'])
})
