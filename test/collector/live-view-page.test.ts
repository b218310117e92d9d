// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { conversationElement } from '../../src/collector/live-view/page/detail.js'
import { ago, formatBytes } from '../../src/collector/live-view/page/format.js'
import { createList } from '../../src/collector/live-view/page/list.js'
import { safeLink } from '../../src/collector/live-view/page/safe-link.js'
import { summarize } from '../../src/collector/live-view/summary.ts'
import type { LinkClick } from '../../src/collector/store/conversation-facets.ts'
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

function detail(stored: StoredConversation, messageClicks: LinkClick[][] = [], linkClicks: LinkClick[] = []) {
  const reactions = { events: [], feedback: [] }
  return conversationElement({
    conversation: stored,
    summary: summarize(stored),
    linkClicks,
    messageClicks,
    ...reactions,
  })
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

test('the list is newest first, also when an older conversation comes later, and holds each one once', () => {
  const list = document.createElement('ul')
  const conversations = createList(list)
  const at = (id: string, hour: number) => summarize(conversation({ id, createdAt: `2026-03-01T${hour}:00:00Z` }))

  expect(conversations.addStored(at('b', 12))).toBe(true)
  expect(conversations.addStored(at('a', 11))).toBe(true)
  expect(conversations.addStored(at('c', 13))).toBe(true)
  expect(conversations.addStored(at('a', 11))).toBe(false)

  expect([...list.children].map((item) => item.getAttribute('data-id'))).toEqual(['c', 'b', 'a'])
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
