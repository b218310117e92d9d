// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import { conversationElement } from '../../src/collector/live-view/page/detail.js'
import { ago, formatBytes } from '../../src/collector/live-view/page/format.js'
import { createList } from '../../src/collector/live-view/page/list.js'
import { safeLink } from '../../src/collector/live-view/page/safe-link.js'
import { summarize } from '../../src/collector/live-view/summary.ts'
import type { LinkClick } from '../../src/collector/store/conversation-facets.ts'
import { foundInMessages } from '../../src/collector/store/search-text.ts'
import type { StoredConversation, StoredMessage } from '../../src/contract/answer.ts'

const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>'

function message(fields: Partial<StoredMessage>): StoredMessage {
  const times = { createdAt: '2026-03-01T12:00:00Z', updatedAt: '2026-03-01T12:00:00Z' }
  const empty = { type: null, externalId: null, externalUrl: null }
  return { id: 'm1', conversationId: 'c1', role: 'user', content: 'hello', ...empty, ...times, ...fields }
}

function conversation(fields: Partial<StoredConversation>): StoredConversation {
  return {
    id: 'c1',
    type: 'openai',
    createdAt: '2026-03-01T12:00:00Z',
    updatedAt: '2026-03-01T12:00:00Z',
    externalId: null,
    externalUrl: null,
    supportTicketConversationId: null,
    projectId: 'default',
    integrationId: null,
    visibility: null,
    messages: [message({})],
    ...fields,
  }
}

function detail(
  stored: StoredConversation,
  messageClicks: LinkClick[][] = [],
  linkClicks: LinkClick[] = [],
  more = {},
) {
  const reactions = { mayErase: false, found: null, events: [], feedback: [] }
  const { article } = conversationElement(
    {
      conversation: stored,
      summary: summarize(stored),
      linkClicks,
      messageClicks,
      ...reactions,
      ...more,
    },
    () => {},
  )
  document.body.append(article)
  return article
}

beforeEach(() => document.body.replaceChildren())

test('whatever is stored, nothing of it becomes markup', () => {
  const properties = { chatlog: { visitorId: hostile, page: { url: hostile, title: hostile }, continues: hostile } }
  const stored = conversation({
    id: hostile,
    externalId: hostile,
    tags: [hostile],
    properties,
    userProperties: { id: hostile, identificationType: hostile },
    messages: [
      message({ content: hostile, name: hostile, links: [{ url: hostile, label: hostile }] }),
      message({ content: [{ type: 'text', text: hostile }], properties: { chatlog: { status: hostile } } }),
      message({ content: [{ type: 'image_url', image_url: { url: hostile } }] }),
      message({ tool_calls: [{ id: 't', type: 'function', function: { name: hostile, arguments: hostile } }] }),
    ],
  })
  const list = document.createElement('ul')
  const click = { url: hostile, label: hostile, clickedAt: hostile }

  createList(list).addStored(summarize(stored))
  document.body.append(list, detail(stored, [[click]], [click]))

  expect(document.querySelectorAll('img, script')).toHaveLength(0)
  expect(document.body.textContent).toContain(hostile)
})

test('a link that runs code is shown and cannot be followed', () => {
  for (const url of ['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x', '/relative']) {
    const shown = safeLink(url, 'click me')

    expect(shown.tagName).toBe('SPAN')
    expect(shown.textContent).toBe('click me')
  }
  expect(safeLink('https://docs.example/', 'docs').getAttribute('rel')).toBe('noopener noreferrer')
})

test('an image is named and never loaded', () => {
  const url = 'https://elsewhere.example/pixel.png'

  const shown = detail(conversation({ messages: [message({ content: [{ type: 'image_url', image_url: { url } }] })] }))

  expect(shown.querySelector('img')).toBeNull()
  expect(shown.textContent).toContain(url)
})

