import { describe, expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const question: MessageInput = { id: 'q1', role: 'user', content: 'How?' }

function page() {
  const { log, advance, endpoint } = fakePage()
  return {
    log,
    advance,
    endpoint,
    render: (...messages: MessageInput[]) => log.trackMessages(messages),
    async stored() {
      await advance(20_000)
      return endpoint.conversations().flatMap(({ messages }) => messages)
    },
  }
}

test('a transcript that is rendered again unchanged costs no request', async () => {
  const { render, advance, endpoint } = page()
  const answer: MessageInput = { id: 'a1', role: 'assistant', content: 'So.' }
  render(question, answer)
  await advance(20_000)
  const before = endpoint.requests.length

  for (let again = 0; again < 10; again++) render({ ...question }, { ...answer })
  await advance(20_000)

  expect(endpoint.requests).toHaveLength(before)
})

test('a growing answer is one message, and an empty one waits', async () => {
  const { render, stored, log } = page()
  render(question, { id: 'a1', role: 'assistant', content: '', status: 'streaming' })
  expect(log.getState().counts.recorded).toBe(1)
  render(question, { id: 'a1', role: 'assistant', content: 'So', status: 'streaming' })
  render(question, { id: 'a1', role: 'assistant', content: 'So it is.' })

  expect(await stored()).toMatchObject([{ content: 'How?' }, { externalId: 'a1', content: 'So it is.' }])
})

test('an answer that is written again keeps the one before, and names it', async () => {
  const { render, stored } = page()
  render(question, { id: 'a1', role: 'assistant', content: 'So.' })
  render(question, { id: 'a2', role: 'assistant', content: 'Otherwise.' })

  const [, first, second] = await stored()
  expect([first?.content, second?.content]).toEqual(['So.', 'Otherwise.'])
  expect(second?.properties?.chatlog).toMatchObject({ replaces: first?.id })
})

test('an id that turns from a temporary one into the server’s is one message', async () => {
  const { render, stored } = page()
  render({ ...question, id: 'temporary' })
  render({ ...question, id: 'q1' }, { id: 'a1', role: 'assistant', content: 'So.' })

  expect(await stored()).toMatchObject([{ externalId: 'q1', content: 'How?' }, { externalId: 'a1' }])
})

test('a message that can’t be recorded keeps no other from being recorded, and is said once', async () => {
  const { render, stored, log } = page()
  const bad = { id: 'x', role: 'tool', content: 'x' } as unknown as MessageInput
  render(question, bad)
  render(question, bad)

  expect(await stored()).toHaveLength(1)
  expect(log.getState().counts.dropped).toEqual({ invalid: 1 })
})

test('an id that can’t be read keeps no other message from being recorded, on a page that goes on either', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  const unreadable = {
    ...question,
    id: {
      toString() {
        throw new Error('a bug of the page')
      },
    },
  } as never
  for (const content of ['one', 'two']) {
    const log = tab.start()
    log.trackMessages([question, unreadable, { id: content, role: 'assistant', content }])
    await browser.advance(20_000)
    await tab.navigate()
  }

  const messages = browser.endpoint.conversations().flatMap((conversation) => conversation.messages)
  expect(messages.map(({ content }) => content)).toEqual(expect.arrayContaining(['How?', 'one', 'two']))
})

test('messages without ids are known by their place', async () => {
  const { render, stored } = page()
  const said: MessageInput = { role: 'user', content: 'one' }
  render(said)
  render(said, { role: 'assistant', content: 'two' })

  expect((await stored()).map(({ content }) => content)).toEqual(['one', 'two'])
})

test('on a page that keeps no transcript, what is said after a reload replaces nothing of what was said before', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  for (const life of ['a', 'b']) {
    const said: MessageInput = { id: `${life}-question`, role: 'user', content: `${life}: how?` }
    tab.start().trackMessages([said, { id: `${life}-answer`, role: 'assistant', content: `${life}: so.` }])
    await browser.advance(20_000)
    await tab.navigate()
  }

  const messages = browser.endpoint.conversations().flatMap((conversation) => conversation.messages)
  expect(messages.map(({ content }) => content)).toEqual(['a: how?', 'a: so.', 'b: how?', 'b: so.'])
  expect(JSON.stringify(messages)).not.toContain('"replaces"')
})

test('an empty transcript is no conversation', async () => {
  const { log, render, stored } = page()
  render()

  expect(log.getState().conversations).toEqual([])
  expect(await stored()).toEqual([])
})

test.each<[string, Partial<MessageInput>]>([
  ['of the visitor', { role: 'user' }],
  ['of the system', { role: 'system' }],
  ['that was stopped', { status: 'aborted' }],
  ['that failed', { status: 'error' }],
  ['that calls a tool', { toolCalls: [{ id: 't', type: 'function', function: { name: 'f', arguments: '' } }] }],
  ['with a part', { content: [{ type: 'text', text: '' }] }],
])('a message %s is recorded though it has no word', async (_which, message) => {
  const { render, stored } = page()
  render(question, { id: 'a1', role: 'assistant', content: '', ...message } as MessageInput)

  expect(await stored()).toHaveLength(2)
})

test('an answer that is empty for now is recorded by no number of renderings', async () => {
  const { render, stored } = page()
  const nothing = { id: 'a1', role: 'assistant', toolCalls: [] } as unknown as MessageInput
  render(question, { ...nothing, content: '' })
  render(question, { ...nothing, content: [] })
  render(question, { ...nothing, status: 'complete' })

  expect(await stored()).toHaveLength(1)
})

