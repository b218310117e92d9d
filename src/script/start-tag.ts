import type { Chatlog } from './chatlog.ts'
import type { InitOptions } from './options.ts'
import { tagData } from './platform.ts'

/** `window.chatlog`: before the load the page's stub, which queues calls; after it the instance, with `init` on it. */
type TagGlobal = Partial<Record<keyof Chatlog, unknown>> & {
  q?: [name: keyof Chatlog, ...given: unknown[]][]
  init?: (options: InitOptions) => Chatlog
}

const page = globalThis as unknown as { chatlog?: TagGlobal }

const textOptions = ['apiKey', 'endpoint', 'storeName', 'userId', 'cookieName', 'cookieDomain']

/** Options from `data-*`: numbers and booleans by their look, except where an option's value is text anyway. */
function optionsOf(data: DOMStringMap): InitOptions {
  const options: Record<string, unknown> = {}
  for (const [name, value = ''] of Object.entries(data)) {
    if (textOptions.includes(name)) options[name] = value
    else if (/^(true|false|)$/.test(value)) options[name] = value !== 'false'
    else options[name] = Number.isNaN(Number(value)) ? value : Number(value)
  }
  return options as unknown as InitOptions
}

/** What a script tag does: `init` from its `data-*`, and `window.chatlog` as the instance. Loaded twice, the first stays. */
export function startTag(init: (options: InitOptions) => Chatlog): void {
  /** Makes the instance the global, and makes the calls that came before it. */
  const initGlobal = (options: InitOptions): Chatlog => {
    const instance = init(options)
    const calls = page.chatlog?.q
    page.chatlog = Object.assign(instance, { init: initGlobal }) as unknown as TagGlobal
    for (const [name, ...given] of Array.isArray(calls) ? calls : []) {
      const method = instance[name] as ((...given: unknown[]) => unknown) | undefined
      if (method) method(...given)
      else console.error(`chatlog: there is no method \`${name}\``)
    }
    return instance
  }

  const { apiKey, ...data } = tagData()
  if (page.chatlog?.init) return
  if (apiKey) initGlobal(optionsOf({ apiKey, ...data }))
  else page.chatlog = { ...page.chatlog, init: initGlobal }
}
