import { createHash } from 'node:crypto'
import type { Instance } from '../../../src/script/instance.ts'
import { createInstance } from '../../../src/script/instance.ts'
import { type InitOptions, resolveOptions } from '../../../src/script/options.ts'
import type { PageClick, Platform } from '../../../src/script/platform.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { createFakeDocument, type FakeDocument } from './fake-document.ts'
import { createFakeEndpoint, type EndpointMode, type FakeEndpoint } from './fake-endpoint.ts'
import { createFakeChannels, createFakeLocks } from './fake-locks.ts'
import { createFakeNetwork, type FakeNetwork } from './fake-network.ts'
import { createFakeDatabase, type FakeDatabase } from './fake-row-log.ts'
import { createFakeCookies, createFakeTextStorage, type FakeCookies, type FakeTextStorage } from './fake-storage.ts'

/** What kind of browser and site it is. */
export interface FakeBrowserOptions {
  /** What the server does with messages that an upsert leaves out. @defaultValue 'replace' */
  mode?: EndpointMode
  /** @defaultValue 'https://docs.example.com/guide' */
  url?: string
  /** Web Locks; browsers have none on plain http. @defaultValue true */
  locks?: boolean
  /** Only Chromium has it. @defaultValue true */
  fetchLater?: boolean
  /** For `random()`. @defaultValue 1 */
  seed?: number
  /** Pages are prerendered until they are activated. @defaultValue false */
  prerendered?: boolean
  automated?: boolean
  globalPrivacyControl?: boolean
  doNotTrack?: boolean
  /** Another device: it has the clock and the endpoint of that one, and nothing else. */
  besides?: FakeBrowser
  /** Changes what pages get, to break the script on purpose. */
  alter?: (platform: Platform) => Platform
}

/** As long as those of nanoid, and as hard to compress; the same ones each time. */
const idOf = (number: number): string => createHash('sha256').update(`${number}`).digest('base64url').slice(0, 21)

/** One browser with one site in it: what its tabs share, and the endpoint that they talk to. */
export interface FakeBrowser {
  clock: FakeClock
  endpoint: FakeEndpoint
  network: FakeNetwork
  database: FakeDatabase
  cookies: FakeCookies
  localStorage: FakeTextStorage
  /** What pages wrote with `console.error`, oldest first. */
  errors: string[]
  advance(ms: number): Promise<void>
  /** A new tab, or a duplicate of another, which starts with a copy of its sessionStorage. */
  openTab(duplicateOf?: FakeTab): FakeTab
  /** Cuts the line, and tells the pages. */
  goOffline(): void
  goOnline(): Promise<void>
  /** SIGKILL: every tab is gone, nothing that was under way goes on. */
  kill(): void
}

/** A tab: what happens to its page. Its platform is the page's that it shows now. */
export interface FakeTab {
  readonly platform: Platform
  readonly sessionStorage: FakeTextStorage
  isOpen(): boolean
  /** `createInstance` on the page that it shows now. */
  start(options?: Partial<InitOptions>): Instance
  /** Switches to another tab or window, and back. */
  hide(): Promise<void>
  show(): Promise<void>
  close(): Promise<void>
  /** The renderer crashes: the page gets no chance to do anything. */
  crash(): void
  /** To another page of the site, or a reload. */
  navigate(url?: string): Promise<void>
  /** To another site, the page kept in the back/forward cache if it holds nothing that forbids it. @returns whether it is */
  leaveCached(): Promise<boolean>
  /** Back out of the cache. @returns whether it is the same page, or the browser had to load it anew */
  comeBack(): Promise<boolean>
  /** Shows a page that was prerendered. */
  activate(): Promise<void>
  /** A click; `elements` from the clicked one outwards. */
  click(elements: Element[]): void
}

type Listeners = Record<'hidden' | 'shown' | 'online' | 'click' | 'activated', Set<(given: never) => void>>

/** Longest time that Chromium keeps a page in its back/forward cache, in milliseconds. */
const longestInCacheMs = 600_000

