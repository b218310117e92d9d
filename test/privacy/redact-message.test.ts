import { expect, test } from 'vitest'
import { toClickMetadata, toMetadata } from '../../src/privacy/metadata.ts'
import { redactClick, redactMessage } from '../../src/privacy/redact-message.ts'
import { redactArguments } from '../../src/privacy/redact-value.ts'
import type { MessageInput } from '../../src/script/chatlog.ts'

const secret = 'jane@example.com'

/** A message with the same secret in every place that a text can stand. */
const everywhere: MessageInput = {
  id: 'm1',
  role: 'assistant',
  content: [
    { type: 'text', text: `Hi ${secret}` },
    { type: 'image_url', image_url: { url: `https://example.com/i?who=${secret}` } },
  ],
  name: `Jane <${secret}>`,
  links: [
    {
      ...{ url: `/users/${secret}?tab=1`, label: secret, title: secret, description: `of ${secret}` },
      breadcrumbs: ['Users', secret],
    },
  ],
  toolCalls: [{ id: 'c1', function: { name: 'find', arguments: `{"who": "${secret}", "card": 4111111111111111}` } }],
  properties: { by: secret, deep: [{ [secret]: true, password: 'letmein' }] },
}

test('a secret is found in every field that holds text', () => {
  expect(redactMessage(everywhere)).toEqual({
    id: 'm1',
    role: 'assistant',
    content: [
      { type: 'text', text: 'Hi [email]' },
      { type: 'image_url', image_url: { url: 'https://example.com/i?who=' } },
    ],
    name: 'Jane <[email]>',
    links: [
      {
        ...{ url: '/users/[email]?tab=', label: '[email]', title: '[email]', description: 'of [email]' },
        breadcrumbs: ['Users', '[email]'],
      },
    ],
    toolCalls: [{ id: 'c1', function: { name: 'find', arguments: '{"who":"[email]","card":"[card]"}' } }],
    properties: { by: '[email]', deep: [{ '[email]': true, password: '[key]' }] },
  })
})

test('the page’s own message is not changed', () => {
  const given = structuredClone(everywhere)

  redactMessage(given)

  expect(given).toEqual(everywhere)
})

test('an address that a stream brings in pieces is found, and half of it is never kept', () => {
  const parts = ['Write to ja', 'ne@exam', 'ple.com now'].map((text) => ({ type: 'text' as const, text }))
  const grown = (count: number, status: MessageInput['status'] = 'streaming') =>
    redactMessage({ role: 'assistant', content: parts.slice(0, count), ...(status && { status }) }).content

  expect([1, 2, 3].map((count) => grown(count))).toEqual([
    [{ type: 'text', text: 'Write to' }],
    [{ type: 'text', text: 'Write to' }],
    [{ type: 'text', text: 'Write to [email]' }],
  ])
  expect(grown(3, 'complete')).toEqual([{ type: 'text', text: 'Write to [email] now' }])
})

test('parts and arguments with nothing to redact stay exactly as they were given', () => {
  const content = ['Two ', 'words'].map((text) => ({ type: 'text' as const, text }))

  expect(redactMessage({ role: 'user', content }).content).toEqual(content)
  expect(redactArguments('{ "query":  "sour dough" }')).toBe('{ "query":  "sour dough" }')
  expect(redactArguments('not JSON, from jane@example.com')).toBe('not JSON, from [email]')
})

test('a click keeps its time, and loses the values of its URL', () => {
  const clickedAt = '2026-11-23T10:00:00.000Z'

  expect(redactClick({ url: 'https://example.com/?q=jane', label: `Mail ${secret}`, clickedAt })).toEqual({
    url: 'https://example.com/?q=',
    label: 'Mail [email]',
    clickedAt,
  })
  expect(toClickMetadata({ url: 'https://example.com/a?q=jane', label: 'Jane', clickedAt })).toEqual({
    url: 'https://example.com',
    label: null,
    clickedAt,
  })
})

test('metadata are ids, role, length, times, status and the hosts of links, and nothing that anyone wrote', () => {
  const links = [
    { url: 'https://docs.example.com/a?b=c', label: 'A' },
    { url: '/install' },
    { url: `mailto:${secret}` },
  ]
  const createdAt = '2026-11-23T10:00:00Z'

  const kept = toMetadata({ ...everywhere, links, createdAt, status: 'complete' }, 'https://www.example.com/page')

  expect(kept).toEqual({
    id: 'm1',
    role: 'assistant',
    createdAt,
    status: 'complete',
    content: '',
    links: [{ url: 'https://docs.example.com' }, { url: 'https://www.example.com' }, { url: 'mailto:' }],
    properties: { contentLength: `Hi ${secret}`.length },
  })
})
