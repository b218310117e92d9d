import Cookies from 'js-cookie'
import { nanoid } from 'nanoid'
import { openRowLog, type RowLog } from './store/row-log.ts'

/** Text by key that outlives the page; `get` gives `null`, and writes do nothing, where the browser denies storage. */
export interface TextStorage {
  get(key: string): string | null
  set(key: string, value: string): void
  remove(key: string): void
  keys(): string[]
}

/** The page's cookies, as far as the script needs them. */
export interface CookieJar {
  get(name: string): string | undefined
  /**
   * @returns what the cookie holds afterwards: `undefined` where the browser refused it, another tab's value where that
   * was later
   */
  set(name: string, value: string, attributes: Cookies.CookieAttributes): string | undefined
  remove(name: string, attributes: Cookies.CookieAttributes): void
}

/** A click anywhere in the page. */
export interface PageClick {
  /** The browser's event, by which two listeners know that they heard the same click. */
  event: Event
  /** From the clicked element outwards, open shadow roots included. */
  elements: readonly Element[]
}

/** Web Locks, as far as the script needs them. Pages on plain http have none. */
export interface Locks {
  /**
   * Runs `work` once no other tab holds the lock, and holds it until `work` is done. Rejects, without having run it,
   * when the signal aborts first.
   */
  whenFree(name: string, work: () => unknown, signal?: AbortSignal): Promise<void>
}

/**
 * A piece of a body: JSON text, or a blob that the browser keeps outside the page's memory, so that it costs nothing
 * again.
 */
export type BodyPiece = string | Blob

/** A request to send: where, what and how. */
export interface OutgoingRequest {
  url: string
  /** In pieces, to be joined. */
  body: readonly BodyPiece[]
  headers: Record<string, string>
  /** @defaultValue 'POST' */
  method?: 'GET'
  redirect?: RequestRedirect
  keepalive?: boolean
  signal?: AbortSignal | undefined
}

/**
 * Everything that the script needs from its page: clock, timers, ids, cookies, storage, network and page life cycle.
 * The files that `test/structure/import-borders.test.ts` names, this one first, are the only ones that touch `window`.
 * Subscriptions (`onX`) return the unsubscribe.
 */
export interface Platform {
  /** Milliseconds since 1970. May jump backwards. */
  now(): number
  /** Milliseconds since some moment of this page's life; never jumps. */
  elapsedMs(): number
  /** Runs `callback` once, `delayMs` from now. @returns the cancel */
  setTimer(callback: () => void, delayMs: number): () => void
  /** Runs `callback` when the page has nothing better to do. */
  whenIdle(callback: () => void): void
  /** Runs `callback` once the page is shown: now, unless it is being prerendered. */
  whenActivated(callback: () => void): void
  /** 21 characters, unguessable. */
  createId(): string
  random(): number
  page(): { href: string; baseUrl: string; title: string; hostname: string; origin: string; secure: boolean }
  cookies: CookieJar
  localText: TextStorage
  sessionText: TextStorage
  /** `onClosed` is called when the browser closes the log by itself, as where the visitor deletes the site's data. */
  openRowLog(name: string, onClosed?: () => void): Promise<RowLog>
  /**
   * Deletes the log, which closes it in every tab. Does nothing where the browser denies IndexedDB: there is none then.
   */
  deleteRowLog(name: string): unknown
  locks: Locks | null
  /** Opens a channel to the other tabs of the origin; a tab doesn't hear its own messages. */
  openChannel(name: string, onMessage: (message: unknown) => void): { post(message: unknown): void; close(): void }
  fetch(request: OutgoingRequest): Promise<Response>
  /** Hands text over to the browser, which keeps it outside the page's memory. */
  freeze(text: string): BodyPiece
  /** Compresses the pieces, 64 KB a task. `null` where the browser can't. */
  gzip(body: readonly BodyPiece[]): Promise<Blob> | null
  /** @returns `false` where the browser didn't take the beacon */
  sendBeacon(url: string, body: string): boolean
  /**
   * Leaves a request with the browser that goes out when the document is gone. `null` where the browser has no such
   * thing. @returns the abort, `null` where it wasn't taken
   */
  fetchLater: ((request: OutgoingRequest) => (() => void) | null) | null
  isOnline(): boolean
  /** Whether the page may go without an event: WebKit fires no `pagehide` before `load`. */
  mayGoUnheard?(): boolean
  /** The browser says that a program drives it. */
  automated: boolean
  globalPrivacyControl: boolean
  doNotTrack: boolean
  /** The page is hidden, perhaps for good; `leaving` where the document goes. */
  onPageHidden(listener: (leaving: boolean) => void): () => void
  /** The page is visible again; `restored` where it was frozen or in the back/forward cache. */
  onPageShown(listener: (restored: boolean) => void): () => void
  onOnline(listener: () => void): () => void
  /** Each address that the page's Content Security Policy keeps a request from. */
  onForbidden(listener: (url: string) => void): () => void
  /** Left and middle clicks anywhere, keyboard included, before the page's own listeners and never in their way. */
  onClick(root: EventTarget | null, listener: (click: PageClick) => void): () => void
  /** Adds an entry to the page's performance timeline, from then (`elapsedMs`) to now. */
  measure(name: string, startedAt: number): void
  console: Pick<Console, 'error' | 'warn' | 'debug'>
}

