import { expect, test } from 'vitest'
import { checkMessage } from '../../src/debug/check-message.ts'

test.each([
  ['text', { role: 'user', content: 'Hi' }],
  ['parts', { role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  [
    'everything as a widget has it',
    {
      ...{ id: 7, role: 'assistant', content: '', createdAt: new Date(0), status: 'streaming', properties: { a: 1 } },
      ...{ name: 'Ada', links: [{ url: '/a', label: null }] },
      toolCalls: [{ id: 'c', function: { name: 'find', arguments: { q: 1 } } }],
    },
  ],
])('a message of %s is right', (_name, message) => {
  expect(checkMessage(message)).toBeNull()
})

test.each([
  ['no object', 'Hi', true, /must be an object/],
  ['an unknown role', { role: 'tool', content: 'Hi' }, true, /`role` must be/],
  ['no content', { role: 'user' }, true, /`content` must be/],
  ['a link without URL', { role: 'user', content: '', links: [{ label: 'x' }] }, false, /links\[0\]\.url/],
  ['an unknown part', { role: 'user', content: [{ type: 'video' }] }, false, /content\[0\]\.type/],
  [
    'a tool call without id',
    { role: 'user', content: '', toolCalls: [{ function: { name: 'f' } }] },
    false,
    /tool_calls\[0\]\.id/,
  ],
  ['a date that is none', { role: 'user', content: '', createdAt: 'yesterday' }, false, /createdAt/],
])('%s is named', (_name, message, refused, words) => {
  expect(checkMessage(message)).toEqual({ refused, explanation: expect.stringMatching(words) })
})

test('what a person typed is never part of the explanation', () => {
  const problem = checkMessage({ role: 'user', content: [{ type: 'text', text: 5 }, 'my secret'], name: { secret: 1 } })

  expect(problem?.explanation).not.toContain('my secret')
})
