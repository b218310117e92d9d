import type { CoreElement, StartCore } from './hand-over.ts'

declare const __CHATLOG_VERSION__: string
/** `integrity` of the core that this very build belongs to. */
declare const __CHATLOG_CORE_INTEGRITY__: string

/** Loads the core. */
export interface CoreLoader {
  /** Loads the core once the page has loaded; calls `onMissing` where it can't be loaded. */
  load(onStart: (start: StartCore) => void, onMissing: (url: string) => void): void
}

type TrustedTypes = { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } }

/**
 * Loads the core by a script element of its own, with the tag's nonce, from the tag's folder, and with the build's hash
 * as `integrity`. A script element also works across origins without CORS and in sandboxed frames, where `import()`
 * doesn't.
 *
 * @param own the tag's element
 */
export function coreLoader(own: HTMLScriptElement | null): CoreLoader {
  const nonce = own?.nonce
  const crossOrigin = own?.crossOrigin ?? null
  const given = own?.dataset.core
  const url = own
    ? new URL(given || `chatlog-core-${__CHATLOG_VERSION__}.js`, given ? document.baseURI : own.src).href
    : ''
  // `origin` is null in a sandboxed frame, where every file is another origin's.
  const isSameOrigin = url.startsWith(`${window.origin}/`)

  /**
   * The URL, as a page under `require-trusted-types-for 'script'` takes it. Made once, since such a page may forbid a
   * second policy of the same name.
   */
  let source: string | undefined
  const trusted = (): string => {
    const { trustedTypes } = window as { trustedTypes?: TrustedTypes }
    const rules = { createScriptURL: () => url }
    source ??= trustedTypes ? trustedTypes.createPolicy('chatlog', rules).createScriptURL(url) : url
    return source
  }

  const append = (onStart: (start: StartCore) => void, onMissing: (url: string) => void) => {
    const element = document.createElement('script') as CoreElement
    let started = false
    element.chatlogCore = (start) => {
      started = true
      onStart(start)
    }
    const settle = () => {
      element.onload = element.onerror = null
      if (!started) onMissing(url)
    }
    element.onload = element.onerror = settle
    element.async = true
    if (nonce) element.nonce = nonce
    // Without CORS the browser may not read the bytes of another origin, and refuses what it can't check.
    if (isSameOrigin || crossOrigin !== null) element.integrity = __CHATLOG_CORE_INTEGRITY__
    element.crossOrigin = crossOrigin
    try {
      element.src = trusted()
      document.head.append(element)
    } catch {
      settle()
    }
  }

  return {
    load(onStart, onMissing) {
      const go = () => append(onStart, onMissing)
      if (!url) onMissing('(the tag’s own address is unknown: put data-core="…" onto it)')
      else if (document.readyState === 'complete') go()
      // A second file that is still on its way would delay the page's `load` event, in Firefox and WebKit.
      else addEventListener('load', () => setTimeout(go), { once: true })
    },
  }
}
