import type { Chatlog } from './chatlog.ts'
import { createInstance, type Instance } from './instance.ts'
import { type InitOptions, resolveOptions } from './options.ts'
import { browserPlatform } from './platform.ts'

export type * from './chatlog.ts'
export type { InitOptions } from './options.ts'

/** One instance a store name. */
const instances = new Map<string, Instance>()

/**
 * Starts logging. A second call with the same `storeName` returns the first instance, which takes over a changed key.
 * Where there is no page (server rendering), the instance does nothing.
 *
 * @example
 * ```ts
 * import { init } from 'chatlog'
 *
 * const log = init({ apiKey: 'WEB_KEY', endpoint: 'https://collector.example.com/conversations' })
 * log.trackMessage({ role: 'user', content: 'How do I install it?' })
 * ```
 * @throws TypeError naming the option, its value and the remedy
 */
export function init(given: InitOptions): Chatlog {
  const options = resolveOptions(given)
  if (typeof window === 'undefined' || typeof document === 'undefined') return nothing
  const known = instances.get(options.storeName)
  known?.takeOver(options)
  const instance = known ?? createInstance(options, browserPlatform())
  instances.set(options.storeName, instance)
  return instance
}

const ignore = () => {}

/** What server rendering gets: nothing is recorded, nothing is sent. */
const nothing: Chatlog = {
  trackMessage: () => '',
  appendToMessage: ignore,
  completeMessage: ignore,
  trackMessages: ignore,
  trackLinkClick: ignore,
  startConversation: () => '',
  identify: ignore,
  reset: ignore,
  setConsent: ignore,
  registerRoot: ignore,
  flush: async () => ({ delivered: [], pending: [] }),
  getState: () => ({
    visitor: { id: null, identificationType: 'ANONYMOUS' },
    consent: 'pending',
    storage: 'memory',
    conversations: [],
    sender: { state: 'idle', reason: null, retryAt: null },
    counts: { recorded: 0, delivered: 0, dropped: {} },
  }),
  on: () => ignore,
  stop: ignore,
}
