import type { Chatlog } from './chatlog.ts'
import type { InitOptions } from './options.ts'
import { attempt, pageConsole, soon, tagData } from './platform.ts'
import { sayOnce } from './say-once.ts'

/**
 * The tag's global: before the script has loaded, the page's stub, which queues calls; then the instance, with `init`.
 */
type TagGlobal = Partial<Record<keyof Chatlog, unknown>> & {
  q?: [name: keyof Chatlog, ...given: unknown[]][]
  init?: (options: InitOptions) => Chatlog
}

const page = globalThis as unknown as Record<string, TagGlobal | undefined>

const textOptions = ['apiKey', 'endpoint', 'storeName', 'userId', 'cookieName', 'cookieDomain']
/**
 * Options that an attribute without a value sets to `true`. Any other attribute without a value counts as not given: a
 * template writes it so where it has nothing to say.
 */
const flags = ['cookies', 'partitioned', 'doNotTrack', 'captureLinks', 'debug']

/** How long a tag without a key waits for the page to call `init`, in milliseconds. */
const initAfterMs = 2_000

/**
 * Options from `data-*`. Text that looks like a number or a boolean becomes one, except for options whose value is
 * text.
 */
function optionsOf(data: DOMStringMap): InitOptions {
  const options: Record<string, unknown> = {}
  for (const [name, given = ''] of Object.entries(data)) {
    const value = given.trim()
    if (!value) {
      if (flags.includes(name)) options[name] = true
    } else if (textOptions.includes(name)) options[name] = value
    else if (/^(true|false)$/.test(value)) options[name] = value === 'true'
    else options[name] = Number.isNaN(Number(value)) ? value : Number(value)
  }
  return options as unknown as InitOptions
}

/**
 * The stub or instance in the global of that name; `undefined` where it is an element, a frame or anything of the
 * page's.
 */
function ownGlobal(name: string): TagGlobal | undefined {
  try {
    const found = page[name]
    return Array.isArray(found?.q) || typeof found?.init === 'function' ? found : undefined
  } catch {
    return // a frame of another site
  }
}

/**
 * Does what a script tag is for: calls `init` with its `data-*`, and makes the instance `window.chatlog`, or the global
 * that `data-global` names. Where two tags are on a page, the first one records.
 */
export function startTag(init: (options: InitOptions) => Chatlog): void {
  const { global: name = 'chatlog', ...data } = tagData()

  let started = false
  /** Puts it in the place of whatever is there, unless the page doesn't let one. */
  const take = (value: TagGlobal) => {
    attempt(() => {
      page[name] = value
    })
    if (!ownGlobal(name)?.init)
      sayOnce('error', `chatlog: the page keeps \`${name}\` for itself: choose another name with data-global`)
  }
  /** Makes the instance, puts it into the global, and makes the calls that the stub has queued. */
  const initGlobal = (options: InitOptions): Chatlog => {
    started = true
    const instance = init(options)
    const calls = ownGlobal(name)?.q ?? []
    take(Object.assign(instance, { init: initGlobal }) as unknown as TagGlobal)
    for (const [method, ...given] of calls) {
      const call = instance[method] as ((...given: unknown[]) => unknown) | undefined
      if (call) call(...given)
      else pageConsole.error(`chatlog: there is no method \`${method}\``)
    }
    return instance
  }

  if (ownGlobal(name)?.init) {
    sayOnce('warn', 'chatlog: a second tag is on this page: the first one records')
    return
  }
  if (data.apiKey?.trim()) {
    initGlobal(optionsOf(data))
    return
  }
  take({ ...ownGlobal(name), init: initGlobal })
  const complain = () => {
    if (started) return
    const found = Object.keys(data).join(', ')
    sayOnce(
      'error',
      `chatlog: nothing is recorded: the tag has no data-api-key (${found || 'no data-* reached it'}), and nobody calls ${name}.init`,
    )
  }
  soon(complain, initAfterMs)
}
