import { describe, expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import type { MessageMarks } from '../../src/script/conversation/message.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

/** One chat on one page. Every list is rendered, and everything is delivered before the next one. */
function chat() {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  let log = tab.start()
  const stored = async () => {
    await browser.advance(20_000)
    return browser.endpoint.conversations().flatMap(({ messages }) => messages)
  }
  const marksOf = ({ properties }: Awaited<ReturnType<typeof stored>>[number]) =>
    (properties?.chatlog ?? {}) as MessageMarks
  return {
    browser,
    stored,
    log: () => log,
    async render(...lists: MessageInput[][]) {
      for (const list of lists) {
        log.trackMessages(list)
        await browser.advance(2_000)
      }
    },
    async reload() {
      await browser.advance(20_000)
      await tab.navigate()
      log = tab.start()
    },
    async texts() {
      return (await stored()).map(({ content }) => content)
    },
    /** What each message replaces, by text. */
    async replaced() {
      const messages = await stored()
      return Object.fromEntries(
        messages.flatMap((message) => {
          const other = messages.find(({ id }) => id === marksOf(message).replaces)
          return marksOf(message).replaces ? [[message.content, other?.content]] : []
        }),
      )
    },
    async statuses() {
      return (await stored()).map((message) => marksOf(message).status)
    },
  }
}

type More = Partial<MessageInput>
const user = (id: string | undefined, content: string, more: More = {}) =>
  ({ ...(id !== undefined && { id }), role: 'user', content, ...more }) as MessageInput
const answer = (id: string | undefined, content: string, more: More = {}) =>
  ({ ...(id !== undefined && { id }), role: 'assistant', content, ...more }) as MessageInput

const [u1, a1, u2, a2] = [
  user('u1', 'first?'),
  answer('a1', 'first.'),
  user('u2', 'second?'),
  answer('a2', 'second.'),
] as const

describe.each([undefined, ''])('without ids (%j)', (id) => {
  const all = ['one?', 'one.', 'two?', 'two.', 'three?', 'three.'].map((text, index) =>
    index % 2 ? answer(id, text) : user(id, text),
  )

  test('what is said after a reload overwrites nothing', async () => {
    const { render, reload, texts } = chat()
    await render(all.slice(0, 2))
    await reload()
    await render(all.slice(2, 4))

    expect(await texts()).toEqual(['one?', 'one.', 'two?', 'two.'])
  })

  test('history that is shown again is recorded once', async () => {
    const { render, reload, texts, browser } = chat()
    await render(all.slice(0, 2), all.slice(0, 4))
    await reload()
    await render(all.slice(0, 4), all)

    expect(await texts()).toEqual(all.map(({ content }) => content))
    expect(browser.endpoint.conversations()).toHaveLength(1)
  })

  test('a window that slides records each message once, in order', async () => {
    const { render, texts } = chat()
    await render(...all.map((_, index) => all.slice(Math.max(0, index - 3), index + 1)))

    expect(await texts()).toEqual(all.map(({ content }) => content))
  })

  test('a window that slides over the same words again records each message once, in order', async () => {
    const words = ['Hi', 'Hello', 'Yes', 'Hello', 'Hi', 'Bye']
    const said = words.map((text, index) => (index % 2 ? answer(id, text) : user(id, text)))
    const { render, texts } = chat()
    await render(...said.map((_, index) => said.slice(Math.max(0, index - 3), index + 1)))

    expect(await texts()).toEqual(words)
  })

  test('a growing answer is one message, whether or not anybody says that it grows', async () => {
    for (const more of [{}, { status: 'streaming' }] as More[]) {
      const { render, texts } = chat()
      const question = all[0] as MessageInput
      await render(
        [question, answer(id, 'So', more)],
        [question, answer(id, 'So it', more)],
        [question, answer(id, 'So it is.')],
      )

      expect(await texts()).toEqual(['one?', 'So it is.'])
    }
  })

  test('what `beforeStore` has edited is known again after a reload', async () => {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    for (const count of [2, 4]) {
      const beforeStore = (message: MessageInput) => ({ ...message, content: `> ${message.content}` })
      const log = tab.start({ beforeStore })
      log.trackMessages(all.slice(0, count))
      await browser.advance(20_000)
      log.trackMessages(all.slice(0, count))
      await browser.advance(20_000)
      await tab.navigate()
    }

    const messages = browser.endpoint.conversations().flatMap((one) => one.messages)
    expect(messages.map(({ content }) => content)).toEqual(['> one?', '> one.', '> two?', '> two.'])
  })

  test('`beforeStore` is asked once for each message that is stored', async () => {
    const browser = fakeBrowser()
    const asked: unknown[] = []
    const beforeStore = (message: MessageInput) => {
      asked.push(message.content)
      return message
    }
    const log = browser.openTab().start({ beforeStore })
    log.trackMessages(all.slice(0, 4))
    log.trackMessages(all.slice(1))
    log.trackMessages(all.slice(1))
    await browser.advance(5_000)

    expect(asked).toEqual(all.map(({ content }) => content))
  })

  test('an id says no more of a text than what is stored of it', async () => {
    const idOf = async (content: string) => {
      const browser = fakeBrowser()
      const log = browser.openTab().start({ beforeStore: (message) => ({ ...message, content: 'a number' }) })
      log.startConversation({ id: 'chat' })
      log.trackMessages([user(id, content)])
      await browser.advance(20_000)
      return browser.endpoint.conversations()[0]?.messages[0]?.id?.replace(/^[^.]*/, '')
    }

    expect(await idOf('4111 1111 1111 1111')).toBe(await idOf('5500 0000 0000 0004'))
  })

  test('a page that goes before its conversation is read doubles nothing', async () => {
    const { browser, render, reload, log, texts } = chat()
    await render(all.slice(0, 4))
    await reload()
    log().trackMessages(all.slice(0, 4))
    await reload()
    await browser.advance(20_000)

    expect(await texts()).toEqual(all.slice(0, 4).map(({ content }) => content))
  })
})

describe('a new id at the place of one that left', () => {
  const toolCalls = [{ id: 't1', function: { name: 'weather', arguments: '{}' } }]

  test.each<[string, MessageInput, MessageInput]>([
    ['that called a tool and said nothing', answer('a1', '', { toolCalls }), answer('a2', 'Sunny')],
    ['that was stopped', answer('a1', 'You can', { status: 'aborted' }), answer('a2', 'You can install it.')],
    ['that was complete', answer('a1', 'No.'), answer('a2', 'No. Really not.')],
  ])('is a message of its own beside one %s', async (_which, before, after) => {
    const { render, stored } = chat()
    await render([u1, before], [u1, after])

    const [, first, second] = await stored()
    expect([first, second]).toMatchObject([{ content: before.content }, { content: after.content }])
    expect(second?.properties?.chatlog).toMatchObject({ replaces: first?.id })
  })

  test('leaves feedback and status where they were given', async () => {
    const { render, log, stored } = chat()
    await render([u1, answer('a1', 'No.', { status: 'aborted' })])
    log().trackFeedback({ messageId: 'a1', type: 'negative' })
    await render([u1, answer('a2', 'No. Really not.')])

    const [, first, second] = await stored()
    expect(first?.properties?.chatlog).toMatchObject({ status: 'aborted', feedback: { type: 'negative' } })
    expect(second?.properties?.chatlog).not.toHaveProperty('feedback')
  })

  test('replaces the question that was edited, and no other', async () => {
    const { render, texts, replaced } = chat()
    const edited = user('u3', 'first, on Windows?')
    await render([u1, a1, u2, a2], [edited], [edited, answer('a3', 'Otherwise.')])

    expect(await texts()).toEqual(['first?', 'first.', 'second?', 'second.', 'first, on Windows?', 'Otherwise.'])
    expect(await replaced()).toEqual({ 'first, on Windows?': 'first?' })
  })

  test('overwrites nothing at another place', async () => {
    const { render, texts } = chat()
    await render([u1, a1, user('u2', 'Pro'), a2], [user('u3', 'Pro plan: is it free?')])

    expect(await texts()).toEqual(['first?', 'first.', 'Pro', 'second.', 'Pro plan: is it free?'])
  })

  test.each<[string, MessageInput[]]>([
    ['everything was cleared', []],
    ['its pair was deleted', [u1, a1]],
  ])('replaces nothing once %s', async (_what, left) => {
    const { render, replaced } = chat()
    await render([u1, a1, u2, a2], left, [...left, user('u3', 'third?')])

    expect(await replaced()).toEqual({})
  })

  test('replaces the answer that an empty one has taken the place of', async () => {
    const { render, texts, replaced } = chat()
    await render([u1, a1], [u1, answer('a3', '')], [u1, answer('a3', 'Otherwise.')])

    expect(await texts()).toEqual(['first?', 'first.', 'Otherwise.'])
    expect(await replaced()).toEqual({ 'Otherwise.': 'first.' })
  })
})

describe('order', () => {
  const inTime = (at: number): More => ({ createdAt: new Date(1_700_000_000_000 + at) })

  test.each([true, false])('history that comes late stands before (with `createdAt`: %s)', async (dated) => {
    const { render, texts } = chat()
    const all = [u1, a1, u2, a2].map((one, index) => ({ ...one, ...(dated && inTime(index)) }))
    await render(all.slice(2), all)

    expect(await texts()).toEqual(['first?', 'first.', 'second?', 'second.'])
  })

  test('what is inserted stands between its neighbours, however much it is', async () => {
    const { render, texts } = chat()
    const many = Array.from({ length: 50 }, (_, index) => user(`m${index}`, `${index}`))
    const inserted = many.map((_, index) => [u1, ...many.slice(0, index + 1).reverse(), a1])
    await render([u1, a1], ...inserted)

    expect(await texts()).toEqual(['first?', ...many.map(({ content }) => content).reverse(), 'first.'])
  })

  test.each([true, false])(
    'a list that shows a part, and is scrolled up after a load, comes in order (ids: %s)',
    async (ids) => {
      const { render, reload, texts } = chat()
      const all = Array.from({ length: 12 }, (_, index) => user(ids ? `m${index}` : undefined, `${index}`))
      const windows = [8, 6, 4, 2, 0].map((from) => all.slice(from, from + 4))
      await render(...windows)
      await reload()
      await render(...windows)

      expect(await texts()).toEqual(all.map(({ content }) => content))
    },
  )
})

describe('a terminal status', () => {
  test.each<[MessageInput['status'], MessageInput['status']]>([
    ['error', undefined],
    ['error', 'complete'],
    ['error', 'aborted'],
    ['aborted', 'complete'],
    ['aborted', 'error'],
    ['complete', 'error'],
    ['complete', 'streaming'],
    ['error', 'streaming'],
  ])('%s isn’t changed by a later %s', async (ended, later) => {
    const { render, statuses, browser } = chat()
    const told = (status: MessageInput['status']) => answer('a1', 'So', status && { status })
    await render([u1, told('streaming')], [u1, told(ended)], [u1, told(later), u2])

    expect(await statuses()).toEqual(['complete', ended, 'complete'])
    expect(browser.endpoint.conversations()).toHaveLength(1)
  })

  test.each([true, false])(
    'stays, though it was told once and the next request fails (reloaded: %s)',
    async (reloaded) => {
      for (const id of ['a1', undefined]) {
        const { render, reload, statuses } = chat()
        await render([u1, answer(id, 'So', { status: 'complete' })])
        if (reloaded) await reload()
        await render([u1, answer(id, 'So', { status: 'error' }), u2])

        expect(await statuses()).toEqual(['complete', 'complete', 'complete'])
      }
    },
  )

  test('that was only supposed gives way to what is told on the same page', async () => {
    const { render, statuses } = chat()
    await render([u1, answer('a1', 'So')], [u1, answer('a1', 'So', { status: 'error' })])

    expect(await statuses()).toEqual(['complete', 'error'])
  })

  test('ends again where the message goes on growing', async () => {
    const { render, statuses, texts } = chat()
    await render(
      [u1, answer('a1', 'So', { status: 'error' })],
      [u1, answer('a1', 'So it', { status: 'streaming' })],
      [u1, answer('a1', 'So it is.', { status: 'complete' })],
    )

    expect(await statuses()).toEqual(['complete', 'complete'])
    expect(await texts()).toEqual(['first?', 'So it is.'])
  })
})

describe('the right conversation', () => {
  const history = [user('1', 'How?'), answer('2', 'So.')]

  const named = () => {
    const page = fakePage()
    const stored = async () => {
      await page.advance(20_000)
      return Object.fromEntries(page.endpoint.conversations().map((one) => [one.externalId ?? '', one]))
    }
    return { ...page, stored }
  }

  test('calls in the same task wait for the conversation that is being read, in order', async () => {
    const { log, stored, errors } = named()
    log.trackMessages(history, { conversationId: 'N' })
    log.appendToMessage('2', ' It', { conversationId: 'N' })
    log.appendToMessage('2', ' is.')
    log.completeMessage('2', { conversationId: 'N' })
    log.trackFeedback({ messageId: '2', type: 'positive' })
    log.trackLinkClick({ url: 'https://a.example/', messageId: '2' })
    log.trackLinkClick({ url: 'https://b.example/' })

    const conversations = await stored()
    expect(errors).toEqual([])
    expect(Object.keys(conversations)).toEqual(['N'])
    expect(conversations.N?.messages[1]).toMatchObject({
      content: 'So. It is.',
      properties: { chatlog: { feedback: { type: 'positive' }, linkClicks: [{ url: 'https://a.example/' }] } },
    })
    expect(conversations.N?.properties?.chatlog).toMatchObject({ linkClicks: [{ url: 'https://b.example/' }] })
  })

  test('an id that two conversations use is the one’s that is named, in every call', async () => {
    const { log, stored, errors } = named()
    for (const conversationId of ['A', 'B']) log.trackMessages(history, { conversationId })
    log.appendToMessage('2', ' Really.', { conversationId: 'A' })
    log.completeMessage('2', { status: 'aborted', conversationId: 'A' })
    log.trackFeedback({ messageId: '2', conversationId: 'A', type: 'negative' })
    log.trackLinkClick({ messageId: '2', conversationId: 'A', url: 'https://a.example/' })

    const { A, B } = await stored()
    expect(A?.messages[1]).toMatchObject({
      content: 'So. Really.',
      properties: { chatlog: { feedback: { type: 'negative' }, status: 'aborted', linkClicks: [{}] } },
    })
    expect(B?.messages[1]).toMatchObject({ content: 'So.', properties: { chatlog: { status: 'complete' } } })
    expect(B?.messages[1]?.properties?.chatlog).not.toHaveProperty('feedback')
    expect(errors).toEqual([])
  })

  test('an id that two conversations use, and none is named, is the tab’s own, with one line', async () => {
    const { log, advance, stored, errors } = named()
    log.startConversation({ id: 'A' })
    log.trackMessages(history)
    log.trackMessages(history, { conversationId: 'B' })
    await advance(1_000)
    log.appendToMessage('2', ' Really.')
    log.trackFeedback({ messageId: '2', type: 'negative' })

    const { A, B } = await stored()
    expect(A?.messages[1]).toMatchObject({ content: 'So. Really.', properties: { chatlog: { feedback: {} } } })
    expect(B?.messages[1]).toMatchObject({ content: 'So.' })
    expect(errors).toEqual([expect.stringContaining('`conversationId`')])
  })
})

test('feedback is taken back, and that is stored', async () => {
  const { render, log, stored } = chat()
  await render([u1, a1])
  log().trackFeedback({ messageId: 'a1', type: 'negative', reasons: [{ label: 'wrong', details: 'It is.' }] })
  await render([u1, a1])
  log().trackFeedback({ messageId: 'a1', type: null })

  const marks = (await stored())[1]?.properties?.chatlog
  expect(marks).toHaveProperty('feedback', { type: null, createdAt: expect.any(String) })
})

test.each([
  ['throws where it is made text', { toString: () => Number(Symbol('no number')) }],
  ['is a symbol', Symbol('user')],
  ['is a number', 7],
  ['is missing', undefined],
])('a role that %s costs its own message and no other, also while earlier rows are read', async (_, role) => {
  const { log, render, reload, texts, browser } = chat()
  await render([user(undefined, 'one?')])
  await reload()

  // Without a turn in between: the list waits for what the page before has stored.
  log().trackMessages([
    user(undefined, 'one?'),
    { role, content: 'nobody says this' } as unknown as MessageInput,
    answer(undefined, 'one.'),
  ])
  await browser.advance(2_000)
  await render([
    user(undefined, 'one?'),
    { role, content: 'again' } as unknown as MessageInput,
    answer(undefined, 'one.'),
  ])

  expect(await texts()).toEqual(['one?', 'one.'])
  expect(log().getState().counts.dropped).toEqual({ invalid: expect.any(Number) })
})
