import { expect, test, vi } from 'vitest'
import { agUiEvents, fromAgUiEvents } from '../../src/adapters/ag-ui.ts'
import { fromUIMessages } from '../../src/adapters/ai-sdk.ts'
import { fromThreadMessages } from '../../src/adapters/assistant-ui.ts'
import { fromDeepChat, trackDeepChat } from '../../src/adapters/deep-chat.ts'
import { fromInkeep, inkeepEvents } from '../../src/adapters/inkeep.ts'
import { fromOpenAI } from '../../src/adapters/openai.ts'
import { fromActivities, webChatMiddleware } from '../../src/adapters/web-chat.ts'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { fakeBrowser, fakePage } from '../script/fakes/fake-platform.ts'

/** What was said, as the endpoint has it. */
async function stored(page: ReturnType<typeof fakePage>) {
  await page.browser.advance(10_000)
  return page.endpoint
    .conversations()
    .map(({ messages }) =>
      messages.map(
        ({ role, content }) => `${role}: ${typeof content === 'string' ? content : JSON.stringify(content)}`,
      ),
    )
}

test('OpenAI: what a tool answered goes to the message that called it, and no tool message is left', () => {
  const call = { id: 'call_1', type: 'function' as const, function: { name: 'search', arguments: '{"q":"install"}' } }
  const messages = fromOpenAI([
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'How?' }] },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'npm install' },
    { role: 'bot', content: 'With npm.' },
  ])

  expect(messages).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'How?' }] },
    {
      role: 'assistant',
      content: '',
      toolCalls: [call],
      properties: { toolResults: { call_1: 'npm install' } },
    },
    { role: 'assistant', content: 'With npm.' },
  ])
})

test('OpenAI: the whole transcript, given again on every change, is stored once', async () => {
  const page = fakePage()
  const transcript = [
    { role: 'user', content: 'How?' },
    { role: 'assistant', content: 'With npm.' },
    { role: 'user', content: 'How?' },
  ]
  for (let length = 1; length <= 3; length++) {
    page.log.trackMessages(fromOpenAI(transcript.slice(0, length)))
    page.log.trackMessages(fromOpenAI(transcript.slice(0, length)))
  }

  expect(await stored(page)).toEqual([['user: How?', 'assistant: With npm.', 'user: How?']])
})

test.each([
  ['OpenAI', (content: string) => fromOpenAI([{ role: 'user', content }])],
  ['deep-chat', (text: string) => fromDeepChat([{ role: 'user', text }])],
])(
  '%s: a page that keeps no transcript overwrites nothing after a reload, one that does records nothing twice',
  async (_, from) => {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    for (const question of ['How?', 'How?', 'Why?']) {
      tab.start().trackMessages(from(question))
      await browser.advance(10_000)
      await tab.navigate()
    }

    const messages = browser.endpoint.conversations().flatMap((conversation) => conversation.messages)
    expect(messages.map(({ content }) => content)).toEqual(['How?', 'Why?'])
  },
)

test('AI SDK: text, sources and tools; an answer is streaming, complete, stopped, or failed', () => {
  const question = { id: 'q', role: 'user' as const, parts: [{ type: 'text', text: 'How?' }] }
  const answer = (state: string) => ({
    id: 'a',
    role: 'assistant' as const,
    parts: [
      { type: 'step-start' },
      { type: 'reasoning', text: 'Hm.' },
      { type: 'tool-search', toolCallId: 't', state: 'output-available', input: { q: 'install' }, output: ['npm'] },
      { type: 'text', text: 'With npm.', state },
      { type: 'source-url', sourceId: 's', url: 'https://docs.example.com/install', title: 'Install' },
    ],
  })
  const [, complete] = fromUIMessages([question, answer('done')], { status: 'ready' })
  const statusOf = (state: string, given: Parameters<typeof fromUIMessages>[1]) =>
    fromUIMessages([question, answer(state)], given)[1]?.status

  expect(complete).toEqual({
    id: 'a',
    role: 'assistant',
    content: 'With npm.',
    status: 'complete',
    links: [{ url: 'https://docs.example.com/install', title: 'Install' }],
    toolCalls: [{ id: 't', type: 'function', function: { name: 'search', arguments: { q: 'install' } } }],
    properties: { reasoning: 'Hm.', toolResults: { t: ['npm'] } },
  })
  expect(statusOf('streaming', { status: 'streaming' })).toBe('streaming')
  expect(statusOf('streaming', { status: 'ready' })).toBe('aborted')
  expect(statusOf('done', { isAbort: true })).toBe('aborted')
  expect(statusOf('streaming', { status: 'error' })).toBe('error')
  expect(statusOf('streaming', { isDisconnect: true })).toBe('error')
})

