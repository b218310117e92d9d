// @vitest-environment happy-dom
import { act, createElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, test, vi } from 'vitest'
import type { UIMessageLike } from '../../src/adapters/ai-sdk.ts'
import { useChatlog } from '../../src/react/index.ts'
import { fakePage } from '../script/fakes/fake-platform.ts'

const textParts = (text: string): readonly { type: string; text: string }[] => [{ type: 'text', text }]

test('what `useChat` holds is recorded once, though StrictMode mounts twice and every token renders', async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  const { log, browser, endpoint } = fakePage()

  function Chat({ messages, status }: { messages: UIMessageLike[]; status: 'streaming' | 'ready' }) {
    useChatlog(messages, { status, log })
    return null
  }
  const root = createRoot(document.createElement('div'))
  const render = (answer: string, status: 'streaming' | 'ready') =>
    act(() => {
      const messages: UIMessageLike[] = [
        { id: 'q', role: 'user', parts: textParts('How?') },
        { id: 'a', role: 'assistant', parts: textParts(answer) },
      ]
      root.render(createElement(StrictMode, null, createElement(Chat, { messages, status })))
    })
  await render('', 'streaming')
  await render('With ', 'streaming')
  await render('With npm.', 'streaming')
  await render('With npm.', 'ready')
  await browser.advance(10_000)
  await act(() => root.unmount())

  const [conversation] = endpoint.conversations()
  expect(conversation?.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
    'user: How?',
    'assistant: With npm.',
  ])
  expect(log.getState().counts.recorded).toBe(2)
})

test('whatever it is given, the tree stays mounted, and what can be read is recorded', async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const { log, browser, endpoint } = fakePage()
  function Chat({ messages, options }: { messages: unknown; options: unknown }) {
    useChatlog(messages as UIMessageLike[], options as { log: typeof log })
    return 'mounted'
  }
  const element = document.createElement('div')
  const root = createRoot(element)
  const good = { id: 'q', role: 'user', parts: [null, { type: 'text', text: 'How?' }, 'text'] }
  for (const messages of [null, undefined, 'text', {}, [null, { id: 'a', role: 'assistant', parts: null }, good]]) {
    for (const options of [null, {}, { log: null }, { log: {} }, { log }]) {
      await act(() => root.render(createElement(Chat, { messages, options })))
    }
  }
  await browser.advance(10_000)

  expect(element.textContent).toBe('mounted')
  expect(endpoint.conversations()[0]?.messages).toMatchObject([{ externalId: 'q', content: 'How?' }])
  await act(() => root.unmount())
})