/** A fake browser whose only time is `advance`, and whose only chance is its seed. */
export function fakeBrowser(options: FakeBrowserOptions = {}): FakeBrowser {
  const { besides } = options
  const clock = besides?.clock ?? createFakeClock()
  const endpoint = besides?.endpoint ?? createFakeEndpoint(clock, options.mode ?? 'replace')
  const network = createFakeNetwork(clock, endpoint)
  network.hasFetchLater = options.fetchLater !== false
  const address = new URL(options.url ?? 'https://docs.example.com/guide')
  const secure = address.protocol === 'https:'
  const database = createFakeDatabase(clock)
  const cookies = createFakeCookies({ hostname: address.hostname, secure }, clock.now)
  const localStorage = createFakeTextStorage()
  const locks = createFakeLocks(clock)
  const channels = createFakeChannels(clock)
  const random = createRandom(options.seed ?? 1)
  const tabs = new Set<FakeTab>()
  const onlineListeners = new Map<FakeDocument, Listeners['online']>()
  const errors: string[] = []
  let documents = 0
  let ids = (options.seed ?? 0) * 1_000_000

  const platformFor = (document: FakeDocument, sessionStorage: FakeTextStorage, url: string, listeners: Listeners) => {
    const subscribe = <Name extends keyof Listeners>(name: Name, listener: (given: never) => void) => {
      listeners[name].add(listener)
      return () => void listeners[name].delete(listener)
    }
    const { hostname, origin } = address
    const platform: Platform = {
      now: clock.now,
      elapsedMs: clock.elapsedMs,
      setTimer: (callback, delayMs) => clock.after(delayMs, () => document.run(callback)),
      whenIdle: (callback) => void clock.after(1, () => document.run(callback)),
      whenActivated: (callback) => (options.prerendered ? void subscribe('activated', callback) : callback()),
      createId: () => idOf(++ids),
      random,
      page: () => ({ href: url, baseUrl: url, title: 'The guide', hostname, origin, secure }),
      cookies: cookies.openFor(document),
      localText: localStorage.openFor(document),
      sessionText: sessionStorage.openFor(document),
      openRowLog: (_name, onClosed) => database.open(document, onClosed),
      deleteRowLog: database.delete,
      locks: options.locks === false ? null : locks.openFor(document),
      openChannel: (name, onMessage) => channels.openFor(document, name, onMessage),
      ...network.openFor(document),
      isOnline: () => network.online,
      automated: options.automated === true,
      globalPrivacyControl: options.globalPrivacyControl === true,
      doNotTrack: options.doNotTrack === true,
      onPageHidden: (listener) => subscribe('hidden', listener),
      onPageShown: (listener) => subscribe('shown', listener),
      onOnline: (listener) => subscribe('online', listener),
      onForbidden: () => () => {},
      onClick: (_root, listener) => subscribe('click', listener),
      measure: () => {},
      console: {
        error: (...line: unknown[]) => void errors.push(line.map(String).join(' ')),
        warn: () => {},
        debug: () => {},
      },
    }
    return options.alter?.(platform) ?? platform
  }

  const openTab = (duplicateOf?: FakeTab): FakeTab => {
    const sessionStorage = createFakeTextStorage(duplicateOf?.sessionStorage.entries)
    let listeners: Listeners
    let document: FakeDocument
    let platform: Platform
    let open = true

    const load = (url: string) => {
      listeners = { hidden: new Set(), shown: new Set(), online: new Set(), click: new Set(), activated: new Set() }
      document = createFakeDocument(`page ${++documents}`)
      platform = platformFor(document, sessionStorage, url, listeners)
      onlineListeners.set(document, listeners.online)
    }
    const tell = async (name: keyof Listeners, given: unknown) => {
      for (const listener of [...listeners[name]]) document.run(() => listener(given as never))
      await clock.settle()
    }
    const end = () => {
      document.end()
      onlineListeners.delete(document)
      network.release(document)
    }
    // In the order of the specification: the page hears that it goes before it hears that it is hidden.
    const leave = async () => {
      await tell('hidden', true)
      await tell('hidden', false)
    }

    load(address.href)
    const tab: FakeTab = {
      get platform() {
        return platform
      },
      sessionStorage,
      isOpen: () => open,
      start: (given) => createInstance(resolveOptions({ ...endpointOptions, ...given }), platform, () => {}),
      hide: () => tell('hidden', false),
      show: () => tell('shown', false),
      async close() {
        await leave()
        tab.crash()
      },
      crash() {
        open = false
        tabs.delete(tab)
        end()
      },
      async navigate(url = address.href) {
        await leave()
        end()
        load(url)
      },
      async leaveCached() {
        await leave()
        if (locks.heldBy(document).length + channels.heldBy(document).length > 0) {
          end()
          return false
        }
        const frozen = document
        frozen.freeze()
        network.release(frozen)
        clock.after(longestInCacheMs, () => frozen.isFrozen() && end())
        return true
      },
      async comeBack() {
        if (document.isGone()) {
          load(address.href)
          return false
        }
        document.thaw()
        await tell('shown', true)
        return true
      },
      activate: () => tell('activated', undefined),
      click(elements) {
        const click: PageClick = { event: new Event('click'), elements }
        for (const listener of [...listeners.click]) listener(click as never)
      },
    }
    tabs.add(tab)
    return tab
  }

  return {
    clock,
    endpoint,
    network,
    database,
    cookies,
    localStorage,
    errors,
    advance: clock.advance,
    openTab,
    goOffline() {
      network.online = false
    },
    async goOnline() {
      network.online = true
      for (const [document, heard] of onlineListeners)
        for (const listener of heard) document.run(() => listener(null as never))
      await clock.settle()
    },
    kill() {
      network.kill()
      database.kill()
      for (const tab of tabs) tab.crash()
    },
  }
}

/** Options that every test page starts with. */
export const endpointOptions: InitOptions = {
  apiKey: 'WEB_KEY_123456',
  endpoint: 'https://collector.example.com/conversations',
}

/** One page in a browser of its own. */
export function fakePage(options: FakeBrowserOptions & { init?: Partial<InitOptions> } = {}) {
  const browser = fakeBrowser(options)
  const tab = browser.openTab()
  const log = tab.start(options.init)
  return { ...browser, browser, tab, log }
}

/** Two tabs of one browser on the chat that the widget names. */
export async function twoTabsOnOneChat(options: FakeBrowserOptions & { init?: Partial<InitOptions> } = {}) {
  const browser = fakeBrowser(options)
  const [tabA, tabB] = [browser.openTab(), browser.openTab()]
  const [a, b] = [tabA.start(options.init), tabB.start(options.init)]
  const conversationId = a.startConversation({ id: 'chat' })
  b.startConversation({ id: 'chat' })
  await browser.advance(100)
  return { ...browser, browser, tabA, tabB, a, b, conversationId }
}

/** Mulberry32: the same numbers every time. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
