import { expect, test } from 'vitest'
import { openFurtherProjects, projectsOpenedBy } from '../../src/collector/store/key-projects.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { type AuditEntry, InvalidCursorError } from '../../src/collector/store/store.ts'
import { conversationOf, type StoreUnderTest } from './store-suite.ts'

const entry = (atMs: number, fields: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ atMs, action: 'read', keyId: 'k1', address: null, subject: 'c1' },
  ...fields,
})

/** The audit log and the settings. */
export function describeAudit(open: () => Promise<StoreUnderTest>): void {
  test('what was done is listed by its project, newest first, page by page, also after a restart', async () => {
    const { store, reopen } = await open()
    const refused = entry(3, { action: 'sign_in_refused', keyId: null, address: '203.0.113.7', subject: '' })
    for (const one of [entry(1), entry(2, { subject: '"\u0001 \u{1F600}' }), refused]) await store.addAudit('p', one)
    await store.addAudit('q', entry(4))

    const reopened = await reopen()

    const first = await reopened.listAudit('p', { limit: 2 })
    expect(first.entries).toEqual([refused, entry(2, { subject: '"\u0001 \u{1F600}' })])
    const next = await reopened.listAudit('p', { limit: 2, cursor: first.nextCursor ?? undefined })
    expect(next).toEqual({ entries: [entry(1)], nextCursor: null })
    await expect(reopened.listAudit('p', { limit: 1, cursor: 'x' })).rejects.toThrow(InvalidCursorError)
  })

  test('erasing takes nothing out of it', async () => {
    const { store } = await open()
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['m1'], { userProperties: { id: 'v' } }), 1)
    await store.addAudit('p', entry(1))

    await store.deleteConversation('p', 'c1')
    await store.forgetVisitor('p', 'v')
    await store.deleteStoredBefore('p', 9e15, 10)

    expect((await store.listAudit('p', { limit: 10 })).entries).toHaveLength(1)
  })

  test('a setting is the project’s own, and the last one put', async () => {
    const { store } = await open()

    await store.putSetting('p', 'words', '["one"]')
    await store.putSetting('p', 'words', '["two"]')

    expect(await store.findSetting('p', 'words')).toBe('["two"]')
    expect(await store.findSetting('q', 'words')).toBeNull()
    expect(await store.findSetting('p', 'other')).toBeNull()
  })

  test('a key opens its own project and the further ones that were said last, also after a restart', async () => {
    const { store, reopen } = await open()
    const { stored } = await addKey(store, { type: 'api', projectId: 'p' })
    const other = await addKey(store, { type: 'api', projectId: 'p' })
    await openFurtherProjects(store, stored, ['q'])
    await openFurtherProjects(store, stored, ['r', 'Müller & Söhne', 'p', 'r'])

    const reopened = await reopen()

    expect(await projectsOpenedBy(reopened, stored)).toEqual(['p', 'r', 'Müller & Söhne'])
    expect(await projectsOpenedBy(reopened, other.stored)).toEqual(['p'])
  })
}