test('a message whose object the page goes on changing is recorded as it is at each rendering', async () => {
  const { render, stored } = page()
  const answer: MessageInput = { id: 'a1', role: 'assistant', content: 'So' }
  render(question, answer)
  answer.content = 'So it is.'
  render(question, answer)

  expect((await stored())[1]?.content).toBe('So it is.')
})

test.each<[string, Partial<MessageInput>]>([
  ['links', { links: [{ url: 'https://docs.example.com/' }] }],
  ['name', { name: 'Guide' }],
  ['properties', { properties: { plan: 'pro' } }],
  ['status', { status: 'aborted' }],
])('a rendering that brings a message its %s changes it', async (_field, more) => {
  const { render, stored } = page()
  const answer: MessageInput = { id: 'a1', role: 'assistant', content: 'So.' }
  render(question, answer)
  const before = (await stored())[1]
  render(question, { ...answer, ...more })

  expect((await stored())[1]).not.toEqual(before)
})

test('a field that is gone from a message is gone from what is stored', async () => {
  const { render, stored } = page()
  const answer: MessageInput = { id: 'a1', role: 'assistant', content: 'So.' }
  render(question, { ...answer, name: 'Guide' })
  expect((await stored())[1]).toHaveProperty('name', 'Guide')
  render(question, answer)

  expect((await stored())[1]?.name).toBeUndefined()
})

describe('what came where another message left', () => {
  const answer = (id: string, content: MessageInput['content']): MessageInput => ({ id, role: 'assistant', content })

  test('replaces it only where it is of the same role', async () => {
    const { render, stored } = page()
    render(question, answer('a1', 'So.'))
    render(question, { id: 'q2', role: 'user', content: 'Why?' })

    const messages = await stored()
    expect(messages.map(({ content }) => content)).toEqual(['How?', 'So.', 'Why?'])
    expect(messages[2]?.properties?.chatlog).not.toHaveProperty('replaces')
  })

  test('replaces none that stands before what is still there', async () => {
    const { render, stored } = page()
    const second: MessageInput = { id: 'q2', role: 'user', content: 'Why?' }
    render(question, answer('a1', 'So.'), second)
    render(question, second, answer('a2', 'Because.'))

    const messages = await stored()
    expect(messages.map(({ content }) => content)).toEqual(['How?', 'So.', 'Why?', 'Because.'])
    expect(messages[3]?.properties?.chatlog).not.toHaveProperty('replaces')
  })

  test('is the same message where it goes on from it, in parts too', async () => {
    const { render, stored } = page()
    const part = { type: 'text', text: 'So.' } as const
    render(question, answer('temporary', [part]))
    render(question, answer('a1', [part]))
    render(
      question,
      answer('a1', [part]),
      { id: 'q2', role: 'user', content: 'Why?' },
      { ...answer('t2', 'Bec'), status: 'streaming' },
    )
    render(question, answer('a1', [part]), { id: 'q2', role: 'user', content: 'Why?' }, answer('a2', 'Because.'))

    expect((await stored()).map(({ content }) => content)).toEqual(['How?', [part], 'Why?', 'Because.'])
  })

  test('is another answer where it only ends like the one that left', async () => {
    const { render, stored } = page()
    render(question, answer('a1', 'So.'))
    render(question, answer('a2', 'Like this: So.'))

    const [, first, second] = await stored()
    expect([first?.content, second?.content]).toEqual(['So.', 'Like this: So.'])
    expect(second?.properties?.chatlog).toMatchObject({ replaces: first?.id })
  })
})

describe('a transcript that is rendered again when its conversation is over', () => {
  const hour = 3_600_000
  const answer: MessageInput = { id: 'a1', role: 'assistant', content: 'So.' }

  test('is still the one that was recorded, what is new in it too', async () => {
    const { render, advance, stored, endpoint } = page()
    render(question, answer)
    await advance(hour / 2 - 60_000)
    render(question, answer)
    expect(await stored()).toHaveLength(2)
    render(question, answer, { id: 'q2', role: 'user', content: 'Why?' })

    expect((await stored()).map(({ content }) => content)).toEqual(['How?', 'So.', 'Why?'])
    expect(endpoint.conversations()).toHaveLength(1)
  })

  test('begins a new one where nothing of it was recorded before', async () => {
    const { render, advance, stored, endpoint } = page()
    render(question, answer)
    await advance(hour)
    render({ id: 'q9', role: 'user', content: 'Another thing' })

    expect((await stored()).map(({ content }) => content)).toEqual(['How?', 'So.', 'Another thing'])
    expect(endpoint.conversations()).toHaveLength(2)
  })

  test('records nothing again where its content is gone from the machine, but what is new', async () => {
    const { render, advance, stored, endpoint } = page()
    render(question, answer)
    await advance(3 * hour)
    render(question, answer)
    await advance(hour / 2)
    render(question, answer)
    expect(await stored()).toHaveLength(2)
    render(question, answer, { id: 'q2', role: 'user', content: 'Why?' })

    expect((await stored()).map(({ content }) => content)).toEqual(['How?', 'So.', 'Why?'])
    expect(endpoint.conversations().length).toBeLessThanOrEqual(2)
  })

  test('goes on in the conversation that the site names, however old it is', async () => {
    const { log, advance, stored, endpoint } = page()
    log.trackMessages([question], { conversationId: 'support' })
    await advance(3 * hour)
    log.trackMessages([question, answer], { conversationId: 'support' })

    expect((await stored()).map(({ content }) => content)).toContain('So.')
    expect(new Set(endpoint.conversations().map(({ externalId }) => externalId))).toEqual(new Set(['support']))
  })
})
