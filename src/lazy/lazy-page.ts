import {
  attempt,
  type CookieJar,
  isElement,
  listen,
  type OutgoingRequest,
  type PagePlatform,
  type Platform,
  pagePlatform,
  requestInit,
} from '../script/platform.ts'

/**
 * What the first file needs of its page: the part of the core's `Platform` that needs no package, and a little more.
 */
export interface LazyPage extends PagePlatform, Pick<Platform, 'createId' | 'cookies'> {
  /** Sends a request that outlives the page; nobody reads its answer. */
  leave(request: OutgoingRequest): void
  /** The URL, resolved against the page's base; a text that is no URL stays as it is. */
  absolute(url: string): string
  /** The page goes, perhaps for good. @returns the unsubscribe */
  onLeaving(listener: () => void): () => void
  /** The visitor touches or enters a chat. @returns the unsubscribe */
  onChatTouched(listener: () => void): () => void
}

/** The page's cookies. It escapes nothing: chatlog's names and values are letters, digits and `._-`. */
function cookieJar(): CookieJar {
  const get = (name: string) => attempt(() => `; ${document.cookie}`.split(`; ${name}=`)[1]?.split(';')[0]) || undefined
  const set: CookieJar['set'] = (name, value, { domain, expires, sameSite, secure, partitioned }) => {
    const until = new Date(Date.now() + (expires as number) * 86_400_000).toUTCString()
    attempt(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API answers later, and not in every browser
      document.cookie = `${name}=${value}; path=/; expires=${until}; SameSite=${sameSite}${domain ? `; domain=${domain}` : ''}${
        secure ? '; Secure' : ''
      }${partitioned ? '; Partitioned' : ''}`
    })
    return get(name)
  }
  return { get, set, remove: (name, attributes) => void set(name, '', { ...attributes, expires: -1 }) }
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-'

/** The page that the file runs in. */
export function lazyPage(): LazyPage {
  const pageFetch = window.fetch
  return {
    ...pagePlatform(),
    createId: () => {
      const numbers = crypto.getRandomValues(new Uint8Array(21))
      return Array.prototype.map.call(numbers, (value: number) => letters[value & 63]).join('')
    },
    cookies: cookieJar(),
    absolute: (url) => attempt(() => new URL(url, document.baseURI).href) ?? url,
    leave: ({ url, ...request }) =>
      void attempt(() => pageFetch.call(window, url, { ...requestInit(request), keepalive: true }).catch(() => {})),
    onLeaving: (listener) => listen(window, 'pagehide', listener),
    onChatTouched: (listener) =>
      listen(window, 'pointerdown focusin', (event) => {
        const isInChat = (target: EventTarget) => isElement(target) && target.matches('[data-chatlog]')
        if (event.composedPath().some(isInChat)) listener()
      }),
  }
}
