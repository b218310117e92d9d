import { type InitOptions, optionNames, type ResolvedOptions } from './options.ts'
import { sayOnce } from './say-once.ts'
import { unknownOptions } from './unknown-options.ts'

/**
 * Says which options there aren't. @throws TypeError where one looks like `consent`, `privacy`, `endpoint` or `apiKey`
 */
function nameUnknown(given: InitOptions, known: readonly string[]): void {
  for (const { name, meant, isGrave } of unknownOptions(Object.keys(given ?? {}), known)) {
    const needs = /^(observe|preset)$/.test(name) ? ' in chatlog.js: load chatlog-observe.js' : ''
    const line = `chatlog init: there is no option \`${name}\`${needs || (meant ? `, is it \`${meant}\`?` : '')}`
    if (isGrave) throw new TypeError(line)
    sayOnce(meant || needs ? 'warn' : 'debug', line)
  }
}

/**
 * Opens an instance with the options that a page gives. It never throws: it says once what is wrong with them.
 *
 * @param resolve throws a TypeError naming the option, its value and the remedy
 * @param refused makes an instance that records nothing and says why, where the options are wrong
 */
export function withOptions<Instance>(
  given: InitOptions,
  { resolve, moreOptions = [] }: { resolve(given: InitOptions): ResolvedOptions; moreOptions?: readonly string[] },
  open: (options: ResolvedOptions) => Instance,
  refused: (problem: string) => Instance,
): Instance {
  try {
    nameUnknown(given, [...optionNames, ...moreOptions])
    return open(resolve(given))
  } catch (cause) {
    const line = `${(cause as Error)?.message ?? cause}: nothing is recorded`
    const problem = line.startsWith('chatlog') ? line : `chatlog init: ${line}`
    sayOnce('error', problem)
    return refused(problem)
  }
}