type FetchLater = (url: string, init: RequestInit & { activateAfter?: number }) => { readonly activated: boolean }

/** Longest delay of a browser's timer, in milliseconds; beyond it, it fires at once. */
const maxTimerMs = 2 ** 31 - 1

const writer =
  (level: 'error' | 'warn' | 'debug') =>
  (...said: unknown[]): void =>
    void attempt(() => console[level](...said))

/** The page's console, which it may have taken away or put another in the place of. */
export const pageConsole: Platform['console'] = {
  error: writer('error'),
  warn: writer('warn'),
  debug: writer('debug'),
}

/** The work, with what it throws written to the console: nothing is ever thrown into the host page. */
const guarded =
  <Given extends unknown[]>(work: (...given: Given) => unknown) =>
  (...given: Given): void => {
    try {
      work(...given)
    } catch (cause) {
      pageConsole.error('chatlog:', cause)
    }
  }

/**
 * Runs work outside of Angular's zone: an app counts as stable only once nothing that began in its zone is under way,
 * and the script always waits for something. https://angular.dev/api/core/ApplicationRef#isStable
 */
function outsideZones<Result>(work: () => Result): Result {
  const root = (window as { Zone?: { root?: { run?: <Given>(work: () => Given) => Given } } }).Zone?.root
  return root?.run ? root.run(work) : work()
}

/** Listens to the events, named with spaces between, in the capture phase and passively. @returns the unsubscribe */
export function listen(target: EventTarget, names: string, listener: (event: Event) => void): () => void {
  const safe = guarded(listener)
  const each = (change: 'addEventListener' | 'removeEventListener') =>
    outsideZones(() => {
      for (const name of names.split(' ')) target[change](name, safe, { capture: true, passive: true })
    })
  const add = () => each('addEventListener')
  add()
  // `document.open()` removes the root element and every listener of window and document: each change adds them again.
  const watcher = attempt(() => new MutationObserver(add))
  attempt(() => watcher?.observe(document, { childList: true }))
  return () => {
    watcher?.disconnect()
    each('removeEventListener')
  }
}

/**
 * What the work returns; `undefined` where it throws, as the browser denies it (in a sandboxed frame) or the page broke
 * it.
 */
export function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    return
  }
}

/** A storage that the browser may deny, or that may be full: the script never keeps its only copy there. */
function textStorage(open: () => Storage): TextStorage {
  return {
    get: (key) => attempt(() => open().getItem(key)) ?? null,
    set: (key, value) => attempt(() => open().setItem(key, value)),
    remove: (key) => attempt(() => open().removeItem(key)),
    keys: () => attempt(() => Object.keys(open())) ?? [],
  }
}

function cookieJar(): CookieJar {
  // An emptied cookie counts as missing.
  const get = (name: string) => attempt(() => Cookies.get(name)) || undefined
  return {
    get,
    set(name, value, attributes) {
      attempt(() => Cookies.set(name, value, attributes))
      return get(name)
    },
    remove: (name, attributes) => attempt(() => Cookies.remove(name, attributes)),
  }
}

function webLocks(locks: LockManager | undefined): Locks | null {
  return locks
    ? {
        whenFree: async (name, work, signal) => {
          await locks.request(name, signal ? { signal } : {}, () => work())
        },
      }
    : null
}

