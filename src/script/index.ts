/**
 * The page script, as a widget imports it.
 *
 * @module chatlog
 */
import type { Chatlog } from './chatlog.ts'
import { createInit } from './create-init.ts'
import { type InitOptions, resolveOptions } from './options.ts'
import { startRecording } from './start.ts'

export type * from './chatlog.ts'
export type { InitOptions, Privacy } from './options.ts'

/**
 * `window.chatlog` once the tag's script has loaded. Before that, the page's stub takes the calls and gives nothing back.
 *
 * @example
 * ```ts
 * import type { ChatlogGlobal } from 'chatlog'
 *
 * declare global {
 *   interface Window {
 *     chatlog?: ChatlogGlobal
 *   }
 * }
 * ```
 */
export interface ChatlogGlobal extends Chatlog {
  /** For pages that start it themselves: makes the instance, which is `window.chatlog` from then on. */
  init(options: InitOptions): Chatlog
}

/**
 * Starts logging. A second call with the same `storeName` returns the first instance, which takes over a changed key.
 * Where there is no page (server rendering), the instance does nothing. Never throws: a wrong option is named in the
 * console once, with its value and the remedy, and nothing is recorded until it is right; `getState().problem` says it too.
 *
 * @example
 * ```ts
 * import { init } from 'chatlog'
 *
 * const log = init({ apiKey: 'WEB_KEY', endpoint: 'https://collector.example.com/conversations' })
 * log.trackMessage({ role: 'user', content: 'How do I install it?' })
 * ```
 */
export const init = createInit({ resolve: resolveOptions, start: startRecording })