test('a cited link says how often it was clicked, another clicked link is added to its message', () => {
  const links = [{ url: 'https://docs.example', label: 'Docs' }]
  const at = '2026-03-01T12:00:00Z'
  const clicks = [
    { url: 'https://docs.example/', label: 'Docs', clickedAt: at },
    { url: 'https://docs.example/', label: 'Docs', clickedAt: at },
    { url: 'https://else.example/', label: 'Elsewhere', clickedAt: at },
  ]

  const shown = detail(conversation({ messages: [message({ links })] }), [clicks])

  const items = [...shown.querySelectorAll('.bubble .links li')].map(({ textContent }) => textContent)
  expect(items).toHaveLength(2)
  expect(items[0]).toMatch(/^Docs clicked 2 times, last /)
  expect(items[1]).toMatch(/^Elsewhere clicked /)
})

test('an answer that was written again is marked as replaced', () => {
  const again = { properties: { chatlog: { replaces: 'm1' } } }
  const shown = detail(conversation({ messages: [message({ id: 'm1' }), message({ id: 'm2', ...again })] }))

  const bylines = [...shown.querySelectorAll('.byline')].map(({ textContent }) => textContent?.includes('replaced'))
  expect(bylines).toEqual([true, false])
})

test('of a very long message the beginning is shown, and the rest on request', () => {
  const shown = detail(conversation({ messages: [message({ content: 'x'.repeat(50_000) })] }))
  expect(shown.querySelector('.text')?.textContent).toHaveLength(20_000)

  shown.querySelector<HTMLButtonElement>('.bubble > button')?.click()

  expect(shown.querySelector('.text')?.textContent).toHaveLength(50_000)
})

test('the list begins with what was last active, also when that is an old conversation, and holds each one once', () => {
  const list = document.createElement('ul')
  const conversations = createList(list)
  const at = (id: string, hour: number) => summarize(conversation({ id, updatedAt: `2026-03-01T${hour}:00:00Z` }))

  expect(conversations.addStored(at('b', 12))).toBe(true)
  expect(conversations.addStored(at('a', 11))).toBe(true)
  expect(conversations.addStored(at('c', 13))).toBe(true)
  expect(conversations.addStored(at('a', 11))).toBe(false)

  expect([...list.children].map((item) => item.getAttribute('data-id'))).toEqual(['c', 'b', 'a'])
  conversations.addStored(at('b', 14))
  expect([...list.children].map((item) => item.getAttribute('data-id'))).toEqual(['b', 'c', 'a'])
})

test('sizes are in the decimal units that the limit is in', () => {
  expect([640, 4_096, 2_000_000].map(formatBytes)).toEqual(['640 B', '4.1 KB', '2.00 MB'])
})

test('ages are said in the largest unit that fits', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')

  expect(ago('2026-03-01T11:59:30Z', now)).toBe('now')
  expect(ago('2026-03-01T11:55:00Z', now)).toBe('5 min. ago')
  expect(ago('2026-02-28T11:00:00Z', now)).toBe('yesterday')
  expect(ago('no date', now)).toBe('no date')
})

const answer = (content: string, more: Partial<StoredMessage> = {}) => message({ role: 'assistant', content, ...more })

test('an answer is shown as its Markdown means it, and as it was written on request', () => {
  const shown = detail(
    conversation({
      messages: [
        message({ content: '**as typed**' }),
        answer('# Steps\n\n1. *Install*\n2. Run `npm i`\n\n```sh\nnpm i\n```\n\n| a | b |\n| - | -: |\n| 1 | 2 |'),
      ],
    }),
  )
  const [typed, answered] = [...shown.querySelectorAll('.text')]

  expect(typed?.textContent).toBe('**as typed**')
  expect(
    [...(answered?.querySelectorAll('h3, ol > li, em, code, pre, td, th') ?? [])].map((one) => one.tagName),
  ).toEqual([...['H3', 'LI', 'EM', 'LI', 'CODE', 'PRE', 'CODE', 'TH', 'TH', 'TD', 'TD']])
  shown.querySelector<HTMLButtonElement>('.title button')?.click()
  expect(answered?.textContent).toContain('# Steps\n\n1. *Install*')
  shown.querySelector<HTMLButtonElement>('.title button')?.click()
  expect(answered?.querySelector('pre')?.textContent).toBe('npm i')
})

