import type { Chatlog } from './chatlog.ts'
import type { InitOptions } from './options.ts'
import { soon, tagData } from './platform.ts'
import { sayOnce } from './say-once.ts'

/** The tag's global: before the load the page's stub, which queues calls; after it the instance, with `init` on it. */
type TagGlobal = Partial<Record<keyof Chatlog, unknown>> & {
  q?: [name: keyof Chatlog, ...given: unknown[]][]
  init?: (options: InitOptions) => Chatlog
}

const page = globalThis as unknown as Record<string, TagGlobal | undefined>

const textOptions = ['apiKey', 'endpoint', 'storeName', 'userId', 'cookieName', 'cookieDomain']
/** An attribute without a value means these, and nothing elsewhere: a template writes it where it has nothing to say. */
const flags = ['cookies', 'partitioned', 'doNotTrack', 'captureLinks', 'debug']

/** How long a tag without a key waits for the page to call `init`, in milliseconds. */
const initAfterMs = 2_000

/** Options from `data-*`: numbers and booleans by their look, except where an option's value is text anyway. */
function optionsOf(data: DOMStringMap): InitOptions {
  const options: Record<string, unknown> = {}
  for (const [name, value = ''] of Object.entries(data)) {
    if (!value.trim()) {
      if (flags.includes(name)) options[name] = true
    } else if (textOptions.includes(name)) options[name] = value
    else if (/^(true|false)$/.test(value)) options[name] = value === 'true'
    else options[name] = Number.isNaN(Number(value)) ? value : Number(value)
  }
  return options as unknown as InitOptions
}

/** The stub or instance of that name; `undefined` where it is anything else: an element, a frame, a list of the page's. */
function ownGlobal(name: string): TagGlobal | undefined {
  try {
    const found = page[name]
    return Array.isArray(found?.q) || typeof found?.init === 'function' ? found : undefined
  } catch {
    return // a frame of another site
  }
}

/**
 * What a script tag does: `init` from its `data-*`, and `window.chatlog`, or the global that `data-global` names, as the
 * instance. Loaded twice, the first stays.
 */
export function startTag(init: (options: InitOptions) => Chatlog): void {
  const { global: name = 'chatlog', ...data } = tagData()

  let started = false
  /** Makes the instance the global, and makes the calls that came before it. */
  const initGlobal = (options: InitOptions): Chatlog => {
    started = true
    const instance = init(options)
    const calls = ownGlobal(name)?.q ?? []
    page[name] = Object.assign(instance, { init: initGlobal }) as unknown as TagGlobal
    for (const [method, ...given] of calls) {
      const call = instance[method] as ((...given: unknown[]) => unknown) | undefined
      if (call) call(...given)
      else console.error(`chatlog: there is no method \`${method}\``)
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
  page[name] = { ...ownGlobal(name), init: initGlobal }
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
