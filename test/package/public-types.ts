// What the compiler must say of the public types. Nothing runs: `npm run typecheck` reads this file against the source,
// and installed.test.ts against the packed package, in each way of resolving it.
import { type Chatlog, type DeliveryReport, type InitOptions, init, type MessageInput, type State } from 'chatlog'
import type { fromUIMessages } from 'chatlog/adapters/ai-sdk'
import type { fromThreadMessages } from 'chatlog/adapters/assistant-ui'
import type { fromDeepChat } from 'chatlog/adapters/deep-chat'
import type { fromInkeep } from 'chatlog/adapters/inkeep'
import { fromOpenAI } from 'chatlog/adapters/openai'
import type { init as initObserving, ObservingChatlog } from 'chatlog/observe'
import { useChatlog } from 'chatlog/react'

/** Whether two types are the same, and not only assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_Statement extends true>(): void => {}

export function calls(log: Chatlog): void {
  holds<Same<ReturnType<typeof init>, Chatlog>>()
  holds<Same<ReturnType<typeof initObserving>, ObservingChatlog>>()
  holds<Same<ReturnType<Chatlog['trackMessage']>, string>>()
  holds<Same<ReturnType<Chatlog['startConversation']>, string>>()
  holds<Same<ReturnType<Chatlog['flush']>, Promise<DeliveryReport>>>()
  holds<Same<ReturnType<Chatlog['getState']>, State>>()
  holds<Same<ReturnType<Chatlog['on']>, () => void>>()
  holds<Same<State['storage'], 'durable' | 'memory'>>()
  holds<Same<DeliveryReport['delivered'], string[]>>()

  log.trackMessage({ role: 'user', content: 'Hi' })
  log.trackMessage({ role: 'assistant', content: [{ type: 'text', text: 'Hi' }], status: 'streaming' })
  // @ts-expect-error: a message has a role
  log.trackMessage({ content: 'Hi' })
  // @ts-expect-error: the answer of a tool belongs to the message that called it
  log.trackMessage({ role: 'tool', content: 'Hi' })
  // @ts-expect-error: `interrupted` is chatlog's own word for an answer whose tab is gone
  log.trackMessage({ role: 'assistant', content: 'Hi', status: 'interrupted' })
  // @ts-expect-error: what ends is no longer streaming
  log.completeMessage('a1', { status: 'streaming' })
  // @ts-expect-error: a user has an id
  log.identify({ plan: 'pro' })
  // @ts-expect-error: consent is one of three words
  log.setConsent(true)
  // @ts-expect-error: only what chatlog/observe gives reads widgets
  log.observe({})
}

export function options(): InitOptions[] {
  init({ apiKey: 'k', maxWaitMs: 5_000, beforeStore: (message) => (message.role === 'system' ? null : message) })
  // @ts-expect-error: without a key nothing can be sent
  init({})
  // @ts-expect-error: times are numbers of milliseconds
  init({ apiKey: 'k', maxWaitMs: '5s' })
  // @ts-expect-error: no such option
  init({ apiKey: 'k', batchSize: 10 })
  return [{ apiKey: 'k', endpoint: 'https://collector.example.com/conversations' }]
}

export function events(log: Chatlog): void {
  log.on('delivered', ({ conversationId, messages, bytes }) => {
    holds<Same<typeof conversationId, string>>()
    holds<Same<typeof messages, number>>()
    holds<Same<typeof bytes, number>>()
  })
  log.on('dropped', ({ messageId }) => holds<Same<typeof messageId, string | null>>())
  // @ts-expect-error: no such event
  log.on('sent', () => {})
}

export function adapters(log: ObservingChatlog): void {
  holds<Same<ReturnType<typeof fromOpenAI>, MessageInput[]>>()
  holds<Same<ReturnType<typeof fromUIMessages>, MessageInput[]>>()
  holds<Same<ReturnType<typeof fromThreadMessages>, MessageInput[]>>()
  holds<Same<ReturnType<typeof fromDeepChat>, MessageInput[]>>()
  holds<Same<ReturnType<typeof fromInkeep>, MessageInput[]>>()
  log.trackMessages(fromOpenAI([{ role: 'user', content: 'Hi' }]))
  log.observe({ preset: 'deep-chat' })
  // @ts-expect-error: no such preset
  log.observe({ preset: 'no-chat' })
}

export function useRecorded(messages: Parameters<typeof useChatlog>[0], log: Chatlog): void {
  useChatlog(messages, { log, status: 'ready' })
  // @ts-expect-error: no such status
  useChatlog(messages, { log, status: 'done' })
}
