import { expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { fakeBrowser, fakePage } from './fake-platform.ts'

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