test('no Markdown makes HTML, loads an image, or a link that runs code', () => {
  const written = [
    `${hostile} [a](javascript:alert(1)) [b](JaVaScRiPt&#58;alert(1)) [c](data:text/html,x) <javascript:alert(1)>`,
    '![picture](https://elsewhere.example/pixel.png) ![x](javascript:alert(1)) [d](vbscript:x "t") [e](&#x6A;avascript:1)',
    '[f]: javascript:alert(1)\n\n[f] https://docs.example/plain',
  ].join('\n\n')

  const shown = detail(conversation({ messages: [answer(written)] }))

  expect(shown.querySelectorAll('.text img, .text script')).toHaveLength(0)
  const links = [...shown.querySelectorAll('.text a')]
  expect(links.map((link) => link.getAttribute('href'))).toEqual([
    'https://elsewhere.example/pixel.png',
    'https://docs.example/plain',
  ])
  expect(links.map((link) => link.getAttribute('rel'))).toEqual(Array(2).fill('noopener noreferrer'))
})

test.each([
  ['brackets', '['.repeat(20_000)],
  ['emphasis', '*a **b '.repeat(2_800)],
  ['quotations', '>'.repeat(20_000)],
  ['lists', '- '.repeat(10_000)],
  ['backticks', Array.from({ length: 190 }, (_, length) => '`'.repeat(length)).join(' ')],
  ['links', '[a](<b'.repeat(3_300)],
  ['tables', `${'|a'.repeat(500)}|\n${'|-'.repeat(500)}|\n|x|`],
  ['addresses', 'http://'.repeat(2_800)],
])('a text made of %s never holds the page', (_name, text) => {
  const startedAt = performance.now()

  const shown = detail(conversation({ messages: [answer(text)] }))

  expect(shown.querySelector('.text')?.textContent?.length).toBeGreaterThan(0)
  // Half a second where nothing else runs; a parser that goes back and forth takes minutes.
  expect(performance.now() - startedAt).toBeLessThan(15_000)
})

test('people’s words are read from the side from which they are written', () => {
  const shown = detail(
    conversation({ tags: ['وسم'], messages: [message({ content: 'كيف أثبته؟' }), answer('- هكذا')] }),
  )

  for (const place of ['h2', '.written', '.markdown ul'])
    expect(shown.querySelector(place)?.getAttribute('dir')).toBe('auto')
  // An entry with a direction of its own would hide its words from the list's.
  expect(shown.querySelector('.markdown li')?.getAttribute('dir')).toBeNull()
  expect(shown.querySelector('.tags bdi')?.textContent).toBe('وسم')
})

test('a relative link appears once with its clicks, and a link without a label by its address', () => {
  const properties = { chatlog: { page: { url: 'https://docs.example/start/' } } }
  const links = [{ url: '/guide' }, { url: 'https://docs.example/guide', label: 'Guide' }, { url: '../b', label: ' ' }]
  const clicks = [{ url: 'https://docs.example/guide', label: null, clickedAt: '2026-03-01T12:00:05Z' }]

  const shown = detail(conversation({ properties, messages: [answer('See there.', { links })] }), [clicks])

  const items = [...shown.querySelectorAll('.links li')]
  expect(items.map((item) => item.querySelector('a')?.textContent)).toEqual(['Guide', 'https://docs.example/b'])
  expect(items[0]?.textContent).toMatch(/^Guide clicked /)
})

test('what was searched for is marked as it is written, in Markdown, code and both readings, and nothing else', () => {
  const content = 'In **İstanbul** and `ISTANBUL`, not Istanbullu: [istanbul](https://a.example/istanbul) <b>'
  const stored = conversation({ messages: [message({ role: 'assistant', content })] })
  const found = foundInMessages(stored.messages, 'istanbul')
  const article = detail(stored, [[]], [], { found })
  const marked = () => [...article.querySelectorAll('.bubble mark')].map(({ textContent }) => textContent)

  expect(marked()).toEqual(['İstanbul', 'ISTANBUL', 'istanbul'])
  article.querySelector<HTMLButtonElement>('.title button')?.click()
  expect(marked()).toEqual(['İstanbul', 'ISTANBUL', 'istanbul', 'istanbul'])
  expect(article.querySelector('.written')?.textContent).toBe(content)
})

