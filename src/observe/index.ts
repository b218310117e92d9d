/**
 * The page script with everything that it can do, as a widget imports it: what `chatlog` has, and redaction.
 *
 * @module chatlog/observe
 */
import { resolvePrivacyOptions } from '../privacy/options.ts'
import { withPrivacy } from '../privacy/with-privacy.ts'
import { createInit } from '../script/create-init.ts'
import { startRecording } from '../script/start.ts'

export type * from '../script/chatlog.ts'
export type { InitOptions, Privacy } from '../script/options.ts'

/**
 * Starts logging, as `init` of `chatlog` does; `privacy` may be `redacted` or `metadata` here.
 *
 * @example
 * ```ts
 * import { init } from 'chatlog/observe'
 *
 * const log = init({ apiKey: 'WEB_KEY', privacy: 'redacted' })
 * log.trackMessage({ role: 'user', content: 'Write to jane@example.com' }) // stored: Write to [email]
 * ```
 * @throws TypeError naming the option, its value and the remedy
 */
export const init = createInit({ resolve: resolvePrivacyOptions, start: withPrivacy(startRecording) })
