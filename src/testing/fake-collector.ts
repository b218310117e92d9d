import type { StoredConversation } from '../contract/answer.ts'
import type { ConversationUpsert } from '../contract/conversation.ts'
import type { FakeMode } from './fake-conversations.ts'
import type { FakeRequest } from './fake-request.ts'
import type { Fault, FaultSettings } from './faults.ts'
import { openFakeCollector } from './open-fake-collector.ts'
import type { WaitUntil } from './waiting.ts'

export type { FakeRequest } from './fake-request.ts'

/** `POST /conversations` on this machine, in memory. */
export interface FakeCollector {
  /** For `data-endpoint` or `init({ endpoint })`. */
  endpoint: string
  /** Any key is taken; this one is as good as any. */
  apiKey: string
  /** Address of a page that has the tag and nothing else. */
  blankPage: string
  /** Every `POST` so far, those to `/feedback` and `/events` too, oldest first. Grows. */
  requests: readonly FakeRequest[]
  /** The conversations that arrived as JSON, oldest first, whatever became of them. */
  upserts(): ConversationUpsert[]
  /** What is stored now, in the order in which it arrived. */
  conversations(): StoredConversation[]
  /**
   * Resolves as soon as what is stored is so; a condition that throws isn't so yet. Rejects after `timeoutMs` (default
   * 5,000), saying what is stored and what was refused.
   */
  waitUntil: WaitUntil
  /** Resolves when a request hangs. */
  hanging(): Promise<void>
  /** From now on requests fail. A second call replaces the first. */
  fail(fault: Fault, settings?: FaultSettings): Promise<void>
  /** Ends what `fail` began, on the same port; what hangs is cut. */
  heal(): Promise<void>
  /** Forgets what is stored. */
  clear(): void
  /** Ends it; what hangs is cut. */
  close(): Promise<void>
}

/**
 * Starts a fake collector on a free port of 127.0.0.1. It checks bodies as the real one does, takes any key, and answers
 * the whole conversation. `GET` of its endpoint lists what is stored, for tests that run in a page.
 *
 * @example
 * ```ts
 * import { startFakeCollector } from 'chatlog/testing/collector'
 *
 * const collector = await startFakeCollector({ mode: 'replace' })
 * console.log(collector.endpoint, collector.conversations().length, 'conversations')
 * await collector.close()
 * ```
 */
export const startFakeCollector = ({ mode = 'merge' }: { mode?: FakeMode } = {}): Promise<FakeCollector> =>
  openFakeCollector(mode)