test('AI SDK: a request that fails before the answer begins changes no message', () => {
  const said = [
    { id: 'a', role: 'assistant' as const, parts: [{ type: 'text', text: 'Hi.', state: 'done' }] },
    { id: 'q', role: 'user' as const, parts: [{ type: 'text', text: 'How?' }] },
  ]

  expect(fromUIMessages(said, { status: 'error' }).map(({ status }) => status)).toEqual(['complete', undefined])
})

test('assistant-ui: a cancelled run is aborted, a failed one an error', () => {
  const answer = (status: { type: string; reason?: string }) =>
    fromThreadMessages([
      { id: 'a', createdAt: new Date(0), role: 'assistant', content: [{ type: 'text', text: 'Hi' } as never], status },
    ])[0]

  expect(answer({ type: 'complete', reason: 'stop' })).toEqual({
    id: 'a',
    createdAt: new Date(0),
    role: 'assistant',
    content: 'Hi',
    status: 'complete',
  })
  expect(answer({ type: 'running' })?.status).toBe('streaming')
  expect(answer({ type: 'incomplete', reason: 'cancelled' })?.status).toBe('aborted')
  expect(answer({ type: 'incomplete', reason: 'error' })?.status).toBe('error')
})

test('deep-chat: three events a message record one, and nothing after the unsubscribe', async () => {
  const page = fakePage()
  const messages = [{ role: 'ai', text: 'Hello.' }]
  const element = Object.assign(new EventTarget(), { getMessages: () => messages })
  const stop = trackDeepChat(element, page.log)
  const fire = () => ['message', 'new-message', 'message'].map((name) => element.dispatchEvent(new Event(name)))

  messages.push({ role: 'user', text: 'How?' })
  fire()
  messages.push({ role: 'ai', text: 'With npm.' })
  fire()
  stop()
  messages.push({ role: 'ai', text: 'Unheard.' })
  fire()

  expect(await stored(page)).toEqual([['assistant: Hello.', 'user: How?', 'assistant: With npm.']])
  expect(fromDeepChat([{ role: 'ai', html: '<b>Bold</b> <i>text</i>' }])[0]?.content).toBe('Bold text')
})

test('Inkeep: the conversation of each event is the transcript, and clicks go into it', async () => {
  const page = fakePage()
  const onEvent = inkeepEvents(page.log)
  const url = 'https://docs.example.com/install'
  const conversation = {
    id: 'c1',
    messages: [
      { id: 'm1', role: 'user', content: 'How?' },
      { id: 'm2', role: 'assistant', content: 'With npm.', links: [{ url, title: 'Install', breadcrumbs: ['Docs'] }] },
    ],
  }
  onEvent({ eventName: 'assistant_message_received', properties: { conversation } })
  onEvent({ eventName: 'assistant_source_item_clicked', properties: { conversation, link: { url, title: 'Install' } } })

  expect(await stored(page)).toEqual([['user: How?', 'assistant: With npm.']])
  const [kept] = page.endpoint.conversations()
  expect(kept?.messages[1]?.properties).toMatchObject({ chatlog: { linkClicks: [{ url, label: 'Install' }] } })
})

test('Inkeep: ten turns, told event by event and going on after a reload, are stored as they were said', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  const messages = Array.from({ length: 20 }, (_, index) => ({
    id: `m${index}`,
    role: index % 2 ? ('assistant' as const) : ('user' as const),
    content: index % 2 ? `Answer ${index}.` : 'What now?',
  }))
  let onEvent = inkeepEvents(tab.start())
  for (const [index, { role }] of messages.entries()) {
    if (index === 10) {
      await tab.navigate()
      onEvent = inkeepEvents(tab.start())
    }
    const properties = { conversation: { id: 'c1', messages: messages.slice(0, index + 1) } }
    const names =
      role === 'user' ? ['user_message_submitted'] : ['assistant_message_received', 'assistant_answer_displayed']
    for (const eventName of names) onEvent({ eventName, properties })
  }
  await browser.advance(10_000)

  const stored = browser.endpoint.conversations().map((conversation) => conversation.messages)
  expect(stored.map((all) => all.map(({ externalId, role, content }) => ({ id: externalId, role, content })))).toEqual([
    messages,
  ])
})

