import type { FakeMode } from './fake-conversations.ts'
import { type FakeCollector, openFakeCollector } from './open-fake-collector.ts'

export type { FakeRequest } from './fake-request.ts'
export type { FakeCollector } from './open-fake-collector.ts'

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
