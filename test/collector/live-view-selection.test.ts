import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { csvCell } from '../../src/collector/live-view/export.ts'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { collectorUnderTest, conversation, postRequest } from './collector-under-test.ts'

/** A collector with a live view, and somebody signed in to it. */
async function signedIn() {
  const { routes } = createLiveView()
  const collector = await collectorUnderTest({ routes })
  const request = async (path: string, init: RequestInit = {}) =>
    collector.fetch(new Request(`http://collector.test${path}`, init))
  const answer = await request('/sign-in', { method: 'POST', body: new URLSearchParams({ apiKey: collector.api.key }) })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  const read = (path: string) => request(`/live-view/${path}`, { headers: { cookie } })
  const send = (path: string, body: unknown) =>
    collector.fetch(postRequest(body, { authorization: `Bearer ${collector.web.key}` }, path))
  const change = (path: string, body: unknown) =>
    request(`/live-view/${path}`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return { ...collector, request, read, send, change, ids: async (path: string) => idsOf(await read(path)) }
}

async function idsOf(response: Response): Promise<string[]> {
  const { conversations } = await response.json()
  return conversations.map(({ id }: { id: string }) => id)
}

const says = (id: string, content: string, more: object = {}) =>
  conversation({ id, messages: [{ id: `${id}-1`, role: 'user', content }], ...more })

/** What an opened stream sends, event by event. */
function eventsOf(response: Response) {
  const reader = (response.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader()
  return { next: async () => (await reader.read()).value ?? '', cancel: () => reader.cancel() }
}

test('nothing of it is given to who isn’t signed in', async () => {
  const { request, store200 } = await signedIn()
  await store200(says('c1', 'secret'))

  for (const path of ['statistics', 'suggestions', 'export.csv', 'export.ndjson', 'conversations?text=s', 'events']) {
    const response = await request(`/live-view/${path}`)
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain('secret')
  }
})

describe('the list', () => {
  test('is narrowed by filters, and shows the words that were found where they stand', async () => {
    const { store200, ids, read } = await signedIn()
    await store200(says('c1', `${'before '.repeat(20)}the NEEDLE in it`, { tags: ['docs'] }))
    await store200(says('c2', 'hay'))

    expect(await ids('conversations?tag=docs')).toEqual(['c1'])
    const { conversations, total } = await (await read('conversations?text=needle')).json()
    expect(conversations).toMatchObject([
      { id: 'c1', found: { line: expect.stringMatching(/^….* the NEEDLE in it$/) } },
    ])
    const { line, marks } = conversations[0].found
    expect(marks.map(({ from, to }: { from: number; to: number }) => line.slice(from, to))).toEqual(['NEEDLE'])
    expect(total).toBeNull()
    expect((await read('conversations?from=yesterday')).status).toBe(400)
  })

  test('a conversation comes with its events and feedback', async () => {
    const { store200, send, read } = await signedIn()
    await store200(says('c1', 'hello'))
    await send('/feedback', { type: 'negative', messageId: 'c1-1', reasons: [{ label: 'wrong', details: '' }] })
    await send('/events', { type: 'copied', entityType: 'message', messageId: 'c1-1' })

    const detail = await (await read('conversations/c1')).json()

    expect(detail).toMatchObject({ feedback: [{ type: 'negative' }], events: [{ type: 'copied' }] })
  })
})

describe('the stream', () => {
  test('announces only what the filters let through', async () => {
    const { read, store200, send } = await signedIn()
    const filters = 'visitor=v1&tag=docs&from=2026-11-22&to=2026-11-22&page=https://a&clicked=https://b&text=HELLO'
    const events = eventsOf(await read(`events?${filters}&feedback=negative`))
    expect(await events.next()).toContain('event: ready')
    const chatlog = { page: { url: 'https://a.example/' }, linkClicks: [{ url: 'https://b.example/' }] }
    const fits = { userProperties: { id: 'v1' }, tags: ['docs'], properties: { chatlog } }
    const late = { createdAt: '2026-11-23T00:00:00Z' }
    for (const id of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6']) {
      await send('/feedback', { type: 'negative', messageId: `${id}-1` })
    }

    await store200(says('c1', 'hello', { ...fits, tags: [] }))
    await store200(says('c2', 'hello', { ...fits, userProperties: { id: 'v2' } }))
    await store200(says('c3', 'hello', { ...fits, properties: { chatlog: { ...chatlog, page: { url: 'x' } } } }))
    await store200(says('c4', 'hello', { ...fits, properties: { chatlog: { ...chatlog, linkClicks: [] } } }))
    await store200(says('c5', 'goodbye', fits))
    await store200(says('c6', 'hello', { ...fits, ...late }))
    await store200(says('c7', 'hello', fits))
    await send('/feedback', { type: 'negative', messageId: 'c8-1' })
    await store200(says('c8', 'hello', fits))

    expect(JSON.parse(/data: (.*)/.exec(await events.next())?.[1] ?? '')).toMatchObject({ summary: { id: 'c8' } })
    await events.cancel()
  })
})

describe('statistics', () => {
  test('count the selection: days without a gap, questions, answers, links, feedback', async () => {
    const { store200, send, read } = await signedIn()
    const link = (name: string) => ({ url: `https://a.example/${name}` })
    const chatlog = { status: 'aborted', linkClicks: [link('used')], feedback: { type: 'positive' } }
    const answer = { role: 'assistant', content: 'a', links: [link('used'), link('unused')], properties: { chatlog } }
    const at = (createdAt: string) => ({ createdAt, updatedAt: createdAt })
    const first = at('2026-03-01T12:00:00Z')
    const question = { role: 'user', content: 'q', ...first }
    await store200(conversation({ id: 'c1', tags: ['t'], ...first, messages: [question, { ...answer, ...first }] }))
    const third = at('2026-03-03T12:00:00Z')
    await store200(conversation({ id: 'c2', ...third, messages: [{ ...question, ...third, id: 'm' }] }))
    await send('/feedback', { type: 'negative', messageId: 'm', reasons: [{ label: 'late', details: 'too' }] })
    await send('/events', { type: 's', entityType: 'search', searchQuery: 'retries' })

    const all = await (await read('statistics')).json()

    expect(all).toMatchObject({
      days: [
        { day: '2026-03-01', conversations: 1, messages: 2 },
        { day: '2026-03-02', conversations: 0, messages: 0 },
        { day: '2026-03-03', conversations: 1, messages: 1 },
      ],
      turns: [{ turns: 1, conversations: 2 }],
      answers: [
        { end: 'aborted', count: 1 },
        { end: 'none', count: 1 },
      ],
      clicks: 1,
      clicked: [{ value: 'https://a.example/used' }],
      neverClicked: [{ value: 'https://a.example/unused' }],
      feedback: { positive: 1, negative: 1 },
      negativeFeedback: [{ conversationId: 'c2', feedback: { reasons: [{ label: 'late' }] } }],
      searches: [{ query: 'retries' }],
    })
    const tagged = await (await read('statistics?tag=t')).json()
    expect(tagged).toMatchObject({ days: [{ conversations: 1 }], feedback: { positive: 1, negative: 0 } })
    expect(tagged.negativeFeedback).toEqual([])
    expect(await (await read('statistics?tag=none')).json()).toMatchObject({ days: [], turns: [], clicks: 0 })
  })

  test('have the time before beside each number, visitors, how long answers took and feedback, each by its day', async () => {
    const { store200, read } = await signedIn()
    const say = (id: string, day: number, seconds: number, visitor: object, chatlog = {}) => {
      const at = (second: number) => `2026-03-${String(day).padStart(2, '0')}T12:00:${String(second).padStart(2, '0')}Z`
      const times = (second: number) => ({ createdAt: at(second), updatedAt: at(second) })
      return store200(
        conversation({
          id,
          ...times(0),
          ...visitor,
          messages: [
            { id: `${id}-q`, role: 'user', content: 'q', ...times(0) },
            { id: `${id}-a`, role: 'assistant', content: 'a', ...times(seconds), properties: { chatlog } },
          ],
        }),
      )
    }
    const cookie = { userProperties: { id: 'cookie' } }
    const signedInVisitor = { userProperties: { id: 'u7' }, properties: { chatlog: { visitorId: 'cookie' } } }
    await say('c1', 8, 9, { userProperties: { id: 'else' } })
    await say('c2', 11, 2, cookie, { feedback: { type: 'negative' } })
    await say('c3', 11, 4, signedInVisitor)
    await say('c4', 12, 3, { userProperties: { id: 7 } })
    await say('c5', 12, 30, { userProperties: { id: 7 } }, { feedback: { type: 'positive' } })

    const statistics = await (await read('statistics?from=2026-03-10T00:00:00Z&to=2026-03-13T00:00:00Z')).json()

    expect(statistics.figures).toEqual({
      conversations: 4,
      messages: 8,
      questions: 4,
      visitors: 2,
      clicks: 0,
      positive: 1,
      negative: 1,
      answerMs: 3_000,
    })
    expect(statistics.before).toMatchObject({
      conversations: 1,
      messages: 2,
      visitors: 1,
      negative: 0,
      answerMs: 9_000,
    })
    expect(statistics.days).toEqual([
      { day: '2026-03-11', conversations: 2, messages: 4, positive: 0, negative: 1, answerMs: 2_000 },
      { day: '2026-03-12', conversations: 2, messages: 4, positive: 1, negative: 0, answerMs: 3_000 },
    ])
    expect(statistics).toMatchObject({ hasShown: false, neverClicked: [] })
    expect(await (await read('statistics')).json()).toMatchObject({ before: null, figures: { visitors: 3 } })
  })

  test('obey the search words, and searches the time and the visitor', async () => {
    const { store200, send, read } = await signedIn()
    await store200(says('c1', 'needle'))
    await store200(says('c2', 'hay'))
    const search = { type: 's', entityType: 'search' }
    await send('/events', {
      ...search,
      searchQuery: 'mine',
      userProperties: { id: 'v1' },
      createdAt: '2026-03-01T12:00:00Z',
    })
    await send('/events', { ...search, searchQuery: 'other', createdAt: '2026-03-02T12:00:00Z' })
    const of = async (query: string) => (await read(`statistics?${query}`)).json()
    const searches = async (query: string) => (await of(query)).searches.map((one: { query: string }) => one.query)

    expect(await of('text=NEEDLE')).toMatchObject({ figures: { conversations: 1 } })
    expect(await of('text=nobody')).toMatchObject({ figures: { conversations: 0 } })
    expect(await searches('')).toEqual(['other', 'mine'])
    expect(await searches('visitor=v1')).toEqual(['mine'])
    expect(await searches('from=2026-03-02')).toEqual(['other'])
    expect(await searches('to=2026-03-01')).toEqual(['mine'])
  })

  test('the site’s words for “could not find” are kept, find and mark conversations, and wrong ones are refused', async () => {
    const { store200, ids, read, change } = await signedIn()
    const answer = { id: 'a', role: 'assistant', content: 'Sorry, I COULD not\nfind anything.' }
    await store200(conversation({ id: 'c1', messages: [{ id: 'q', role: 'user', content: 'Where?' }, answer] }))
    await store200(says('c2', 'I could not find it'))
    expect(await ids('conversations?notFound=yes')).toEqual([])

    expect((await change('settings', { notFoundPhrases: ['could not find', ' '] })).status).toBe(200)

    expect(await (await read('settings')).json()).toEqual({ notFoundPhrases: ['could not find'] })
    const { conversations } = await (await read('conversations?notFound=yes')).json()
    expect(conversations).toMatchObject([{ id: 'c1', troubles: ['not_found'] }])
    for (const wrong of [null, {}, { notFoundPhrases: 'x' }, { notFoundPhrases: ['x'.repeat(201)] }]) {
      expect((await change('settings', wrong)).status).toBe(400)
    }
    for (const wrong of ['minMessages=-1', 'maxMessages=many', 'askedAgain=no', 'clicks=some', 'answer=good']) {
      expect((await read(`conversations?${wrong}`)).status).toBe(400)
    }
  })

  test('a clock that is ages off adds no ages of empty days', async () => {
    const { store200, read } = await signedIn()
    await store200(conversation({ id: 'c1', createdAt: '1970-01-01T00:00:00Z' }))
    await store200(conversation({ id: 'c2' }))

    const { days } = await (await read('statistics')).json()

    expect(days.map(({ day }: { day: string }) => day)).toEqual(['1970-01-01', '2026-11-22'])
  })

  test('what there is to filter by is suggested, the most frequent first', async () => {
    const { store200, read } = await signedIn()
    await store200(says('c1', 'x', { tags: ['rare', 'often'] }))
    await store200(says('c2', 'x', { tags: ['often'] }))

    expect(await (await read('suggestions')).json()).toEqual({ tag: ['often', 'rare'], page: [], clicked: [] })
  })
})

describe('export', () => {
  test('NDJSON holds every conversation of the selection, whole, one a line', async () => {
    const { store200, read, store } = await signedIn()
    for (let index = 0; index < 205; index += 1) await store200(says(`c${index}`, 'x\ny', { tags: ['t'] }))
    await store200(says('other', 'x'))

    const response = await read('export.ndjson?tag=t')

    expect(response.headers.get('content-type')).toContain('application/x-ndjson')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="conversations.ndjson"')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const lines = (await response.text()).trimEnd().split('\n')
    expect(JSON.parse(lines.pop() ?? '')).toEqual({ exported: { conversations: 205, messages: 205 } })
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(205)
    expect(JSON.parse(lines[0] ?? '')).toEqual(await store.findConversation('default', 'c204'))
  })

  test('CSV has a line a message, that a spreadsheet reads and never runs', async () => {
    const { store200, read, send } = await signedIn()
    const chatlog = {
      page: { url: 'https://a.example/' },
      status: 'complete',
      linkClicks: [{ url: 'https://b.example/' }],
    }
    await store200(
      conversation({
        id: 'c1',
        createdAt: '2026-03-01T12:00:00Z',
        userProperties: { id: '=cmd()', identificationType: 'COOKIED' },
        tags: ['a', 'b'],
        properties: { chatlog },
        messages: [
          { id: 'm1', role: 'user', content: '=HYPERLINK("https://evil.example")', createdAt: '2026-03-01T12:00:00Z' },
          {
            id: 'm2',
            role: 'assistant',
            content: 'two\nlines, "quoted"',
            tool_calls: [{ id: 't', type: 'function', function: { name: 'search', arguments: '{}' } }],
            createdAt: '2026-03-01T12:00:01Z',
            properties: { chatlog },
          },
        ],
      }),
    )

    await send('/feedback', { type: 'negative', messageId: 'm2', reasons: [{ label: 'late', details: 'too' }] })

    const text = await (await read('export.csv')).text()

    expect(text.split('\r\n')).toEqual([
      expect.stringContaining('conversationId,conversationCreatedAt,visitor,'),
      `c1,2026-03-01T12:00:00Z,"'=cmd()",COOKIED,https://a.example/,a b,m1,2026-03-01T12:00:00Z,user,"'=HYPERLINK(""https://evil.example"")",,,,,`,
      `c1,2026-03-01T12:00:00Z,"'=cmd()",COOKIED,https://a.example/,a b,m2,2026-03-01T12:00:01Z,assistant,"two\nlines, ""quoted""",complete,,https://b.example/,"negative: late, too",search {}`,
      '',
    ])
  })

  test('a line of NDJSON is one in every program', async () => {
    const { store200, read } = await signedIn()
    await store200(says('c1', 'a\u2028b\u2029c\u0085d'))

    const text = await (await read('export.ndjson')).text()

    expect(text.split(/[\n\u0085\u2028\u2029]/)).toHaveLength(3)
    expect(JSON.parse(text.split('\n')[0] ?? '').messages[0].content).toBe('a\u2028b\u2029c\u0085d')
  })

  test.each(['ndjson', 'csv'])('one that fails in the middle never looks whole (%s)', async (format) => {
    const { store, store200, read, errors } = await signedIn()
    for (let index = 0; index < 101; index += 1) await store200(says(`c${index}`, 'x'))
    const list = store.listConversations
    vi.spyOn(store, 'listConversations').mockImplementation((projectId, page) =>
      page.cursor === undefined ? list(projectId, page) : Promise.reject(new Error('the database quotes a secret')),
    )

    await expect((await read(`export.${format}`)).text()).rejects.toThrow()
    expect(errors).toHaveLength(1)
  })

  test('a cell holds what spreadsheets keep, and no half of a character', () => {
    expect(csvCell('x'.repeat(32_767))).toHaveLength(32_767)
    expect(csvCell('x'.repeat(32_768))).toBe(`${'x'.repeat(32_766)}…`)
    expect(csvCell(`${'x'.repeat(32_765)}😀y`)).toBe(`${'x'.repeat(32_765)}…`)
    // With its two quotation marks, which are no part of the cell.
    expect(csvCell(`=${'x'.repeat(32_767)}`)).toHaveLength(32_769)
  })

  test.each([
    ...['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＠x', ' =1', '"=1"'],
    ...['see;=cmd()', 'see\n=cmd()', 'see\t@SUM(A1)', 'see; "=1"', '-;-;-'],
  ])('%j is text in every spreadsheet', (text) => {
    expect(cellsOf(csvCell(text)).filter((cell) => /^[=+\-@＝＋－＠]/.test(cell))).toEqual([])
  })

  test('whatever is stored, no spreadsheet finds a formula in it, whichever its separator', () => {
    const harmful = fc.string({ unit: fc.constantFrom(...'=+-@＝;,\t\r\n "\'a1') })

    fc.assert(
      fc.property(fc.array(harmful, { minLength: 1 }), (texts) => {
        const line = texts.map(csvCell).join(',')
        return !cellsOf(line).some((cell) => /^[=+\-@＝＋－＠]/.test(cell))
      }),
    )
  })

  test('what is harmless stays as it is', () => {
    const harmless = ['a', '1', 'a=1', 'é', '', 'a - b']

    expect(harmless.map(csvCell)).toEqual(harmless)
    expect(csvCell('well-known; a=1')).toBe('"well-known; a=1"')
  })
})

/**
 * The cells that spreadsheets may see in a line: those that commas part, and those that one sees that parts at `;`, tabs
 * and line ends, for which our quotation marks mean nothing. Blanks and quotation marks before a cell's text count little.
 */
function cellsOf(line: string): string[] {
  const parted = line.match(/(?:"(?:[^"]|"")*"|[^,])+/g) ?? []
  return [...parted, ...line.split(/[;\t\r\n]/)].map((cell) => cell.replace(/^[\s"]+/, ''))
}
