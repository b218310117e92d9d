import type { IdentificationType } from '../chatlog.ts'
import { parseJson, toJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { Memo } from './memo.ts'

/** The browsers' cap, in days. https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#section-5.5 */
const cookieDays = 400
const renewAfterMs = 86_400_000

/** How long another tab may have been as quick as this one, in milliseconds; later, another id is another visitor's. */
export const raceMs = 3_000

/** Who is chatting. */
export interface Visitor {
  /** The visitor's id: the cookie's, or this page's own where no cookie is possible or wanted. Makes one if need be. */
  id(): string
  /** The same, but `null` where there is none yet. */
  knownId(): string | null
  identificationType(): IdentificationType
  /** What goes with a conversation that is recorded now. */
  userProperties(): Record<string, unknown>
  /** Names the visitor. A user id never goes into the cookie: after a logout the next visitor would inherit it. */
  identify(userId: string, traits: Record<string, unknown>): void
  /** Whose the tab's conversation is: it is gone on with only while this stays the same. */
  owner(): string
  /** The last logout in this browser, milliseconds since 1970; 0 for none. */
  resetAt(): number
  /**
   * Looks whether somebody else uses the browser now, and forgets the one before: another tab was reset, or, where the
   * cookie is looked at too, another subdomain gave it another id.
   */
  follow(looksAtCookie?: boolean): void
  /** Somebody logged out in another tab, at that time (milliseconds since 1970): whoever uses this one is another. */
  leave(at: number): void
  /**
   * Two tabs that open at once on the first visit each make an id, and the cookie keeps the later one.
   *
   * @returns the id that this page made and the cookie no longer has, once
   */
  takeLostId(): string | null
  /** A logout at that time: forgets the user and gives the next visitor another id, on every page of the site. */
  reset(at: number): void
  /** Forgets user and id, and deletes the cookie. */
  wipe(): void
}

/**
 * Reads the visitor's cookie; writes one at the first `id()`.
 *
 * @param openedAt when the page was, milliseconds since 1970: who has logged out since is not who uses it
 * @param onMade called when this page made an id: another tab may be making one at the same time
 * @param onLeft called when somebody else uses the browser now
 */
export function openVisitor(
  options: ResolvedOptions,
  platform: Platform,
  memo: Memo,
  openedAt: number,
  onMade: () => void,
  onLeft: () => void,
): Visitor {
  const { cookies, now } = platform
  const name = options.cookieName
  let user: { userId: string; traits: Record<string, unknown> } | null = options.userId
    ? { userId: options.userId, traits: {} }
    : null
  let anonymousId: string | null = null
  let made: { id: string; at: number } | null = null
  /** The cookie's id, and the last reset (`null` before the first look), as this page knows them. */
  let cookieId: string | undefined
  let resetAt: number | null | undefined = null
  /** The last logout that another tab told of, which may have written nothing down. */
  let toldAt: number | undefined
  /** What the store still waits for may ask for an id: no cookie any more. */
  let wiped = false

  const attributes = () => ({
    path: '/',
    expires: cookieDays,
    ...(options.partitioned
      ? { sameSite: 'None' as const, secure: true, partitioned: true }
      : { sameSite: 'Lax' as const, secure: platform.page().secure }),
    ...withDomain(domain()),
  })

  const domain = () => {
    const known = options.cookieDomain ?? memo.read().domain
    if (known !== undefined) return known
    const found = widestCookieDomain(platform)
    memo.write({ domain: found })
    return found
  }

  const forget = () => {
    user = made = anonymousId = null
    delete options.userId // nor on the next grant
  }

  const leave = () => {
    forget()
    onLeft()
  }

  const isRacing = () => made && now() - made.at < raceMs

  const openCookie = (): string | null => {
    const id = cookies.get(name)
    const remembered = memo.read()
    if (id && remembered.visitorId === id && now() - (remembered.renewedAt ?? 0) < renewAfterMs) return id
    const wanted = id ?? remembered.visitorId ?? platform.createId()
    const kept = cookies.set(name, wanted, attributes()) ?? null
    if (kept) memo.write({ visitorId: kept, renewedAt: now() })
    if (kept && !id) {
      made = { id: kept, at: now() }
      onMade()
    }
    return kept
  }

  const visitor: Visitor = {
    id() {
      visitor.follow()
      if (anonymousId) return anonymousId
      const id = options.cookies && !wiped ? openCookie() : null
      if (id) cookieId = id
      else anonymousId = platform.createId()
      return id ?? (anonymousId as string)
    },
    knownId: () => anonymousId ?? ((options.cookies && cookies.get(name)) || null),
    identificationType() {
      visitor.follow()
      if (user) return 'ID_PROVIDED'
      return options.cookies && !anonymousId ? 'COOKIED' : 'ANONYMOUS'
    },
    userProperties() {
      const id = visitor.id()
      const identificationType = visitor.identificationType()
      return { ...user?.traits, id: user?.userId ?? id, identificationType }
    },
    owner: () => `${resetAt ?? ''} ${anonymousId ? '' : cookieId}`,
    resetAt: () => memo.read().resetAt ?? 0,
    follow(looksAtCookie) {
      const last = memo.read().resetAt
      if (resetAt === null) {
        resetAt = last
        if (last && last > openedAt) forget()
      }
      const id = looksAtCookie && cookieId && cookies.get(name)
      const isOverwritten = id && id !== cookieId && !isRacing()
      const isNew = last !== resetAt && last !== toldAt
      resetAt = last
      if (isNew || isOverwritten) leave()
    },
    leave(at) {
      if (at <= (resetAt ?? 0)) return
      toldAt = at
      leave()
    },
    identify(userId, traits) {
      visitor.follow()
      const plain = parseJson(toJson(traits)) as Record<string, unknown>
      // The contract wants text here; anything else would have every upsert refused.
      for (const name of ['userType', 'supportAgentName']) if (plain[name] != null) plain[name] = String(plain[name])
      user = { userId, traits: plain }
    },
    takeLostId() {
      visitor.follow()
      const id = isRacing() && cookies.get(name)
      if (!id || id === made?.id) return null
      const lost = made?.id ?? null
      made = null
      cookieId = id
      return lost
    },
    reset(at) {
      forget()
      // Not deleted: on another subdomain, whose mirror would fill it again, the next visitor would be the last one.
      const hasId = cookies.get(name) || memo.read().visitorId
      const visitorId = (hasId && cookies.set(name, platform.createId(), attributes())) || undefined
      memo.write({ visitorId, secret: undefined, resetAt: at })
      resetAt = memo.read().resetAt
      cookieId = visitorId
    },
    wipe() {
      wiped = true
      forget()
      if (cookies.get(name)) cookies.remove(name, attributes())
    },
  }
  return visitor
}

const withDomain = (domain: string) => (domain ? { domain } : {})

/**
 * The widest domain of which the browser accepts a cookie, so that `docs.` and `www.` share a visitor. Browsers refuse
 * public suffixes by themselves, so a cookie that lives for the length of this call finds it; `''` for none.
 */
function widestCookieDomain({ cookies, page }: Platform): string {
  const labels = page().hostname.split('.')
  if (/^\d+$/.test(labels.at(-1) as string)) return '' // an address, not a name
  for (let count = 2; count <= labels.length; count++) {
    const domain = labels.slice(-count).join('.')
    const attributes = { domain, path: '/', sameSite: 'Lax' as const }
    if (cookies.set('chatlog_domain', '1', attributes)) {
      cookies.remove('chatlog_domain', attributes)
      return domain
    }
  }
  return ''
}