test('Inkeep: a widget that makes a new conversation id at every message has one conversation a chat', async () => {
  const page = fakePage()
  const onEvent = inkeepEvents(page.log)
  let ids = 0
  const tell = (eventName: string, messages: object[]) =>
    onEvent({ eventName, properties: { conversation: { id: `conv_${++ids}`, messages } } })
  const said = (id: string, role: string, content: string) => ({ id, role, content })
  const first = [said('1', 'user', 'Hi'), said('2', 'assistant', 'Hello.'), said('3', 'user', 'How?')]
  const whole = [...first, said('4', 'assistant', 'With npm.')]
  tell('user_message_submitted', first.slice(0, 1))
  tell('assistant_message_received', [...first.slice(0, 1), said('2', 'assistant', 'Hel')])
  tell('assistant_answer_displayed', first.slice(0, 2))
  tell('user_message_submitted', first)
  tell('assistant_answer_displayed', whole)
  tell('user_message_submitted', [said('5', 'user', 'Hi')])
  tell('assistant_answer_displayed', [said('5', 'user', 'Hi'), said('6', 'assistant', 'Hello again.')])

  expect(await stored(page)).toEqual([
    ['user: Hi', 'assistant: Hello.', 'user: How?', 'assistant: With npm.'],
    ['user: Hi', 'assistant: Hello again.'],
  ])
})

test('Inkeep: a chat that is cleared is over, also where the next begins as it did', async () => {
  const page = fakePage()
  const onEvent = inkeepEvents(page.log)
  for (const id of ['conv_1', 'conv_2']) {
    const messages = [{ id: `${id}q`, role: 'user', content: 'Hi' }]
    onEvent({ eventName: 'user_message_submitted', properties: { conversation: { id, messages } } })
    onEvent({ eventName: 'chat_clear_button_clicked', properties: { conversation: { id, messages } } })
  }

  expect(await stored(page)).toEqual([['user: Hi'], ['user: Hi']])
})

test('Inkeep: thumbs reach the newest answer, with their reasons', async () => {
  const page = fakePage()
  const onEvent = inkeepEvents(page.log)
  const messages = [
    { id: 'q', role: 'user', content: 'How?' },
    { id: 'a', role: 'assistant', content: 'With npm.' },
  ]
  const properties = { conversation: { id: 'c1', messages } }
  onEvent({ eventName: 'assistant_answer_displayed', properties })
  onEvent({ eventName: 'assistant_positive_feedback_submitted', properties: { ...properties, reasons: [] } })
  const reasons = [{ label: 'Wrong', details: 'It is yarn.' }]
  onEvent({ eventName: 'assistant_negative_feedback_submitted', properties: { reasons } })
  await page.browser.advance(10_000)

  const [kept] = page.endpoint.conversations()
  expect(
    kept?.messages.map(({ properties: own }) => (own?.chatlog as { feedback?: object } | undefined)?.feedback),
  ).toEqual([undefined, expect.objectContaining({ type: 'negative', reasons })])
})

test('deep-chat: an answer that is stopped is aborted, and what failed is told', async () => {
  const page = fakePage()
  const messages = [
    { role: 'user', text: 'How?' },
    { role: 'ai', text: 'With' },
  ]
  const element = Object.assign(new EventTarget(), { getMessages: () => messages })
  const unsubscribe = trackDeepChat(element, page.log)
  element.dispatchEvent(new Event('message'))
  const click = Object.assign(new Event('click'), { composedPath: () => [{ id: 'stop-icon' }, element] })
  element.dispatchEvent(click)
  messages.push({ role: 'user', text: 'Again?' })
  element.dispatchEvent(Object.assign(new Event('error'), { detail: 'No network' }))
  messages.push({ role: 'user', text: 'Still?' })
  element.dispatchEvent(new Event('message'))
  unsubscribe()
  await page.browser.advance(10_000)

  const kept = page.endpoint.conversations().flatMap((conversation) => conversation.messages)
  const statusOf = ({ properties }: (typeof kept)[0]) => (properties?.chatlog as { status: string } | undefined)?.status
  expect(kept.map((message) => `${message.content}: ${statusOf(message)}`)).toEqual([
    'How?: complete',
    'With: aborted',
    'Again?: complete',
    'No network: error',
    'Still?: complete',
  ])
})

