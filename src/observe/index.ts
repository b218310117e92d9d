/**
 * The page script with everything that it can do, as a widget imports it: what `chatlog` has, observing of widgets that
 * one doesn't own, and redaction.
 *
 * @module chatlog/observe
 */
import { resolvePrivacyOptions } from '../privacy/options.ts'
import { withPrivacy } from '../privacy/with-privacy.ts'
import type { Chatlog } from '../script/chatlog.ts'
import { createInit } from '../script/create-init.ts'
import { startRecording } from '../script/start.ts'
import { matchSelector, thisPage } from './read/page.ts'
import { type ObserveInitOptions, type ObserveInput, resolveSelectors, selectorNames } from './read/selectors.ts'
import { withFeedbackUpserts } from './record/feedback-upserts.ts'
import { createObserving, type Observing, withObserving } from './with-observing.ts'

export type * from '../script/chatlog.ts'
export type { InitOptions, Privacy } from '../script/options.ts'
export type { ObserveSelectors } from './read/observe-selectors.ts'
export type { PresetName } from './read/presets.ts'
export type { ObserveInitOptions, ObserveInput } from './read/selectors.ts'

/** An instance that can read a widget's messages from the page. */
export interface ObservingChatlog extends Chatlog {
  /**
   * Reads a widget's messages from the page from now on, as the tag's `data-*` of the same names say it.
   *
   * Refused with one console line where a selector is none.
   */
  observe(widget: ObserveInput): void
}

/** By store name, the widgets that its instance observes. */
const observing = new Map<string, Observing>()

const observingOf = (storeName: string): Observing => {
  const known = observing.get(storeName) ?? createObserving()
  observing.set(storeName, known)
  return known
}

const initRecording = createInit({
  resolve(given) {
    resolveSelectors((given ?? {}) as ObserveInput, matchSelector)
    return resolvePrivacyOptions(given)
  },
  moreOptions: ['preset', ...selectorNames],
  start: withPrivacy(withObserving(withFeedbackUpserts(startRecording), observingOf, thisPage)),
})

/**
 * Starts logging, as `init` of `chatlog` does; `privacy` may be `redacted` or `metadata` here, and a widget can be
 * observed: by selectors, by a preset's name, or later by `observe`. Never throws, as that doesn't.
 *
 * @example
 * ```ts
 * import { init } from 'chatlog/observe'
 *
 * const log = init({ apiKey: 'WEB_KEY', privacy: 'redacted', observe: '#chat', user: '.msg.user', assistant: '.msg.bot'
 * }) log.trackMessage({ role: 'user', content: 'Write to jane@example.com' }) // stored: Write to [email]
 * ```
 */
export function init(given: ObserveInitOptions): ObservingChatlog {
  const { storeName = 'chatlog' } = given ?? {}
  const instance = initRecording(given)
  if ('observe' in instance) return instance as ObservingChatlog
  if (instance.getState().problem) return Object.assign(instance, { observe() {} })
  const { stop } = instance
  const selectors = resolveSelectors(given ?? {}, matchSelector)
  const own = observingOf(storeName)
  if (selectors) own.add(selectors)
  return Object.assign(instance, {
    observe(widget: ObserveInput) {
      try {
        const found = resolveSelectors(widget ?? {}, matchSelector)
        if (!found)
          throw new TypeError('chatlog: observe({ observe, user, assistant }) needs these three CSS selectors')
        own.add(found)
      } catch (cause) {
        console.error(String(cause))
      }
    },
    stop() {
      stop()
      observing.delete(storeName)
    },
  })
}