/** Stops what takes its signal. */
export interface Abort {
  /** `undefined` where a variable of the page's own has the browser's name: nothing can be stopped then. */
  signal: AbortSignal | undefined
  abort(reason?: unknown): void
}

export const createAbort = (): Abort => attempt((): Abort => new AbortController()) ?? { signal: undefined, abort() {} }

/**
 * What `fetch` takes. Frozen pieces go as a blob of blobs: one long text costs five times as much (1.9 MB, Chromium
 * 156).
 */
export const requestInit = ({ body, ...init }: Omit<OutgoingRequest, 'url'>): RequestInit => ({
  ...{ method: 'POST', credentials: 'omit', ...(init as RequestInit) },
  body: body.every((piece) => typeof piece === 'string') ? body.join('') || null : new Blob([...body]),
})

/** Bytes that are compressed in one task: 1.9 MB at once would block the page for 200 ms. */
const sliceBytes = 65_536

async function gzip(body: Blob): Promise<Blob> {
  const { readable, writable } = new CompressionStream('gzip')
  const zipped = new Response(readable).blob()
  const writer = writable.getWriter()
  for (let from = 0; from < body.size; from += sliceBytes) {
    await writer.write(await body.slice(from, from + sliceBytes).arrayBuffer())
  }
  await writer.close()
  return zipped
}

/** Whether there is a page; `false` where a server renders. */
export const hasPage = (): boolean => typeof document !== 'undefined'

/** The `data-*` of the tag that is running. */
export function tagData(): DOMStringMap {
  const running = document.currentScript as HTMLScriptElement | null
  // A module, an inlined script and one that `eval` runs can't tell which element they stand in, so it is looked for.
  const tag = running?.dataset.apiKey || running?.src ? running : attempt(() => document.querySelector(keyedScripts))
  return (tag as HTMLScriptElement | null)?.dataset ?? {}
}

const keyedScripts = 'script[data-api-key][src*=chatlog],script[data-api-key]:not([src])'

/** Runs `work` once, `delayMs` from now. */
export const soon = (work: () => void, delayMs: number): void =>
  void attempt(() => outsideZones(() => setTimeout(guarded(work), delayMs)))

/** Not by `instanceof`: the page may have a variable of that name. */
export const isElement = (target: EventTarget): target is Element => (target as Partial<Node>).nodeType === 1

/** A value that all copies of the script on one page share: the first copy that asks makes it. */
export function sharedByCopies<Shared>(what: string, create: () => Shared): Shared {
  const page = globalThis as unknown as Record<PropertyKey, Shared>
  const name = attempt(() => Symbol.for(`chatlog ${what}`)) ?? `chatlog ${what}`
  const shared = page[name] ?? create()
  attempt(() => {
    page[name] = shared
  })
  return shared
}

/**
 * The page's address. A frame or window without an address of its own (`srcdoc`, `about:blank`, `blob:`) has that of
 * the page that it is in, or that opened it, where the browser lets the script ask for it.
 */
const addressOf = (view: Window): Location => {
  const { hostname, protocol } = view.location
  const embedder = view.parent === view ? (view.opener as Window | null) : view.parent
  const isNamed = hostname || protocol === 'file:' || !embedder
  return (isNamed ? undefined : attempt(() => addressOf(embedder))) ?? view.location
}

/** The part of the platform that needs no package: the lazy tag has it as well. */
export type PagePlatform = Pick<
  Platform,
  | 'now'
  | 'page'
  | 'localText'
  | 'sessionText'
  | 'deleteRowLog'
  | 'openChannel'
  | 'sendBeacon'
  | 'fetchLater'
  | 'automated'
  | 'globalPrivacyControl'
  | 'doNotTrack'
  | 'onClick'
  | 'console'
>