test('assistant-ui: looking at another branch stores nothing, and an edit keeps both', async () => {
  const page = fakePage()
  const said = (id: string, role: 'user' | 'assistant', text: string) => ({
    ...{ id, role, createdAt: new Date(0), status: { type: 'complete' } },
    content: [{ type: 'text', text }],
  })
  const before = [said('q1', 'user', 'How?'), said('a1', 'assistant', 'With npm.')]
  const edited = [said('q2', 'user', 'How, with yarn?'), said('a2', 'assistant', 'With yarn.')]
  for (const shown of [before, edited]) page.log.trackMessages(fromThreadMessages(shown))
  await page.browser.advance(10_000)
  const bodies = page.endpoint.conversations()
  for (const shown of [before, edited, before]) page.log.trackMessages(fromThreadMessages(shown))

  expect((await stored(page)).map((lines) => lines.toSorted())).toEqual([
    ['assistant: With npm.', 'assistant: With yarn.', 'user: How, with yarn?', 'user: How?'],
  ])
  expect(page.endpoint.conversations()).toEqual(bodies)
})

test.each<[string, (given: never) => unknown]>([
  ['OpenAI', fromOpenAI],
  ['AI SDK', fromUIMessages],
  ['assistant-ui', fromThreadMessages],
  ['deep-chat', fromDeepChat],
  ['Inkeep', fromInkeep],
])('%s: whatever is given, nothing is thrown, and what can be read is recorded', async (_which, from) => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
  const fields = ['content', 'parts', 'text', 'html', 'files', 'links', 'tool_calls', 'annotations', 'status', 'name']
  const odd = [
    null,
    undefined,
    5,
    'text',
    {},
    [null],
    [undefined, 'text', 7],
    [{}],
    [{ type: null }],
    [[]],
    new Array(2),
  ]
  const good = { id: 'good', role: 'user', content: 'How?', text: 'How?', parts: [{ type: 'text', text: 'How?' }] }
  const spoilt = fields.flatMap((field) =>
    odd.map((value) => ({ id: `${field}${value}`, role: 'assistant', [field]: value })),
  )
  const page = fakePage()
  for (const given of [null, undefined, 5, 'text', {}, [null, good, 'text', ...spoilt, ...odd]]) {
    page.log.trackMessages(from(given as never) as MessageInput[])
  }

  expect((await stored(page)).flat()).toContain('user: How?')
  expect(complaints).toHaveBeenCalled()
})

test('Inkeep: an event of any shape throws nothing', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const page = fakePage()
  const onEvent = inkeepEvents(page.log)
  for (const event of [
    null,
    undefined,
    5,
    'text',
    {},
    { eventName: 'x', properties: null },
    { properties: { conversation: null } },
  ]) {
    onEvent(event as never)
  }

  expect(page.log.getState().counts.recorded).toBe(0)
})

/** Values that no field of an event or an activity should have. */
const wild = [null, undefined, 5, 'text', {}, [], [null], [{}], new Array(2), { id: null }, () => 1]

const throwing = {
  get type(): string {
    throw new Error('no')
  },
}

