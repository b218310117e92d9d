import { expect, test } from 'vitest'
import { collectorUnderTest, conversation, message, startOfTime } from './collector-under-test.ts'

test('a new conversation is answered with 200, JSON, and every always-present field', async () => {
  const { post } = await collectorUnderTest()

  const response = await post(conversation({ id: 'c1' }))

  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toEqual({
    id: 'c1',
    type: 'openai',
    createdAt: startOfTime,
    updatedAt: startOfTime,
    externalId: null,
    externalUrl: null,
    supportTicketConversationId: null,
    projectId: 'default',
    integrationId: expect.any(String),
    visibility: null,
    messages: [
      {
        id: expect.any(String),
        type: 'openai',
        externalId: null,
        externalUrl: null,
        conversationId: 'c1',
        createdAt: startOfTime,
        updatedAt: startOfTime,
        role: 'user',
        content: 'hello',
      },
    ],
    messagesOpenAIFormat: [{ role: 'user', content: 'hello' }],
  })
})

test('every field of the contract comes back as it was sent', async () => {
  const { store200 } = await collectorUnderTest()
  const own = {
    id: 'c1',
    externalId: 'widget-7',
    externalUrl: 'https://docs.example.com/chat/7',
    supportTicketConversationId: 't1',
    createdAt: '2026-03-01T12:00:00+02:00',
    updatedAt: '2026-03-01T12:00:01.5Z',
    integrationId: 'docs',
    properties: { page: { depth: [1, null, true] } },
    userProperties: { id: 7, userId: 'u7', identificationType: 'COOKIED', userType: null, plan: 'pro' },
    tags: ['docs'],
    visibility: 'private',
  }
  const answer = {
    id: 'm2',
    externalId: 'w2',
    externalUrl: 'https://docs.example.com/chat/7#2',
    name: 'Osier',
    createdAt: '2026-03-01T12:00:00Z',
    updatedAt: '2026-03-01T12:00:01Z',
    role: 'assistant',
    content: [
      { type: 'text', text: 'See' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
    ],
    links: [{ url: 'x', label: 'l', title: 't', description: null, type: 'site', breadcrumbs: ['a', 'b'] }],
    properties: { chatlog: { linkClicks: [] } },
    userProperties: { supportAgentName: 'Ada' },
    tool_calls: [{ id: 'call', type: 'function', function: { name: 'search', arguments: '{"q":1}' } }],
  }

  const stored = await store200({ ...own, type: 'openai', messages: [message('m1'), answer] })

  expect(stored).toMatchObject({
    ...own,
    messages: [message('m1'), { ...answer, type: 'openai', conversationId: 'c1' }],
  })
  expect(stored.type === 'openai' && stored.messagesOpenAIFormat).toEqual([
    { role: 'user', content: 'm1' },
    { role: 'assistant', content: answer.content, name: 'Osier', tool_calls: answer.tool_calls },
  ])
})

test.each(['support_ticket', 'support_copilot'])(
  'a %s takes any role and no content, and has no OpenAI form',
  async (type) => {
    const { store200 } = await collectorUnderTest()
    const messages = [
      { id: 'm1', role: 'agent', content: 'hi' },
      { id: 'm2', role: 'bot', content: null },
      { id: 'm3', role: 'note' },
    ]

    const stored = await store200({ id: 'c1', type, messages })

    expect(stored.messages).toMatchObject([
      { ...messages[0], type },
      { ...messages[1], type },
      { ...messages[2], content: null, type },
    ])
    expect(stored).not.toHaveProperty('messagesOpenAIFormat')
  },
)

test('a message has the conversation’s type, whatever it says itself', async () => {
  const { store200 } = await collectorUnderTest()

  const stored = await store200(conversation({ messages: [message('m1', 0, { type: 'other' })] }))

  expect(stored.messages[0]?.type).toBe('openai')
})

test('null is taken wherever the contract allows it, and dates fall back to now', async () => {
  const { store200 } = await collectorUnderTest()
  const nulls = {
    externalId: null,
    externalUrl: null,
    createdAt: null,
    updatedAt: null,
    properties: null,
    userProperties: null,
  }

  const stored = await store200({
    ...nulls,
    type: 'openai',
    supportTicketConversationId: null,
    projectId: null,
    integrationId: null,
    tags: null,
    visibility: null,
    messages: [{ ...nulls, type: null, name: null, links: null, tool_calls: null, role: 'user', content: '' }],
  })

  expect(stored).toMatchObject({ createdAt: startOfTime, updatedAt: startOfTime, properties: null, tags: null })
  expect(stored.messages).toMatchObject([{ createdAt: startOfTime, content: '', links: null }])
  expect(stored.type === 'openai' && stored.messagesOpenAIFormat).toEqual([{ role: 'user', content: '' }])
})

test('unknown keys are dropped; open objects keep theirs', async () => {
  const { store200 } = await collectorUnderTest()

  const stored = await store200({
    ...conversation({ userProperties: { plan: 'pro' }, unknown: 1 }),
    messages: [message('m1', 0, { unknown: 1, links: [{ url: 'x', unknown: 1 }] })],
  })

  expect(stored).not.toHaveProperty('unknown')
  expect(stored.messages[0]).not.toHaveProperty('unknown')
  expect(stored.messages[0]?.links).toEqual([{ url: 'x' }])
  expect(stored.userProperties).toEqual({ plan: 'pro' })
})

test('the key says whose conversation it is, not the body', async () => {
  const { store200 } = await collectorUnderTest()

  expect(await store200(conversation({ projectId: 'another' }))).toMatchObject({ projectId: 'default' })
})

test('without an id every request is a new conversation', async () => {
  const { store200 } = await collectorUnderTest()

  const [first, second] = [await store200(conversation()), await store200(conversation())]

  expect(first.id).not.toBe(second.id)
})

test('a NUL or a lone surrogate becomes U+FFFD, in names and ids too; whole pairs stay', async () => {
  const { post, get } = await collectorUnderTest()
  const content = 'a\\u0000b\\ud800c\\udc00d\\ud83d\\ude00'

  await post(
    `{"id":"c\\u0000","type":"openai","properties":{"\\ud800":"\\u0000"},"messages":[{"role":"user","content":"${content}"}]}`,
  )

  const stored = await (await get(`/conversations/${encodeURIComponent('c\u0000')}`)).json()
  expect(stored).toMatchObject({ id: 'c\uFFFD', properties: { '\uFFFD': '\uFFFD' } })
  expect(stored.messages[0].content).toBe('a\uFFFDb\uFFFDc\uFFFDd😀')
})

test('a listener hears of each conversation once it is stored, and one that throws changes nothing', async () => {
  const { onStored, post, errors } = await collectorUnderTest()
  const heard: string[] = []
  onStored(() => {
    throw new Error('listener')
  })
  const unsubscribe = onStored(({ projectId, conversation: { id } }) => heard.push(`${projectId}/${id}`))

  const response = await post(conversation({ id: 'c1' }))
  unsubscribe()
  await post(conversation({ id: 'c2' }))

  expect(response.status).toBe(200)
  expect(heard).toEqual(['default/c1'])
  expect(errors).toHaveLength(2)
})