test.each([
  ['Straße', 'STRASSE', ['Straße']],
  ['cafe\u0301 creme', 'café crème', ['cafe\u0301', 'creme']],
  ['東京タワー', 'タワー', ['タワー']],
  ['installed installs', 'install*', ['installed', 'installs']],
  ['nothing of it', 'else', []],
])('in %j, a search for %j marks %j', (content, text, expected) => {
  const stored = conversation({ messages: [message({ content })] })
  const article = detail(stored, [[]], [], { found: foundInMessages(stored.messages, text) })

  expect([...article.querySelectorAll('.bubble mark')].map(({ textContent }) => textContent)).toEqual(expected)
  expect(article.querySelector('.written')?.textContent).toBe(content)
})

test('a row of the list marks what was found in its line', () => {
  const stored = conversation({ messages: [message({ content: 'Wo ist die Straße, und welche Straße?' })] })
  const place = document.createElement('ul')
  createList(place).addPage([summarize(stored, 'strasse')])

  expect(place.querySelector('.found')?.textContent).toBe('Wo ist die Straße, und welche Straße?')
  expect([...place.querySelectorAll('mark')].map(({ textContent }) => textContent)).toEqual(['Straße', 'Straße'])
})

test('a relative link appears once where only a click says on which site', () => {
  const url = 'https://docs.example.com/guide'
  const links = [{ url: '/guide', label: 'Guide' }]
  const stored = conversation({ messages: [message({ role: 'assistant', content: 'See the guide.', links })] })
  const article = detail(stored, [[{ url, label: 'Guide', clickedAt: null }]])

  expect([...article.querySelectorAll('.links a')].map((link) => link.getAttribute('href'))).toEqual([url])
})

test('of a hundred thousand messages a hundred are drawn, others as the reader comes near, and never many more', () => {
  const fills: ((entries: { target: Element; isIntersecting: boolean }[]) => void)[] = []
  const observed: Element[] = []
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(callback: (typeof fills)[number]) {
        fills.push(callback)
      }
      observe(element: Element) {
        observed.push(element)
      }
    },
  )
  const messages = Array.from({ length: 100_000 }, (_, index) => message({ id: `m${index}`, content: String(index) }))

  const shown = detail(conversation({ messages }))

  expect(shown.querySelectorAll('.message')).toHaveLength(100)
  expect(observed).toHaveLength(1_000)
  // The reader jumps to the end: what is far from there is let go of.
  fills[0]?.([
    { target: observed[0] as Element, isIntersecting: false },
    { target: observed[999] as Element, isIntersecting: true },
  ])
  expect(shown.querySelectorAll('.message')).toHaveLength(100)
  expect([...shown.querySelectorAll('.text')].at(-1)?.textContent).toBe('99999')
  fills[0]?.([{ target: observed[0] as Element, isIntersecting: true }])
  expect(shown.querySelector('.text')?.textContent).toBe('0')
  vi.unstubAllGlobals()
})

test('a row of the list says what went wrong, and nothing of how the visitor is told apart or how many bytes it has', () => {
  const ended = (status: string) => ({ role: 'assistant', properties: { chatlog: { status } } })
  const disliked = { role: 'assistant', properties: { chatlog: { feedback: { type: 'negative' } } } }
  const question = (id: string, content: string) => message({ id, content })
  const stored = conversation({
    userProperties: { id: 'v', identificationType: 'COOKIED' },
    messages: [
      question('q1', 'How  do I?'),
      message({ id: 'a1', ...ended('error') }),
      message({ id: 'a2', ...ended('aborted') }),
      message({ id: 'a3', ...disliked }),
      question('q2', 'how do i?'),
    ],
  })
  const list = document.createElement('ul')

  createList(list).addPage([
    summarize(stored),
    summarize(conversation({ id: 'c2', messages: [message({ role: 'assistant' })] })),
  ])

  const chips = [...list.children].map((row) =>
    [...row.querySelectorAll('.chip')].map(({ textContent }) => textContent),
  )
  expect(chips.map((row) => row.toSorted())).toEqual([
    ['answer failed', 'answer stopped', 'asked again', 'disliked', 'no answer'],
    [],
  ])
  expect(list.textContent).not.toMatch(/COOKIED|\d B\b|KB/)
  expect(list.querySelector('meter')).toBeNull()
})