/** The page that the script runs in, as far as that needs no package. */
export function pagePlatform(): PagePlatform {
  const { document, navigator } = window
  const later = (window as { fetchLater?: FetchLater }).fetchLater?.bind(window)
  const signals = navigator as Navigator & { globalPrivacyControl?: boolean }
  return {
    now: Date.now,
    page() {
      const { href, hostname, origin, protocol } = addressOf(window)
      return { href, baseUrl: document.baseURI, title: document.title, hostname, origin, secure: protocol === 'https:' }
    },
    localText: textStorage(() => window.localStorage),
    sessionText: textStorage(() => window.sessionStorage),
    deleteRowLog: (name) => attempt(() => window.indexedDB.deleteDatabase(name)),
    openChannel(name, onMessage) {
      let channel: BroadcastChannel | undefined
      // Where the browser lacks or denies channels, other tabs hear of news when they next read the store.
      attempt(() => {
        channel = new BroadcastChannel(name)
        channel.onmessage = (event) => onMessage(event.data)
      })
      return { post: guarded((message) => channel?.postMessage(message)), close: () => channel?.close() }
    },
    sendBeacon: (url, body) => navigator.sendBeacon(url, body),
    fetchLater: later
      ? ({ url, ...init }) => {
          const abort = createAbort()
          try {
            later(url, requestInit({ ...init, signal: abort.signal }))
          } catch {
            return null // the quota is used up, or the page mayn't use it: the other transports remain
          }
          return () => abort.abort()
        }
      : null,
    automated: navigator.webdriver === true,
    globalPrivacyControl: signals.globalPrivacyControl === true,
    doNotTrack: navigator.doNotTrack === '1',
    onClick: (root, listener) =>
      listen(root ?? window, 'click auxclick', (event) => {
        // The right button fires `auxclick` too, and opens a menu, not a link.
        if ((event as MouseEvent).button > 1) return
        listener({ event, elements: event.composedPath().filter(isElement) })
      }),
    console: pageConsole,
  }
}

/** The page that the script runs in. */
export function browserPlatform(): Platform {
  const { document, navigator } = window
  // Taken now, so that a page which replaces `fetch` later neither sees nor breaks our requests.
  const pageFetch = window.fetch?.bind(window)
  return {
    ...pagePlatform(),
    elapsedMs: () => attempt(() => performance.now()) ?? Date.now(),
    setTimer(callback, delayMs) {
      const timer = attempt(() => outsideZones(() => setTimeout(guarded(callback), Math.min(delayMs, maxTimerMs))))
      return () => clearTimeout(timer)
    },
    whenIdle: (callback) => void outsideZones(() => (window.requestIdleCallback ?? setTimeout)(guarded(callback))),
    whenActivated(callback) {
      // A page that the browser prerenders may never be seen: nothing runs before it is.
      if ((document as { prerendering?: boolean }).prerendering) listen(document, 'prerenderingchange', callback)
      else callback()
    },
    // A page without `crypto` is a test's, where nobody guesses ids.
    createId: () => attempt(nanoid) ?? `${Math.random()}`.slice(2),
    random: Math.random,
    cookies: cookieJar(),
    // Where cookies are blocked, Firefox throws as soon as `indexedDB` is read: in an async function that is a
    // rejection.
    openRowLog: async (name, onClosed) => openRowLog(window.indexedDB, name, onClosed),
    locks: webLocks(navigator.locks),
    fetch: async ({ url, ...init }) => outsideZones(() => pageFetch(url, requestInit(init))),
    freeze: (text) => new Blob([text]),
    gzip: (body) => (window.CompressionStream ? gzip(new Blob([...body])) : null),
    isOnline: () => navigator.onLine !== false,
    mayGoUnheard: () => /^Apple/.test(navigator.vendor) && document.readyState !== 'complete',
    onPageHidden(listener) {
      // No `unload` or `beforeunload`: they keep the page out of the back/forward cache, and phones never fire them.
      return listen(window, 'visibilitychange pagehide freeze', (event) => {
        if (event.type !== 'visibilitychange' || document.visibilityState === 'hidden') {
          listener(event.type !== 'visibilitychange')
        }
      })
    },
    onPageShown(listener) {
      return listen(window, 'visibilitychange pageshow resume', (event) => {
        const restored = event.type === 'resume' || (event as PageTransitionEvent).persisted === true
        if (restored || (event.type !== 'pageshow' && document.visibilityState === 'visible')) listener(restored)
      })
    },
    onOnline: (listener) => listen(window, 'online', listener),
    onForbidden: (listener) =>
      listen(window, 'securitypolicyviolation', (event) => {
        const { disposition, blockedURI } = event as SecurityPolicyViolationEvent
        if (disposition !== 'report') listener(blockedURI)
      }),
    // Firefox before 101 takes no object here, and throws.
    measure: (name, start) => void attempt(() => performance.measure(`chatlog ${name}`, { start })),
  }
}
