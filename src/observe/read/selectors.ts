import type { InitOptions } from '../../script/options.ts'
import { defaultSelectors, type ObserveSelectors } from './observe-selectors.ts'
import { type PresetName, presets } from './presets.ts'

/** Selectors, or a preset by name with selectors that differ from it. */
export interface ObserveInput extends Partial<ObserveSelectors> {
  preset?: PresetName
}

/** What `init` of this build takes beyond the options of the small script. */
export interface ObserveInitOptions extends InitOptions, ObserveInput {}

/** The selectors that may be given. */
export const selectorNames: readonly (keyof ObserveSelectors)[] = [
  'observe',
  'user',
  'assistant',
  'content',
  'done',
  'ignore',
  'error',
  'stop',
  'retry',
  'newConversation',
  'feedbackPositive',
  'feedbackNegative',
]

/**
 * The selectors that were given, a preset filled in; `null` where nothing is to be observed.
 *
 * @param matches throws where its argument is no selector
 * @throws TypeError naming the option, its value and the remedy
 */
export function resolveSelectors(given: ObserveInput, matches: (selector: string) => unknown): ObserveSelectors | null {
  const { preset } = given
  if (preset !== undefined && !Object.keys(presets).includes(preset)) {
    throw new TypeError(
      `chatlog: \`preset\` must be ${Object.keys(presets).join(', ')}, got ${JSON.stringify(preset)}; ` +
        'for other widgets give `observe`, `user` and `assistant`',
    )
  }
  const selectors: Partial<ObserveSelectors> = preset === undefined ? {} : { ...presets[preset] }
  for (const name of selectorNames) {
    const selector = given[name]
    if (selector === undefined) continue
    if (!isSelector(selector, matches)) {
      throw new TypeError(`chatlog: \`${name}\` must be a CSS selector, got ${JSON.stringify(selector)}`)
    }
    selectors[name] = selector
  }
  if (!Object.keys(selectors).length) return null
  if (!selectors.user && !selectors.assistant) Object.assign(selectors, defaultSelectors)
  for (const name of selectorNames.slice(0, 3)) {
    if (!selectors[name]) throw new TypeError(`chatlog: to observe a widget, \`${name}\` must be a CSS selector too`)
  }
  return selectors as ObserveSelectors
}

function isSelector(selector: unknown, matches: (selector: string) => unknown): boolean {
  try {
    if (typeof selector !== 'string' || !selector.trim()) return false
    matches(selector)
    return true
  } catch {
    return false // the browser throws where the text is no selector
  }
}

/** Names of the attributes whose change may make an element match a selector, or stop matching it. */
export function attributesIn(selectors: ObserveSelectors): string[] {
  const text = Object.values(selectors).join(' ')
  const named = [...text.matchAll(/\[\s*([\w-]+)/g)].map(([, name]) => name as string)
  return [...new Set([...named, 'class', 'id', 'href', 'hidden', 'disabled', 'role', 'aria-busy', 'aria-hidden'])]
}
