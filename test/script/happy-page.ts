import { Window } from 'happy-dom'
import { vi } from 'vitest'
import { browserPlatform, type Platform } from '../../src/script/platform.ts'

/** What a browser has beside, or instead of, what happy-dom has: values, and getters that throw where it denies. */
export interface HappyPageOptions {
  /** @defaultValue 'https://docs.example.com/guide' */
  url?: string
  window?: object
  navigator?: object
  document?: object
}

/** A page, and the platform that the script makes of it. */
export interface HappyPage {
  window: globalThis.Window & typeof globalThis
  document: Document
  platform: Platform
  /** Dispatches an event of the window. */
  tell(name: string, properties?: object): void
  /** The document becomes visible, or hidden, and says so. */
  becomes(visibilityState: DocumentVisibilityState): void
}

/** The globals of a browser, until `vi.unstubAllGlobals()`. Clock, timers and streams are Node's. */
export function happyPage(options: HappyPageOptions = {}): HappyPage {
  const window = new Window({ url: options.url ?? 'https://docs.example.com/guide' }) as unknown as HappyPage['window']
  const { document, navigator } = window
  give(window, { CompressionStream })
  give(window, options.window)
  give(navigator, options.navigator)
  give(document, options.document)
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', document)
  vi.stubGlobal('Element', window.Element)

  const tell = (name: string, properties: object = {}) => {
    window.dispatchEvent(Object.assign(new window.Event(name), properties))
  }
  return {
    window,
    document,
    platform: browserPlatform(),
    tell,
    becomes(visibilityState) {
      give(document, { visibilityState })
      document.dispatchEvent(new window.Event('visibilitychange', { bubbles: true }))
    },
  }
}

/** Own properties, getters as such, whatever the prototype says. */
function give(owner: object, properties: object = {}): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(properties))) {
    Object.defineProperty(owner, name, { ...property, configurable: true })
  }
}

/** The getter of something that a browser doesn't let a page read. */
export const denied = (): never => {
  throw new DOMException('The operation is insecure.', 'SecurityError')
}
