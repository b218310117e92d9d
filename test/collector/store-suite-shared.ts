import { expect, test } from 'vitest'
import type { StoreUnderTest } from './store-suite.ts'

const session = (hash: string, fields = {}) => ({ projectId: 'p', hash, keyId: 'k1', expiresMs: 9e15, ...fields })

/** What collectors on one database share: sign-ins, and what keys have sent. */
export function describeShared(open: () => Promise<StoreUnderTest>): void {
  test('a sign-in is found by its hash in its own project, also after a restart', async () => {
    const { store, reopen } = await open()
    await store.addSession(session('h1'))

    const reopened = await reopen()

    expect(await reopened.findSession('p', 'h1')).toEqual(session('h1'))
    expect(await reopened.findSession('q', 'h1')).toBeNull()
    expect(await reopened.findSession('p', 'h2')).toBeNull()
  })

  test.each([
    [{ hash: 'h1' }, ['h2', 'old', 'other']],
    [{ keyId: 'k1' }, ['other']],
    [{ expiredMs: 10 }, ['h1', 'h2', 'other']],
  ])('of sign-ins %j ends, and %j stay', async (which, left) => {
    const { store } = await open()
    const all = [session('h1'), session('h2'), session('old', { expiresMs: 10 }), session('other', { keyId: 'k2' })]
    for (const one of all) await store.addSession(one)
    await store.addSession(session('h1', { projectId: 'q' }))

    await store.deleteSessions('p', which)

    const found = await Promise.all(all.map(async ({ hash }) => ((await store.findSession('p', hash)) ? [hash] : [])))
    expect(found.flat()).toEqual(left)
    expect(await store.findSession('q', 'h1')).not.toBeNull()
  })

  test('what a key has sent adds up over a day, whoever says so, and begins anew with the next', async () => {
    const { store, reopen } = await open()
    const sent = { keyId: 'k1', day: 20_000, requests: 2, bytes: 5_000_000_000, conversations: 1 }
    await Promise.all(Array.from({ length: 8 }, () => store.addUsage('p', sent)))
    await store.addUsage('p', { ...sent, keyId: 'k2' })

    const sum = await (await reopen()).addUsage('p', sent)

    expect(sum).toEqual({ requests: 18, bytes: 45_000_000_000, conversations: 9 })
  })
}
