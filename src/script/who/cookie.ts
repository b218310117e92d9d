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

export function createVisitorCookie(options: ResolvedOptions, platform: Platform, memo: Memo): VisitorCookie {
  const { cookies, now } = platform
  const name = options.cookieName

  const domain = () => {
    const known = options.cookieDomain ?? memo.read().domain
    if (known !== undefined) return known
    const found = widestCookieDomain(platform)
    memo.write({ domain: found })
    return found
  }

  const attributes = () => ({
    path: '/',
    expires: cookieDays,
    ...(options.partitioned
      ? { sameSite: 'None' as const, secure: true, partitioned: true }
      : { sameSite: 'Lax' as const, secure: platform.page().secure }),
    ...withDomain(domain()),
  })

  const read = () => cookies.get(name)

  return {
    read,
    open() {
      const id = read()
      const remembered = memo.read()
      const isFresh = remembered.visitorId === id && now() - (remembered.renewedAt ?? 0) < renewAfterMs
      if (id && isFresh) return { id, isNew: false }
      const wanted = id ?? remembered.visitorId ?? platform.createId()
      const kept = cookies.set(name, wanted, attributes()) ?? null
      if (kept) memo.write({ visitorId: kept, renewedAt: now() })
      return { id: kept, isNew: !!kept && !id }
    },
    replace() {
      // Not deleted: on another subdomain, whose mirror would fill it again, the next visitor would be the last one.
      const hasId = read() || memo.read().visitorId
      return (hasId && cookies.set(name, platform.createId(), attributes())) || undefined
    },
    remove() {
      if (read()) cookies.remove(name, attributes())
    },
  }
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
