import type { CookieJar, OutgoingRequest, Platform } from '../script/platform.ts'

/** What the first file needs of its page: a small part of the core's `Platform`. */
export interface LazyPage
  extends Pick<
    Platform,
    | 'now'
    | 'createId'
    | 'page'
    | 'cookies'
    | 'localText'
    | 'sessionText'
    | 'automated'
    | 'globalPrivacyControl'
    | 'doNotTrack'
    | 'fetchLater'
    | 'sendBeacon'
    | 'onClick'
    | 'openChannel'
    | 'deleteRowLog'
  > {
  fetch(request: OutgoingRequest): void
  /** The URL resolved against the page's; as it is where it is none. */
  absolute(url: string): string
  /** The page goes, perhaps for good. */
  onLeaving(listener: () => void): void
  /** The visitor touches or enters a chat. @returns the unsubscribe */
  onChatTouched(listener: () => void): () => void
  console: Pick<Console, 'error'>
}

const attempt = <Result>(work: () => Result): Result | undefined => {
  try {
    return work()
  } catch {
    return
  }
}

const textStorage = (open: () => Storage) => ({
  get: (key: string) => attempt(() => open().getItem(key)) ?? null,
  set: (key: string, value: string) => attempt(() => open().setItem(key, value)),
  remove: (key: string) => attempt(() => open().removeItem(key)),
  keys: () => attempt(() => Object.keys(open())) ?? [],
})

/** Names and values are letters, digits and `._-`: nothing in them needs escaping. */
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

const chats = '[data-chatlog]'

/** Never throws into the page; hears events before the page's own listeners do. */
const listen = (target: EventTarget, names: string[], listener: (event: Event) => void): (() => void) => {
  const safe = (event: Event) => attempt(() => listener(event))
  for (const name of names) target.addEventListener(name, safe, true)
  return () => {
    for (const name of names) target.removeEventListener(name, safe, true)
  }
}

const elementsOf = (event: Event) => event.composedPath().filter((target) => target instanceof Element) as Element[]

/** The page that the file runs in. */
export function lazyPage(): LazyPage {
  const { document, navigator, location } = window
  const pageFetch = window.fetch
  const later = (window as { fetchLater?: (url: string, init: RequestInit) => unknown }).fetchLater
  const post = ({ url: _url, body, ...init }: OutgoingRequest): RequestInit => ({
    ...{ method: 'POST', credentials: 'omit', ...init },
    body: body.join(''),
  })
  return {
    now: () => Date.now(),
    createId: () => {
      const letters = crypto.getRandomValues(new Uint8Array(21))
      return Array.prototype.map
        .call(
          letters,
          (value: number) => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-'[value & 63],
        )
        .join('')
    },
    page: () => ({
      ...{ href: location.href, baseUrl: document.baseURI, title: document.title },
      ...{ hostname: location.hostname, origin: location.origin, secure: location.protocol === 'https:' },
    }),
    cookies: cookieJar(),
    localText: textStorage(() => window.localStorage),
    sessionText: textStorage(() => window.sessionStorage),
    automated: navigator.webdriver === true,
    globalPrivacyControl: (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true,
    doNotTrack: navigator.doNotTrack === '1',
    absolute: (url) => attempt(() => new URL(url, document.baseURI).href) ?? url,
    fetch: (request) =>
      void attempt(() => pageFetch.call(window, request.url, { ...post(request), keepalive: true }).catch(() => {})),
    fetchLater: later
      ? (request) => {
          const abort = new AbortController()
          return (
            attempt(() => {
              later.call(window, request.url, { ...post(request), signal: abort.signal })
              return () => abort.abort()
            }) ?? null
          )
        }
      : null,
    sendBeacon: (url, body) => attempt(() => navigator.sendBeacon(url, body)) === true,
    onLeaving: (listener) => void listen(window, ['pagehide'], listener),
    onChatTouched: (listener) =>
      listen(window, ['pointerdown', 'focusin'], (event) => {
        if (elementsOf(event).some((element) => element.matches(chats))) listener()
      }),
    onClick: (root, listener) =>
      listen(root ?? window, ['click', 'auxclick'], (event) => {
        // The right button fires `auxclick` too, and opens a menu, not a link.
        if ((event as MouseEvent).button < 2) listener({ event, elements: elementsOf(event) })
      }),
    openChannel(name, onMessage) {
      const channel = attempt(() => new BroadcastChannel(name))
      if (channel) channel.onmessage = ({ data }) => onMessage(data)
      return { post: (news) => channel?.postMessage(news), close: () => channel?.close() }
    },
    deleteRowLog: (name) => attempt(() => window.indexedDB.deleteDatabase(name)),
    console,
  }
}
