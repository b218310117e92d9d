import { lastOf } from '../lists.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { Memo } from './memo.ts'

/** The browsers' cap, in days. https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#section-5.5 */
const cookieDays = 400
const renewAfterMs = 86_400_000

/** The visitor's id in a first-party cookie, under the widest domain that the browser accepts. */
export interface VisitorCookie {
  /** The id that it holds. */
  read(): string | undefined
  /**
   * The id, which is written first where there is none: the mirror's, or a new one. Renewed at most once a day.
   *
   * @returns `id`, `null` where the browser refuses cookies; `isNew` where this page made it
   */
  open(): { id: string | null; isNew: boolean }
  /** Puts another id in the place of one that is there, or of its mirror. @returns it; `undefined` where none was */
  replace(): string | undefined
  remove(): void
}

/** What the cookie needs of the page. */
export type CookiePage = Pick<Platform, 'cookies' | 'createId' | 'now' | 'page'>

export function createVisitorCookie(options: ResolvedOptions, platform: CookiePage, memo: Memo): VisitorCookie {
  const { cookies, now } = platform
  const name = options.cookieName

  const domain = () => {
    const known = options.cookieDomain ?? memo.read().domain
    if (known) return known
    const found = widestCookieDomain(platform)
    // None may mean that this page could try none, as a frame of another site, or in a browser that denied cookies then.
    if (found) memo.write({ domain: found })
    return found
  }

  const attributesOf = (domain: string, partitioned = options.partitioned) => ({
    path: '/',
    sameSite: options.partitioned ? ('None' as const) : ('Lax' as const),
    secure: options.partitioned || partitioned || platform.page().secure,
    ...(partitioned && { partitioned }),
    ...(domain && { domain }),
  })

  const read = () => cookies.get(name)

  /**
   * Another `cookieDomain`, or a page that could try none, may have left a cookie of the same name, which would hide
   * ours: deletes the name wherever this page can have it, but for the domain `kept`.
   */
  const clear = (kept?: string) => {
    const labels = platform.page().hostname.split('.')
    for (const domain of ['', ...labels.map((_, at) => labels.slice(at).join('.'))]) {
      for (const partitioned of [true, false]) {
        if (domain !== kept || partitioned !== options.partitioned)
          cookies.remove(name, attributesOf(domain, partitioned))
      }
    }
  }

  const write = (id: string, under: string) => cookies.set(name, id, { ...attributesOf(under), expires: cookieDays })

  return {
    read,
    open() {
      const id = read()
      const remembered = memo.read()
      const isFresh = remembered.visitorId === id && Math.abs(now() - (remembered.renewedAt ?? 0)) < renewAfterMs
      if (id && isFresh) return { id, isNew: false }
      const under = domain()
      // Of several, the one that the whole site sees.
      if (id) clear(under.replace(/^\./, ''))
      const kept = write(read() ?? id ?? remembered.visitorId ?? platform.createId(), under) ?? null
      if (kept) memo.write({ visitorId: kept, renewedAt: now() })
      return { id: kept, isNew: !!kept && !id }
    },
    replace() {
      // Not deleted: on another subdomain, whose mirror would fill it again, the next visitor would be the last one.
      if (!read() && !memo.read().visitorId) return
      clear()
      return write(platform.createId(), domain())
    },
    remove() {
      if (read()) clear()
    },
  }
}

/**
 * The widest domain of which the browser accepts a cookie, so that `docs.` and `www.` share a visitor. Browsers refuse
 * public suffixes by themselves, so a cookie that lives for the length of this call finds it; `''` for none.
 */
function widestCookieDomain({ cookies, page }: CookiePage): string {
  const labels = page().hostname.split('.')
  if (/^\d+$/.test(lastOf(labels) as string)) return '' // an address, not a name
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
