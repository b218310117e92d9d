import { type InitOptions, type Privacy, type ResolvedOptions, resolveOptions } from '../script/options.ts'

const modes: readonly Privacy[] = ['full', 'redacted', 'metadata']

/**
 * The options with defaults filled in, for a build that redacts.
 *
 * @throws TypeError naming option, value and what it must look like
 */
export function resolvePrivacyOptions(given: InitOptions): ResolvedOptions {
  const { privacy = 'full', ...others } = given ?? {}
  if (!modes.includes(privacy)) {
    throw new TypeError(`chatlog init: \`privacy\` must be full, redacted or metadata, got ${String(privacy)}`)
  }
  return { ...resolveOptions(others as InitOptions), privacy }
}
