import { expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { type ServedConversation, textOf } from './fakes/fake-endpoint.ts'
import { fakePage } from './fakes/fake-platform.ts'

/** What a widget hands over; also what no type allows. */
type Given = Record<string, unknown>

const user = (content: unknown, id?: unknown, more: Given = {}): Given => ({ role: 'user', content, id, ...more })
const assistant = (content: unknown, id?: unknown, more: Given = {}): Given => ({
  role: 'assistant',
  content,
  id,
  ...more,
})
const streaming = { status: 'streaming' }
const call = (name: string) => ({ toolCalls: [{ id: `call-${name}`, function: { name, arguments: {} } }] })

/** For instance `a: Yes [aborted]`, or `a: Yes, instead of: No`. */
function toldOf({ messages }: ServedConversation): string[] {
  return messages.map((message) => {
    const { status, replaces, feedback } = (message.properties?.chatlog ?? {}) as Given
    const before = messages.find(({ id }) => id === replaces)
    const tools = (message.tool_calls ?? []).map(({ function: { name } }) => ` +${name}`).join('')
    const rated = feedback ? ` (${(feedback as Given).type})` : ''
    const end = status && status !== 'complete' ? ` [${status}]` : ''
    return `${message.role[0]}: ${textOf(message.content)}${tools}${end}${rated}${before ? `, instead of: ${textOf(before.content)}` : ''}`
  })
}

/** Shows the lists one after the other, a second between them. @returns what is stored, conversation by conversation */
async function stored(...lists: unknown[]): Promise<string[][]> {
  const { log, advance, endpoint } = fakePage()
  for (const list of lists) {
    expect(() => log.trackMessages(list as MessageInput[])).not.toThrow()
    await advance(1_000)
  }
  await advance(30_000)
  expect(endpoint.violations).toEqual([])
  return endpoint.conversations().map(toldOf)
}

test.each<[string, unknown[], string[]]>([
  [
    'an answer changes its id when its stream ends (AI SDK, assistant-ui)',
    [
      [user('q', 'c1')],
      [user('q', 'c1'), assistant('He', 'tmp', streaming)],
      [user('q', 'c1'), assistant('Hello', 'tmp', streaming)],
      [user('q', 'c1'), assistant('Hello you', 'srv')],
    ],
    ['u: q', 'a: Hello you'],
  ],
  [
    'question and answer get the server’s ids at once',
    [
      [user('q', 'c1')],
      [user('q', 'c1'), assistant('Hello', 'tmp', streaming)],
      [user('q', 's1'), assistant('Hello you', 's2')],
    ],
    ['u: q', 'a: Hello you'],
  ],
  [
    'a resumed stream shows the answer twice under one id',
    [
      [user('q', 'u'), assistant('Hello', 'a')],
      [user('q', 'u'), assistant('Hello', 'a'), assistant('Hello', 'a')],
      [user('q', 'u'), assistant('Hello', 'a'), user('r', 'u2')],
    ],
    ['u: q', 'a: Hello', 'u: r'],
  ],
  [
    'so it does while the answer grows',
    [
      [user('q', 'u'), assistant('He', 'a', streaming), assistant('He', 'a', streaming)],
      [user('q', 'u'), assistant('Hello', 'a')],
    ],
    ['u: q', 'a: Hello'],
  ],
  [
    'question and answer have one id, of their request',
    [
      [user('q', 'r1')],
      [user('q', 'r1'), assistant('He', 'r1', streaming)],
      [user('q', 'r1'), assistant('Hello', 'r1')],
      [user('q', 'r1'), assistant('Hello', 'r1'), user('z', 'r2')],
    ],
    ['u: q', 'a: Hello', 'u: z'],
  ],
  [
    'all messages have the id “undefined”',
    [
      [user('q', 'undefined'), assistant('x', 'undefined')],
      [user('q', 'undefined'), assistant('x', 'undefined'), user('r', 'undefined')],
    ],
    ['u: q', 'a: x', 'u: r'],
  ],
  [
    'an answer is taken out, and written again',
    [
      [user('q', 'u'), assistant('One', 'a1')],
      [user('q', 'u')],
      [user('q', 'u'), assistant('T', 'a2', streaming)],
      [user('q', 'u'), assistant('Two', 'a2')],
    ],
    ['u: q', 'a: One', 'a: Two'],
  ],
  [
    'an early question is edited, and what came after is cut off',
    [
      [user('q1', 'u1'), assistant('a1', 'a1'), user('q2', 'u2'), assistant('a2', 'a2')],
      [user('q1 edited', 'v1')],
      [user('q1 edited', 'v1'), assistant('new', 'b1')],
    ],
    ['u: q1', 'a: a1', 'u: q2', 'a: a2', 'u: q1 edited, instead of: q1', 'a: new'],
  ],
  [
    'a tool call comes before the text of one message',
    [
      [user('q', 'u'), assistant('', 'a', { ...streaming, ...call('weather') })],
      [user('q', 'u'), assistant('Sunny', 'a', call('weather'))],
    ],
    ['u: q', 'a: Sunny +weather'],
  ],
  [
    'a tool call is a message of its own, and all ids change at the end (CopilotKit)',
    [
      [user('q', 'c1')],
      [user('q', 'c1'), assistant('', 'c2', { ...streaming, ...call('f') })],
      [user('q', 'c1'), assistant(null, 'c2', call('f')), assistant('Done', 'c3')],
      [user('q', 's1'), assistant(null, 's2', call('f')), assistant('Done', 's3')],
    ],
    ['u: q', 'a:  +f', 'a: Done'],
  ],
  [
    'a tool message stands between',
    [[user('q', 'u'), { id: 't', role: 'tool', content: '{}' }, assistant('Sunny', 'a')]],
    ['u: q', 'a: Sunny'],
  ],
  [
    'the list has null, numbers, texts and lists in it',
    [
      [user('q', 'u'), null, assistant('x', 'a')],
      [user('q', 'u'), undefined, assistant('x', 'a'), 5, 'text', [], user('r', 'u2')],
    ],
    ['u: q', 'a: x', 'u: r'],
  ],
  ['a message changes its role', [[assistant('x', '1')], [user('x', '1')]], ['u: x']],
  [
    'a system message comes late, before everything',
    [
      [user('q', 'u'), assistant('x', 'a')],
      [{ id: 's', role: 'system', content: 'Be kind' }, user('q', 'u'), assistant('x', 'a')],
    ],
    ['s: Be kind', 'u: q', 'a: x'],
  ],
  [
    'a system message without id says another time at each render',
    [
      [{ role: 'system', content: 'Now 10:00' }, user('q')],
      [{ role: 'system', content: 'Now 10:01' }, user('q'), assistant('x')],
    ],
    ['s: Now 10:00', 's: Now 10:01, instead of: Now 10:00', 'u: q', 'a: x'],
  ],
  [
    'content is text first, and parts later, without ids',
    [
      [user('q'), assistant('Hello')],
      [user([{ type: 'text', text: 'q' }]), assistant([{ type: 'text', text: 'Hello' }])],
    ],
    ['u: q', 'a: Hello'],
  ],
  [
    'an answer fails before its first word',
    [
      [user('q', 'u'), assistant('', 'a', streaming)],
      [user('q', 'u'), assistant('', 'a', { status: 'error' })],
    ],
    ['u: q', 'a:  [error]'],
  ],
  [
    'a question is trimmed by the server, and gets its id there',
    [[user('q ', 'tmp')], [user('q', 'srv'), assistant('x', 'a')]],
    ['u: q ', 'u: q, instead of: q ', 'a: x'],
  ],
  [
    'a question fails, is taken out, and asked again',
    [[user('q', 't1')], [], [user('q', 't2')], [user('q', 't2'), assistant('x', 'a')]],
    ['u: q', 'u: q', 'a: x'],
  ],
  [
    'an answer grows without ids and without a status (deep-chat)',
    [[user('q')], [user('q'), assistant('H')], [user('q'), assistant('He')], [user('q'), assistant('Hello')]],
    ['u: q', 'a: Hello'],
  ],
  [
    'the same words are asked and answered twice, without ids',
    [
      [user('q')],
      [user('q'), assistant('x')],
      [user('q'), assistant('x'), user('q')],
      [user('q'), assistant('x'), user('q'), assistant('x')],
    ],
    ['u: q', 'a: x', 'u: q', 'a: x'],
  ],
  [
    'a window slides over repeated words',
    [
      [user('q'), assistant('x')],
      [user('q'), assistant('x'), user('q')],
      [assistant('x'), user('q'), assistant('x')],
      [user('q'), assistant('x'), user('z')],
    ],
    ['u: q', 'a: x', 'u: q', 'a: x', 'u: z'],
  ],
  [
    'a branch is left, and shown again',
    [
      [user('q', 'u'), assistant('one', 'a1')],
      [user('q', 'u'), assistant('two', 'a2')],
      [user('q', 'u'), assistant('one', 'a1')],
      [user('q', 'u'), assistant('one', 'a1'), user('r', 'u2')],
    ],
    ['u: q', 'a: one', 'a: two, instead of: one', 'u: r'],
  ],
  [
    'an answer is stopped, and later given without a status',
    [
      [user('q', 'u'), assistant('par', 'a', streaming)],
      [user('q', 'u'), assistant('par', 'a', { status: 'aborted' })],
      [user('q', 'u'), assistant('par', 'a'), user('r', 'u2')],
    ],
    ['u: q', 'a: par [aborted]', 'u: r'],
  ],
  [
    'ids are numbers, 0 too',
    [
      [user('q', 0), assistant('x', 1)],
      [user('q', 0), assistant('xy', 1)],
    ],
    ['u: q', 'a: xy'],
  ],
  [
    'ids are objects',
    [
      [user('q', { a: 1 }), assistant('x', { b: 1 })],
      [user('q', { a: 1 }), assistant('x', { b: 1 }), user('r', {})],
    ],
    ['u: q', 'a: x', 'u: r'],
  ],
  [
    'the newest message comes first',
    [[user('q', 'u')], [assistant('x', 'a'), user('q', 'u')], [user('r', 'u2'), assistant('x', 'a'), user('q', 'u')]],
    ['u: r', 'a: x', 'u: q'],
  ],
  [
    'a greeting without id stays where the chat is cleared',
    [
      [assistant('Hello!')],
      [assistant('Hello!'), user('q', 'u'), assistant('x', 'a')],
      [assistant('Hello!')],
      [assistant('Hello!'), user('r', 'u2')],
    ],
    ['a: Hello!', 'u: q', 'a: x', 'u: r'],
  ],
  [
    'the list is frozen',
    [Object.freeze([Object.freeze(user('q', 'u')), Object.freeze(assistant('x', 'a'))])],
    ['u: q', 'a: x'],
  ],
  ['the list is a set', [new Set([user('q', 'u'), assistant('x', 'a')])], ['u: q', 'a: x']],
  ['the list is none', [null, undefined, 'abc', {}, 5, [user('q', 'u')]], ['u: q']],
])('%s: what is stored is what was said', async (_case, lists, said) => {
  expect(await stored(...lists)).toEqual([said])
})

test('two named conversations with the same ids in one task don’t mix', async () => {
  const { log, advance, endpoint } = fakePage()
  const show = (conversationId: string, ...list: Given[]) =>
    log.trackMessages(list as unknown as MessageInput[], { conversationId })
  show('A', user('q1', '1'))
  show('B', user('q2', '1'))
  show('A', user('q1', '1'), assistant('x1', '2'))
  show('B', user('q2', '1'), assistant('x2', '2'))
  log.trackFeedback({ messageId: '2', type: 'positive', conversationId: 'A' })
  await advance(30_000)

  expect(endpoint.conversations().map(toldOf)).toEqual([
    ['u: q1', 'a: x1 (positive)'],
    ['u: q2', 'a: x2'],
  ])
})

test('appended words and a transcript that is behind are one answer', async () => {
  const { log, advance, endpoint } = fakePage()
  log.trackMessage({ id: 'u', role: 'user', content: 'q' })
  log.trackMessage({ id: 'a', role: 'assistant', content: '', status: 'streaming' })
  for (const delta of ['Hel', 'lo']) log.appendToMessage('a', delta)
  log.trackMessages([user('q', 'u'), assistant('Hel', 'a', streaming)] as unknown as MessageInput[])
  log.appendToMessage('a', 'lo')
  log.completeMessage('a')
  await advance(30_000)

  expect(endpoint.conversations().map(toldOf)).toEqual([['u: q', 'a: Hello']])
})

test('a list that the page changes in place is taken as it is at each call', async () => {
  const { log, advance, endpoint } = fakePage()
  const part = { type: 'text', text: 'x' }
  const list = [user('q', 'u')]
  const show = () => log.trackMessages(list as unknown as MessageInput[])
  show()
  list.push(assistant([part], 'a', streaming))
  show()
  await advance(300)
  part.text = 'xyz'
  Object.assign(list[1] as Given, { status: 'complete' })
  show()
  await advance(30_000)

  expect(endpoint.conversations().map(toldOf)).toEqual([['u: q', 'a: xyz']])
})
