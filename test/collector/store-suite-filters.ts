import { describe, expect, test } from 'vitest'
import { matchesFilter } from '../../src/collector/store/match-filter.ts'
import { keepNotFoundPhrases } from '../../src/collector/store/not-found.ts'
import type { ConversationFilter, Store } from '../../src/collector/store/store.ts'
import type { StoredConversation } from '../../src/contract/answer.ts'
import { conversationOf, messageOf, type StoreUnderTest } from './store-suite.ts'

const click = (url: string) => ({ url, label: null, clickedAt: null })

/** Conversations on 1, 2, … January, so that the newest is the last. */
async function storeOf(open: () => Promise<StoreUnderTest>, ...fields: Partial<StoredConversation>[]) {
  const { store } = await open()
  for (const [index, more] of fields.entries()) await put(store, index + 1, more)
  return store
}

const put = (store: Store, number: number, fields: Partial<StoredConversation>, projectId = 'p') =>
  store.upsertConversation(projectId, `c${number}`, () =>
    conversationOf(`c${number}`, [`c${number}-m`], { createdAt: `2026-01-0${number}T12:00:00Z`, ...fields }),
  )

async function found(store: Store, filter: ConversationFilter, limit = 10) {
  const { conversations, total } = await store.listConversations('p', { limit, filter })
  if (filter.text === undefined) expect(total).toBe(conversations.length)
  return conversations.map(({ id }) => id)
}

