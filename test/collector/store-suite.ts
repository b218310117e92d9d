import { describe, expect, test } from 'vitest'
import { InvalidCursorError, MessageIdTakenError, type Store, type StoredKey } from '../../src/collector/store/store.ts'
import type { StoredConversation, StoredMessage } from '../../src/contract/answer.ts'
import { collectorUnderTest, contentsOf, message } from './collector-under-test.ts'
import { describeAudit } from './store-suite-audit.ts'
import { describeCounts } from './store-suite-counts.ts'
import { describeErasing } from './store-suite-erasing.ts'
import { describeFilters } from './store-suite-filters.ts'
import { describeReactions } from './store-suite-reactions.ts'
import { describeShared } from './store-suite-shared.ts'

/** A store under test. `reopen` closes it and opens the same data again, as a restart does. */
export type StoreUnderTest = {
  store: Store
  reopen(): Promise<Store>
  /** Takes the changes of a project into its tallies, as happens two seconds after a write. */
  fold(projectId: string): Promise<void>
}

/** What every store promises. `open` gives an empty one each time and cleans up after the test. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: conversations`, () => describeConversations(open))
  describe(`${name}: pages`, () => describePages(open))
  describe(`${name}: keys`, () => describeKeys(open))
  describe(`${name}: behind a collector`, () => describeBehindCollector(open))
  describe(`${name}: filters`, () => describeFilters(open))
  describe(`${name}: events and feedback`, () => describeReactions(open))
  describe(`${name}: counts`, () => describeCounts(open))
  describe(`${name}: audit log`, () => describeAudit(open))
  describe(`${name}: what collectors share`, () => describeShared(open))
  describe(`${name}: erasing`, () => describeErasing(open))
}

function describeConversations(open: () => Promise<StoreUnderTest>): void {
  test('what was stored is there after a restart, whole and in order', async () => {
    const { store, reopen } = await open()
    const stored = conversationOf('c1', ['b', 'a', 'c'], { properties: { text: '😀 "\\ \u2028', list: [1.5, null] } })
    await store.upsertConversation('p', 'c1', () => stored)

    const reopened = await reopen()

    expect(await reopened.findConversation('p', 'c1')).toEqual(stored)
  })

  test('the merge sees nothing at first and then what is stored, and its result is given back', async () => {
    const { store } = await open()
    const seen: (StoredConversation | null)[] = []
    const first = conversationOf('c1', ['a'])
    const second = conversationOf('c1', ['a', 'b'])
    for (const next of [first, second]) {
      const stored = await store.upsertConversation('p', 'c1', (before) => {
        seen.push(before)
        return next
      })
      expect(stored).toEqual(next)
    }

    expect(seen).toEqual([null, first])
  })

  test('a message may be put between others, and changed', async () => {
    const { store } = await open()
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['a', 'c']))

    await store.upsertConversation('p', 'c1', (before) => {
      const [first, last] = before?.messages ?? []
      if (!first || !last) throw new Error('not stored')
      return { ...conversationOf('c1', []), messages: [first, messageOf('c1', 'b'), { ...last, content: 'changed' }] }
    })

    const stored = await store.findConversation('p', 'c1')
    expect(stored?.messages.map(({ id, content }) => [id, content])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'changed'],
    ])
  })

  test('a merge that throws changes nothing, and its error arrives', async () => {
    const { store } = await open()
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['a']))
    const failure = new RangeError('no')

    await expect(
      store.upsertConversation('p', 'c1', () => {
        throw failure
      }),
    ).rejects.toBe(failure)

    expect(await store.findConversation('p', 'c1')).toEqual(conversationOf('c1', ['a']))
  })

  test('a message id of another conversation is refused and nothing is written; of another project it is free', async () => {
    const { store } = await open()
    await store.upsertConversation('p', 'c1', () => conversationOf('c1', ['a']))

    const refused = store.upsertConversation('p', 'c2', () => conversationOf('c2', ['b', 'a']))

    await expect(refused).rejects.toThrow(MessageIdTakenError)
    await expect(refused).rejects.toMatchObject({ messageId: 'a' })
    expect(await store.findConversation('p', 'c2')).toBeNull()
    await store.upsertConversation('q', 'c1', () => conversationOf('c1', ['a']))
    expect(await store.findConversation('q', 'c1')).toEqual(conversationOf('c1', ['a']))
  })

  test('writers of one conversation at the same time lose nothing of each other', async () => {
    const { store } = await open()
    const ids = Array.from({ length: 40 }, (_, index) => `m${index}`)

    await Promise.all(
      ids.map((id) =>
        store.upsertConversation('p', 'c1', (before) => ({
          ...conversationOf('c1', []),
          messages: [...(before?.messages ?? []), messageOf('c1', id)],
        })),
      ),
    )

    const stored = await store.findConversation('p', 'c1')
    expect(stored?.messages.map(({ id }) => id).sort()).toEqual([...ids].sort())
  })

  test('a conversation of 2 MB in thousands of messages is stored', async () => {
    const { store } = await open()
    const ids = Array.from({ length: 5_000 }, (_, index) => `m${index}`)
    const messages = ids.map((id) => ({ ...messageOf('c1', id), content: id.padEnd(200, '·') }))

    await store.upsertConversation('p', 'c1', () => ({ ...conversationOf('c1', []), messages }))

    expect((await store.findConversation('p', 'c1'))?.messages).toEqual(messages)
  })

  test('what isn’t stored is null', async () => {
    const { store } = await open()

    expect(await store.findConversation('p', 'none')).toBeNull()
    await store.ping()
  })
}

function describePages(open: () => Promise<StoreUnderTest>): void {
  async function openWith(...createdAt: string[]) {
    const { store } = await open()
    for (const [index, date] of createdAt.entries()) {
      const id = `c${index + 1}`
      await store.upsertConversation('p', id, () => conversationOf(id, [`${id}-m`], { createdAt: date }))
    }
    const page = async (limit: number, from: { cursor?: string | undefined; offset?: number } = {}) => {
      const { conversations, ...rest } = await store.listConversations('p', { limit, ...from })
      return { ids: conversations.map(({ id }) => id), conversations, ...rest }
    }
    return { store, page }
  }

  test('newest createdAt first, whatever its zone; of equal ones the one stored last', async () => {
    const { page } = await openWith('2026-01-01T12:00:00Z', '2026-01-01T12:30:00+02:00', '2026-01-01T12:00:00.000Z')

    const { ids, total, nextCursor, conversations } = await page(10)

    expect(ids).toEqual(['c3', 'c1', 'c2'])
    expect({ total, nextCursor }).toEqual({ total: 3, nextCursor: null })
    expect(conversations[0]?.messages.map(({ id }) => id)).toEqual(['c3-m'])
  })

  test('cursors lead through all of them, once each', async () => {
    const date = '2026-01-01T12:00:00Z'
    const { page } = await openWith(date, date, '1969-07-20T20:17:00Z', date, date)
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const next = await page(2, { cursor })
      ids.push(...next.ids)
      cursor = next.nextCursor ?? undefined
    } while (cursor)

    expect(ids).toEqual(['c5', 'c4', 'c2', 'c1', 'c3'])
  })

  test.each([undefined, 'm'])('what was last active stands first, by pages, also of a search (%s)', async (text) => {
    const { store } = await open()
    const put = (id: string, updatedAt: string) =>
      store.upsertConversation('p', id, () => conversationOf(id, [`${id}-m`], { updatedAt }))
    await put('c1', '2026-01-01T12:00:00Z')
    await put('c2', '2026-01-01T13:00:00Z')
    await put('c3', '2026-01-01T12:00:00+02:00')
    await put('c1', '2026-01-02T12:00:00Z')
    const page = async (cursor?: string) => {
      const filter = text === undefined ? {} : { text: 'c1-m' }
      return store.listConversations('p', { limit: text ? 1 : 2, order: 'active', cursor, filter })
    }

    const first = await page()
    if (text !== undefined) return expect(first.conversations.map(({ id }) => id)).toEqual(['c1'])
    const second = await page(first.nextCursor ?? undefined)
    const ids = [first, second].map(({ conversations }) => conversations.map(({ id }) => id))
    expect(ids).toEqual([['c1', 'c2'], ['c3']])
  })

  test('an offset skips from the newest', async () => {
    const { page } = await openWith('2026-01-01T12:00:00Z', '2026-01-02T12:00:00Z', '2026-01-03T12:00:00Z')

    expect((await page(1, { offset: 1 })).ids).toEqual(['c2'])
  })

  test('a project sees its own only', async () => {
    const { store, page } = await openWith('2026-01-01T12:00:00Z')
    await store.upsertConversation('q', 'x', () => conversationOf('x', ['x']))

    expect(await page(10)).toMatchObject({ ids: ['c1'], total: 1 })
  })

  test.each(['', 'x', 'MQ', '____'])('%j is no cursor', async (cursor) => {
    const { store } = await openWith()

    await expect(store.listConversations('p', { limit: 1, cursor })).rejects.toThrow(InvalidCursorError)
  })
}

function describeKeys(open: () => Promise<StoreUnderTest>): void {
  const key = (id: string, fields: Partial<StoredKey> = {}): StoredKey => ({
    id,
    projectId: 'p',
    type: 'web',
    hash: 'f'.repeat(64),
    origins: ['https://a.example', 'https://b.example'],
    createdAt: '2026-01-01T12:00:00.000Z',
    revokedAt: null,
    ...fields,
  })

  test('are found by id alone and listed by project, oldest first', async () => {
    const { store } = await open()
    const [late, early] = [
      key('k1', { createdAt: '2026-01-02T12:00:00.000Z' }),
      key('k2', { type: 'api', origins: [] }),
    ]
    for (const added of [late, early, key('k3', { projectId: 'q' })]) await store.addKey(added)

    expect(await store.findKey('k2')).toEqual(early)
    expect(await store.findKey('none')).toBeNull()
    expect(await store.listKeys('p')).toEqual([early, late])
  })

  test('are revoked once, by their own project only, and stay listed', async () => {
    const { store } = await open()
    await store.addKey(key('k1'))
    const date = '2026-01-03T12:00:00.000Z'

    expect(await store.revokeKey('q', 'k1', date)).toBe(false)
    expect(await store.revokeKey('p', 'k1', date)).toBe(true)
    expect(await store.revokeKey('p', 'k1', '2026-01-04T12:00:00.000Z')).toBe(false)
    expect(await store.listKeys('p')).toEqual([key('k1', { revokedAt: date })])
  })

  test('keep their role, name and expiry, and when they were last used', async () => {
    const { store } = await open()
    const named = key('k1', { type: 'api', role: 'read', name: 'Ida’s', expiresAt: '2027-01-01T00:00:00.000Z' })
    await store.addKey(named)
    expect(await store.findKey('k1')).toEqual(named)

    await store.touchKey('k1', '2026-01-05T12:00:00.000Z')

    expect(await store.findKey('k1')).toEqual({ ...named, lastUsedAt: '2026-01-05T12:00:00.000Z' })
  })

  test('of an id that exists are refused', async () => {
    const { store } = await open()
    await store.addKey(key('k1'))

    await expect(store.addKey(key('k1', { projectId: 'q' }))).rejects.toThrow()
  })
}

function describeBehindCollector(open: () => Promise<StoreUnderTest>): void {
  async function collector() {
    const { store } = await open()
    return collectorUnderTest({ store })
  }

  test('NUL and lone surrogates are stored as U+FFFD wherever they stand, and everything else unharmed', async () => {
    const { store200, get } = await collector()
    const text = 'a\u0000b\uD800c\uDC00 😀 \u2028 \\u0000 \u{10FFFF}'
    const stored = 'a\uFFFDb\uFFFDc\uFFFD 😀 \u2028 \\u0000 \u{10FFFF}'
    const fields = (value: string) => ({ id: `c ${value}`, tags: [value], properties: { [value]: [value] } })

    await store200({ type: 'openai', ...fields(text), messages: [{ ...message(text), externalId: text }] })

    const read = await (await get(`/conversations/${encodeURIComponent(`c ${stored}`)}`)).json()
    expect(read).toMatchObject(fields(stored))
    expect(read.messages).toMatchObject([{ id: stored, content: stored, externalId: stored }])
  })

  test('an older update or a shorter transcript that arrives late undoes nothing', async () => {
    const { store200 } = await collector()
    const grown = [message('m1', 1), message('m2', 2, { content: 'whole answer', updatedAt: later })]
    await store200({ type: 'openai', id: 'c1', tags: ['new'], updatedAt: later, messages: grown })

    await store200({ type: 'openai', id: 'c1', tags: ['old'], updatedAt: earlier, messages: [message('m1', 1)] })
    const half = message('m2', 2, { content: 'whole', updatedAt: earlier })
    const { messages, tags } = await store200({ type: 'openai', id: 'c1', updatedAt: earlier, messages: [half] })

    expect(contentsOf({ messages })).toEqual(['m1', 'whole answer'])
    expect(tags).toEqual(['new'])
  })

  test('sent again, it changes nothing: no date moves', async () => {
    const { store200, advance } = await collector()
    const properties = { zebra: 1, a: { b: [1.5, 1e21, -0.25], 'a longer name': null } }
    const body = { type: 'openai', id: 'c1', updatedAt: later, messages: [message('m1', 1, { properties })] }
    const first = await store200(body)
    advance(60_000)

    expect(await store200(body)).toEqual(first)
  })
}

const earlier = '2026-11-22T11:00:02.000Z'
const later = '2026-11-22T11:30:00.000Z'

/** A stored conversation of messages that say their own ids. */
export function conversationOf(
  id: string,
  messageIds: string[],
  fields: Partial<StoredConversation> = {},
): StoredConversation {
  return {
    id,
    type: 'openai',
    externalId: null,
    externalUrl: null,
    supportTicketConversationId: null,
    createdAt: '2026-01-01T12:00:00.000Z',
    updatedAt: '2026-01-01T12:00:00.000Z',
    projectId: 'p',
    integrationId: null,
    visibility: null,
    messages: messageIds.map((messageId) => messageOf(id, messageId)),
    ...fields,
  }
}

/** A stored message that says its own id. */
export function messageOf(conversationId: string, id: string): StoredMessage {
  return {
    id,
    type: 'openai',
    externalId: null,
    externalUrl: null,
    conversationId,
    createdAt: '2026-01-01T12:00:00.000Z',
    updatedAt: '2026-01-01T12:00:00.000Z',
    role: 'user',
    content: id,
  }
}
