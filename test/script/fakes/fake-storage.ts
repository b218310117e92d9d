import type { CookieJar, TextStorage } from '../../../src/script/platform.ts'
import type { FakeDocument } from './fake-document.ts'

type CookieAttributes = Parameters<CookieJar['set']>[2]

/** localStorage or sessionStorage: a quota in characters, keys and values together, and what a site sees of it. */
export interface FakeTextStorage {
  entries: Map<string, string>
  /** `true`: the browser lets nobody in. */
  denied: boolean
  /** Most characters that it has ever held. */
  largest(): number
  openFor(document: FakeDocument): TextStorage
}

const quota = 5_000_000

export function createFakeTextStorage(copied: ReadonlyMap<string, string> = new Map()): FakeTextStorage {
  const entries = new Map(copied)
  let largest = 0
  const size = () => [...entries].reduce((sum, [key, value]) => sum + key.length + value.length, 0)

  const storage: FakeTextStorage = {
    entries,
    denied: false,
    largest: () => largest,
    openFor: (document) => ({
      get: (key) => (storage.denied ? null : (entries.get(key) ?? null)),
      set(key, value) {
        if (storage.denied || document.isGone()) return
        if (size() - (entries.get(key)?.length ?? 0) + key.length + value.length > quota) return
        entries.set(key, value)
        largest = Math.max(largest, size())
      },
      remove(key) {
        if (!storage.denied && !document.isGone()) entries.delete(key)
      },
      keys: () => (storage.denied ? [] : [...entries.keys()]),
    }),
  }
  return storage
}

/** A cookie as it was set. */
export interface FakeCookie {
  name: string
  value: string
  attributes: CookieAttributes
  expiresAt: number
}

/** The browser's cookies for one site. */
export interface FakeCookies {
  /** Those that haven't expired. */
  kept(): FakeCookie[]
  /** Every `set` that pages made, refused ones too. */
  sets: FakeCookie[]
  denied: boolean
  openFor(document: FakeDocument): CookieJar
}

/** Domains of which no browser accepts a cookie. */
const publicSuffixes = ['com', 'uk', 'co.uk', 'io', 'github.io', 'localhost']

const dayMs = 86_400_000

export function createFakeCookies(page: { hostname: string; secure: boolean }, now: () => number): FakeCookies {
  let cookies: FakeCookie[] = []

  const kept = () => {
    cookies = cookies.filter(({ expiresAt }) => expiresAt > now())
    return cookies
  }
  const domainOf = ({ domain }: CookieAttributes) => domain?.replace(/^\./, '') ?? ''
  const isSame = (cookie: FakeCookie, name: string, attributes: CookieAttributes) =>
    cookie.name === name &&
    domainOf(cookie.attributes) === domainOf(attributes) &&
    !cookie.attributes.partitioned === !attributes.partitioned
  const accepts = (attributes: CookieAttributes) => {
    const domain = domainOf(attributes)
    if (attributes.secure && !page.secure) return false
    return domain === '' || (!publicSuffixes.includes(domain) && `.${page.hostname}`.endsWith(`.${domain}`))
  }
  const drop = (name: string, attributes: CookieAttributes) => {
    cookies = cookies.filter((cookie) => !isSame(cookie, name, attributes))
  }

  const jar: FakeCookies = {
    kept,
    sets: [],
    denied: false,
    openFor: (document) => ({
      get: (name) => (jar.denied ? undefined : kept().find((cookie) => cookie.name === name)?.value || undefined),
      set(name, value, attributes) {
        const days = typeof attributes.expires === 'number' ? attributes.expires : Number.POSITIVE_INFINITY
        const cookie = { name, value, attributes, expiresAt: now() + days * dayMs }
        if (document.isGone()) return
        jar.sets.push(cookie)
        if (jar.denied) return
        if (accepts(attributes)) {
          drop(name, attributes)
          cookies.push(cookie)
        }
        return kept().find((other) => other.name === name)?.value
      },
      remove(name, attributes) {
        if (!document.isGone()) drop(name, attributes)
      },
    }),
  }
  return jar
}
