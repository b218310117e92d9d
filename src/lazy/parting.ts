import { maxKeepaliveBytes } from '../contract/limits.ts'
import { keyedUrl } from '../script/deliver/transport.ts'
import { utf8Bytes } from '../script/json.ts'
import type { ResolvedOptions } from '../script/options.ts'
import type { LazyPage } from './lazy-page.ts'

/** Sends what a page has recorded that goes before the core runs. */
export interface Parting {
  /** Leaves the body with the browser, where that has `fetchLater`, in the place of the one before. */
  arm(body: string | null): void
  /** Sends the body from a page that goes, where none is armed. */
  leave(body: string | null): void
  /** Takes back the body that is armed. */
  disarm(): void
}

export function createParting({ endpoint, server, apiKey }: ResolvedOptions, page: LazyPage): Parting {
  let abort: (() => void) | null = null

  const request = (body: string) => ({
    url: endpoint,
    body: [body],
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
  })

  return {
    arm(body) {
      if (!page.fetchLater || !body || utf8Bytes(body) > maxKeepaliveBytes) return
      const next = page.fetchLater(request(body))
      if (!next) return
      abort?.()
      abort = next
    },
    leave(body) {
      if (!body || abort) return
      // Only our own collector understands a beacon, which can't carry the key in a header.
      if (server !== 'chatlog' || !page.sendBeacon(keyedUrl(endpoint, apiKey), body)) page.leave(request(body))
    },
    disarm() {
      abort?.()
      abort = null
    },
  }
}
