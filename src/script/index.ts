/**
 * The page script, as a widget imports it.
 *
 * @module chatlog
 */
import type { Chatlog } from './chatlog.ts'
import { createInstance, type Instance } from './instance.ts'
import { type InitOptions, resolveOptions } from './options.ts'
import { browserPlatform, hasPage } from './platform.ts'

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
  const { storeName } = options
  const known = instances.get(storeName)
  known?.takeOver(options)
  const platform = hasPage() ? browserPlatform() : null
  const instance = known ?? createInstance(options, platform, () => instances.delete(storeName))
  instances.set(storeName, instance)
  return instance
}