test('AG-UI: events of any shape throw nothing, and what can be read is recorded', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const page = fakePage()
  const onEvent = agUiEvents(page.log)
  const kinds = [
    'RUN_STARTED',
    'RUN_ERROR',
    'TEXT_MESSAGE_CHUNK',
    'TEXT_MESSAGE_CONTENT',
    'TOOL_CALL_START',
    'TOOL_CALL_ARGS',
    'TOOL_CALL_RESULT',
    'MESSAGES_SNAPSHOT',
    'REASONING_MESSAGE_CHUNK',
    'constructor',
  ]
  const fields = [
    'messageId',
    'role',
    'delta',
    'toolCallId',
    'toolCallName',
    'parentMessageId',
    'content',
    'messages',
    'input',
    'threadId',
  ]
  const spoilt = kinds.flatMap((type) => fields.flatMap((field) => wild.map((value) => ({ type, [field]: value }))))
  const good = { type: 'MESSAGES_SNAPSHOT', threadId: 'good', messages: [{ id: 'q', role: 'user', content: 'How?' }] }
  for (const event of [...wild, throwing, ...spoilt.filter((_, index) => index % 37 === 0), good])
    onEvent(event as never)
  for (const events of [...wild, spoilt]) fromAgUiEvents(events as never)

  expect((await stored(page)).flat()).toContain('user: How?')
})

test('AG-UI: an answer that comes token by token is stored once, with its question', async () => {
  const page = fakePage()
  const onEvent = agUiEvents(page.log)
  const tell = (type: string, fields: object = {}) => onEvent({ type, ...fields })
  tell('RUN_STARTED', { threadId: 't', input: { messages: [{ id: 'q', role: 'user', content: 'How?' }] } })
  tell('TEXT_MESSAGE_START', { messageId: 'a', role: 'assistant' })
  for (const delta of ['With', ' npm', '.']) tell('TEXT_MESSAGE_CONTENT', { messageId: 'a', delta })
  tell('TEXT_MESSAGE_END', { messageId: 'a' })
  tell('RUN_FINISHED')

  expect(await stored(page)).toEqual([['user: How?', 'assistant: With npm.']])
})

test('Web Chat: the middleware passes every action on, and records what comes, what is sent and thumbs', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const page = fakePage()
  const passed: unknown[] = []
  const dispatch = webChatMiddleware(page.log)()((action) => passed.push(action)) as (action: unknown) => unknown
  const from = (role: string) => ({ from: { id: role, role } })
  const actions = [
    {
      type: 'DIRECT_LINE/POST_ACTIVITY_FULFILLED',
      payload: { activity: { type: 'message', id: 'q', text: 'How?', ...from('user') } },
    },
    {
      type: 'DIRECT_LINE/INCOMING_ACTIVITY',
      payload: { activity: { type: 'message', id: 'q', text: 'How?', ...from('user') } },
    },
    {
      type: 'DIRECT_LINE/INCOMING_ACTIVITY',
      payload: { activity: { type: 'message', id: 'a', text: 'With npm.', ...from('bot') } },
    },
    {
      type: 'DIRECT_LINE/POST_ACTIVITY_FULFILLED',
      payload: { activity: { type: 'messageReaction', replyToId: 'a', reactionsAdded: [{ type: 'like' }] } },
    },
    ...wild.map((activity) => ({ type: 'DIRECT_LINE/INCOMING_ACTIVITY', payload: { activity } })),
    ...wild,
  ]
  for (const action of actions) dispatch(action)

  expect(passed).toEqual(actions)
  expect(await stored(page)).toEqual([['user: How?', 'assistant: With npm.']])
  const [, answer] = page.endpoint.conversations()[0]?.messages ?? []
  expect((answer?.properties?.chatlog as { feedback?: object } | undefined)?.feedback).toMatchObject({
    type: 'positive',
  })
})

test('Web Chat: activities of any shape throw nothing', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const fields = [
    'id',
    'from',
    'text',
    'attachments',
    'entities',
    'channelData',
    'timestamp',
    'suggestedActions',
    'value',
  ]
  const spoilt = ['message', 'typing', 'invoke'].flatMap((type) =>
    fields.flatMap((field) => wild.map((value) => ({ type, text: 'So.', [field]: value }))),
  )
  const cards = wild.flatMap((content) =>
    ['adaptive', 'hero'].map((name) => ({
      type: 'message',
      attachments: [{ contentType: `application/vnd.microsoft.card.${name}`, content }],
    })),
  )
  for (const activities of [...wild, [...wild, throwing, ...spoilt, ...cards]]) fromActivities(activities as never)

  expect(fromActivities([{ type: 'message', id: 'a', text: 'So.' }])).toMatchObject([
    { role: 'assistant', content: 'So.' },
  ])
})