/** What a list of conversations is narrowed by. */
export function describeFilters(open: () => Promise<StoreUnderTest>): void {
  test('a visitor is found by the site’s id, by the one in the cookie, and on a message', async () => {
    const store = await storeOf(
      open,
      {
        userProperties: { id: 7, identificationType: 'ID_PROVIDED' },
        properties: { chatlog: { visitorId: 'cookie' } },
      },
      { userProperties: { id: 'cookie', identificationType: 'COOKIED' } },
      { messages: [{ ...messageOf('c3', 'm'), userProperties: { userId: 'agent' } }] },
      { userProperties: { id: 'cookie2' } },
    )

    expect(await found(store, { visitor: '7' })).toEqual(['c1'])
    expect(await found(store, { visitor: 'cookie' })).toEqual(['c2', 'c1'])
    expect(await found(store, { visitor: 'agent' })).toEqual(['c3'])
    expect(await found(store, { visitor: 'nobody' })).toEqual([])
  })

  test('how an answer ended, and whether a link was clicked, alone and together', async () => {
    const ended = (id: string, status: string) => ({
      ...messageOf(id, `${id}-a`),
      role: 'assistant',
      properties: { chatlog: { status } },
    })
    const clicked = { chatlog: { linkClicks: [click('https://a.example/')] } }
    const store = await storeOf(
      open,
      { messages: [messageOf('c1', 'c1-q'), ended('c1', 'error'), messageOf('c1', 'c1-q2')] },
      { messages: [messageOf('c2', 'c2-q'), ended('c2', 'aborted')], properties: clicked },
      { messages: [messageOf('c3', 'c3-q'), ended('c3', 'error')], properties: clicked },
    )

    expect(await found(store, { answer: 'error' })).toEqual(['c3', 'c1'])
    expect(await found(store, { answer: 'none' })).toEqual(['c1'])
    expect(await found(store, { hasClicks: true })).toEqual(['c3', 'c2'])
    expect(await found(store, { answer: 'error', hasClicks: true })).toEqual(['c3'])
    for (const id of ['c1', 'c2', 'c3']) {
      const conversation = (await store.findConversation('p', id)) as StoredConversation
      const matches = (filter: ConversationFilter) => matchesFilter(conversation, filter, store, 'p')
      expect(await matches({ answer: 'error', hasClicks: true })).toBe(id === 'c3')
    }
  })

  describe('questions without a good answer', () => {
    const said = (id: string, role: string, content: string, chatlog = {}) => ({
      ...messageOf(id, `${id}-${content}`),
      role,
      content,
      properties: { chatlog },
    })
    const open5 = async () => {
      const store = await storeOf(
        open,
        { messages: [said('c1', 'user', 'Hello?'), said('c1', 'assistant', 'Hello.')] },
        {
          messages: [
            said('c2', 'user', 'How  much?'),
            said('c2', 'assistant', 'Ten.'),
            said('c2', 'user', 'HOW MUCH? '),
          ],
        },
        { messages: [said('c3', 'user', 'Where?'), said('c3', 'assistant', 'There.', { replaces: 'x' })] },
        { messages: [said('c4', 'user', 'Why?'), said('c4', 'assistant', 'Leider KÖNNTE\nich nichts finden.')] },
        {
          messages: [
            said('c5', 'user', 'Konnte ich nichts finden?'),
            said('c5', 'assistant', 'Finden konnte ich nichts'),
          ],
        },
        {
          messages: [said('c6', 'user', 'Who?'), said('c6', 'assistant', 'Me.', { feedback: { type: 'negative' } })],
          properties: { chatlog: { linkClicks: [click('https://a.example/')] } },
        },
      )
      await keepNotFoundPhrases(store, 'p', ['konnte ich nichts finden', '?!', 'could not*'])
      return store
    }

    test.each<[ConversationFilter, string[]]>([
      [{ isAskedAgain: true }, ['c3', 'c2']],
      [{ isNotFound: true }, ['c4']],
      [{ hasNoGoodAnswer: true }, ['c6', 'c4', 'c3', 'c2']],
      [{ hasNoGoodAnswer: true, hasClicks: false }, ['c4', 'c3', 'c2']],
      [{ hasClicks: false, minMessages: 3 }, ['c2']],
      [{ maxMessages: 2, feedback: 'none' }, ['c5', 'c4', 'c3', 'c1']],
      [{ feedback: 'any' }, ['c6']],
      [{ feedback: 'negative', hasClicks: true, minMessages: 2, maxMessages: 2 }, ['c6']],
      [{ isNotFound: true, isAskedAgain: true }, []],
    ])('%j finds %j, and so does what arrives', async (filter, expected) => {
      const store = await open5()

      expect(await found(store, filter)).toEqual(expected)
      const active = await store.listConversations('p', { limit: 9, filter, order: 'active' })
      expect(active.conversations.map(({ id }) => id).sort()).toEqual(expected.toSorted())
      const searched = await store.listConversations('p', { limit: 9, filter: { ...filter, text: 'finden' } })
      expect(searched.conversations.map(({ id }) => id)).toEqual(expected.filter((id) => ['c5', 'c4'].includes(id)))
      const turns = await store.countFacet('p', { kind: 'turns', filter, limit: 9 })
      expect(turns.reduce((sum, { conversations }) => sum + conversations, 0)).toBe(expected.length)
      for (const id of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6']) {
        const conversation = (await store.findConversation('p', id)) as StoredConversation
        expect([id, await matchesFilter(conversation, filter, store, 'p')]).toEqual([id, expected.includes(id)])
      }
    })

    test('other phrases find others, from then on, and none without phrases', async () => {
      const store = await open5()
      await keepNotFoundPhrases(store, 'p', ['There'])
      expect(await found(store, { isNotFound: true })).toEqual(['c3'])
      await keepNotFoundPhrases(store, 'p', [])
      expect(await found(store, { isNotFound: true })).toEqual([])
    })

    test('a question that changes is no longer asked again', async () => {
      const store = await open5()
      await put(store, 2, { messages: [said('c2', 'user', 'How  much?'), said('c2', 'assistant', 'Ten.')] })
      await store.upsertConversation('p', 'c2', (before) => ({
        ...(before as StoredConversation),
        messages: (before?.messages ?? []).map((one) =>
          one.content === 'HOW MUCH? ' ? { ...one, content: 'When?' } : one,
        ),
      }))

      expect(await found(store, { isAskedAgain: true })).toEqual(['c3'])
    })
  })

  test('counts obey the text of a filter', async () => {
    const says = (content: string) => ({ messages: [{ ...messageOf('c', content), content }] })
    const store = await storeOf(open, says('needle one'), says('hay'), says('needle two'))
    const filter = { text: 'NEEDLE' }

    expect((await store.countConversationsByDay('p', filter)).map(({ count }) => count)).toEqual([1, 1])
    expect(await store.countBySteps('p', filter, 'hour')).toHaveLength(2)
    expect(await store.countFacet('p', { kind: 'turns', filter, limit: 9 })).toMatchObject([{ conversations: 2 }])
    expect(await store.countFacet('p', { kind: 'turns', filter: { text: '?!' }, limit: 9 })).toEqual([])
  })

  test('a time has its first moment and not its last', async () => {
    const store = await storeOf(open, {}, {}, {})
    const noon = (day: number) => Date.parse(`2026-01-0${day}T12:00:00Z`)

    expect(await found(store, { fromMs: noon(2) })).toEqual(['c3', 'c2'])
    expect(await found(store, { toMs: noon(2) })).toEqual(['c1'])
    expect(await found(store, { fromMs: noon(1), toMs: noon(3) })).toEqual(['c2', 'c1'])
  })

  test('a tag is meant whole, a page and a clicked link by their beginnings', async () => {
    const chatlog = (url: string, clicked: string) => ({ chatlog: { page: { url }, linkClicks: [click(clicked)] } })
    const store = await storeOf(
      open,
      { tags: ['docs', 'beta'], properties: chatlog('https://a.example/guide', 'https://b.example/?q=%25_x') },
      { tags: ['docs2'], properties: chatlog('https://a.example/pricing', 'https://b.example/😀') },
    )

    expect(await found(store, { tag: 'docs' })).toEqual(['c1'])
    expect(await found(store, { page: 'https://a.example/' })).toEqual(['c2', 'c1'])
    expect(await found(store, { page: 'https://a.example/g' })).toEqual(['c1'])
    expect(await found(store, { clicked: 'https://b.example/?q=%25_' })).toEqual(['c1'])
    expect(await found(store, { clicked: 'https://b.example/' })).toEqual(['c2', 'c1'])
    expect(await found(store, { tag: 'docs', page: 'https://a.example/p' })).toEqual([])
  })

  test('what a conversation no longer has no longer finds it', async () => {
    const store = await storeOf(open, { tags: ['old'] })
    await put(store, 1, { tags: ['new'], createdAt: '2026-02-01T12:00:00Z' })

    expect(await found(store, { tag: 'old' })).toEqual([])
    expect(await found(store, { tag: 'new', fromMs: Date.parse('2026-02-01T00:00:00Z') })).toEqual(['c1'])
  })

  test('feedback finds its conversation, from within or by itself', async () => {
    const feedback = { properties: { chatlog: { feedback: { type: 'negative' } } } }
    const store = await storeOf(open, { messages: [{ ...messageOf('c1', 'm1'), ...feedback }] }, {}, {})
    const answer = { id: 'f', type: 'negative' as const, messageId: 'c2-m', createdAt: '2026-01-01T12:00:00Z' }
    await store.putFeedback('p', answer, 0)

    expect(await found(store, { feedback: 'negative' })).toEqual(['c2', 'c1'])
    expect(await found(store, { feedback: 'positive' })).toEqual([])
  })

  test('feedback that comes by itself finds its conversation until it changes, moves or goes', async () => {
    const store = await storeOf(open, {}, {})
    const give = (type: 'positive' | 'negative', messageId: string) =>
      store.putFeedback('p', { id: 'f', type, messageId, createdAt: '2026-01-01T12:00:00Z' }, 0)
    await give('negative', 'c1-m')
    await give('positive', 'c1-m')
    expect(await found(store, { feedback: 'negative' })).toEqual([])
    await give('positive', 'c2-m')
    expect(await found(store, { feedback: 'positive' })).toEqual(['c2'])
    await give('positive', 'not stored yet')
    expect(await found(store, { feedback: 'positive' })).toEqual([])
    await put(store, 3, { messages: [messageOf('c3', 'not stored yet')] })
    expect(await found(store, { feedback: 'positive' })).toEqual(['c3'])
    await store.deleteStoredBefore('p', 1, 10)

    expect(await found(store, { feedback: 'positive' })).toEqual([])
    expect(await store.countFacet('p', { kind: 'feedback', limit: 5 })).toEqual([])
  })

  test('values too long for an index are told apart', async () => {
    const long = 'x'.repeat(10_000)
    const store = await storeOf(open, { tags: [`${long}1`] }, { tags: [`${long}2`] })

    expect(await found(store, { tag: `${long}2` })).toEqual(['c2'])
  })

  test.each([
    ['said "so"', 'SAID "SO"'],
    ['100 % of_it \\ all', '% of_it \\'],
    ['line\nbreak', 'break line'],
    ['ÉCOLE 日本語', 'école 日本'],
    ['Straße und Größe', 'GROSSE strasse'],
    ['İstanbul', 'istanbul'],
    ['Ελληνικός', 'ελληνικοσ'],
    ['cafe\u0301 cre\u0300me', 'café crème'],
    ['naïve Ångström', 'angstrom naive'],
    ['ｆｕｌｌ ﬁne', 'fine full'],
    ['東京タワー', 'タワー'],
    ['นะคะ ภาษาไทย', 'ไทย'],
    ['한국어 문서', '문서'],
    ["O'Neill'); drop table messages; --", "o'neill'); DROP"],
  ])('words are found in any order, case and form: %j by %j', async (content, text) => {
    const store = await storeOf(open, { messages: [{ ...messageOf('c1', 'm'), content }] }, {})

    expect(await found(store, { text })).toEqual(['c1'])
    expect(await found(store, { text: `${text}x` })).toEqual([])
    expect(await found(store, { text: `${text} elsewhere` })).toEqual([])
  })

  test('all words are said in one message; a star stands for any ending; marks alone are no words', async () => {
    const says = (...contents: string[]) => ({
      messages: contents.map((content, index) => ({ ...messageOf('c', `${content}-${index}`), content })),
    })
    const store = await storeOf(open, says('refunds take a week', 'by card'), says('refund by card'))

    expect(await found(store, { text: 'card refund' })).toEqual(['c2'])
    expect(await found(store, { text: 'refund*' })).toEqual(['c2', 'c1'])
    expect(await found(store, { text: 'week ref*' })).toEqual(['c1'])
    for (const text of ['efund', '?!', '*', '" OR *']) expect(await found(store, { text })).toEqual([])
  })

  test('what a message no longer says no longer finds it, nor what was erased', async () => {
    const content = (text: string) => ({ messages: [{ ...messageOf('c1', 'm'), content: text }] })
    const store = await storeOf(open, content('half an answ'))
    await put(store, 1, content('a whole answer'))

    expect(await found(store, { text: 'half' })).toEqual([])
    expect(await found(store, { text: 'whole answer' })).toEqual(['c1'])
    await store.deleteConversation('p', 'c1')
    expect(await found(store, { text: 'whole' })).toEqual([])
  })

  test('text is looked for in what was said, parts too, and not in names or addresses', async () => {
    const parts = [
      { type: 'text' as const, text: 'a picture' },
      { type: 'image_url' as const, image_url: { url: 'https://a.example/secret.png' } },
    ]
    const store = await storeOf(open, { messages: [{ ...messageOf('c1', 'm'), content: parts, name: 'hidden' }] })

    expect(await found(store, { text: 'picture' })).toEqual(['c1'])
    for (const text of ['secret', 'hidden', 'content']) expect(await found(store, { text })).toEqual([])
  })

  test('cursors lead through everything found, with other filters too', async () => {
    const says = (content: string, tags: string[]) => ({ tags, messages: [{ ...messageOf('c', content), content }] })
    const store = await storeOf(
      open,
      ...['needle 1', 'hay', 'needle 2', 'needle 3', 'needle 4'].map((content, index) =>
        says(content, [index === 2 ? 'b' : 'a']),
      ),
    )
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await store.listConversations('p', { limit: 2, cursor, filter: { text: 'needle', tag: 'a' } })
      ids.push(...page.conversations.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)

    expect(ids).toEqual(['c5', 'c4', 'c1'])
  })

  test('another project is never found', async () => {
    const store = await storeOf(open)
    await put(store, 1, { tags: ['docs'] }, 'q')

    expect(await found(store, { tag: 'docs' })).toEqual([])
    expect(await found(store, { text: 'c1' })).toEqual([])
  })
}
