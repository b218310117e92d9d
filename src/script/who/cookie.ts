import { lastOf } from '../lists.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { Memo } from './memo.ts'

/** The browsers' cap, in days. https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#section-5.5 */
const cookieDays = 400
const renewAfterMs = 86_400_000

/** The visitor's id in a first-party cookie, under the widest domain that the browser accepts. */
export interface VisitorCookie {
  /** The id that the cookie holds; `undefined` where there is none. */
  read(): string | undefined
  /**
   * Reads the id. Where there is none, writes one first: the mirror's, or a new one. Renews the cookie at most once a
   * day.
   *
   * @returns `id`: `null` where the browser refuses cookies; `isNew`: the cookie was missing
   */
  open(): { id: string | null; isNew: boolean }
  /** Writes another id where the cookie or its mirror has one. @returns the new id; `undefined` where there was none */
  replace(): string | undefined
  remove(): void
}

/** What the cookie needs of the page. */
export type CookiePage = Pick<Platform, 'cookies' | 'createId' | 'now' | 'page' | 'console'>

export function createVisitorCookie(options: ResolvedOptions, platform: CookiePage, memo: Memo): VisitorCookie {
  const { cookies, now } = platform
  const name = options.cookieName

  const domain = () => {
    const known = options.cookieDomain ?? memo.read().domain
    if (known) return known
    const found = widestCookieDomain(platform)
    // Not finding one isn't remembered: this page may be a frame of another site, or the browser denies cookies for
    // now.
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
   * Deletes the cookie under every domain that this page can write, but for `kept`: a page with another `cookieDomain`,
   * or one that found no domain, may have left a cookie of the same name, which would hide ours.
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

  const write = (id: string, under: string) => {
    const kept = cookies.set(name, id, { ...attributesOf(under), expires: cookieDays })
    if (!kept && options.cookieDomain)
      platform.console.warn(
        `chatlog: the browser takes no cookie for the \`cookieDomain\` ${options.cookieDomain}: leave it out`,
      )
    return kept
  }

  return {
    read,
    open() {
      const id = read()
      const remembered = memo.read()
      const isFresh = remembered.visitorId === id && Math.abs(now() - (remembered.renewedAt ?? 0)) < renewAfterMs
      if (id && isFresh) return { id, isNew: false }
      const under = domain()
      // Where there are several cookies of the name, the one that the whole site sees stays.
      if (id) clear(under.replace(/^\./, ''))
      const kept = write(read() ?? id ?? remembered.visitorId ?? platform.createId(), under) ?? null
      if (kept) memo.write({ visitorId: kept, renewedAt: now() })
      return { id: kept, isNew: !!kept && !id }
    },
    replace() {
      // The cookie isn't just deleted: another subdomain's mirror would fill it again with the id of the visitor
      // before.
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
 * Finds the widest domain under which the browser accepts a cookie, so that `docs.` and `www.` share a visitor; `''`
 * for none. Browsers refuse public suffixes by themselves, so it tries with a cookie that lives as long as this call.
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
