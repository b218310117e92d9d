import type { Context } from 'hono'
import { ProblemError } from '../problem-error.ts'

/**
 * Refuses what a page of another site could have sent with this site's cookie. A form can't say this type, and a script of
 * another origin would have to ask for leave, which the live view gives nobody.
 *
 * @throws ProblemError `bad_request`, or `forbidden` where the browser says that another page sends it
 */
export function refuseForeign(c: Context): void {
  if (c.req.header('content-type')?.split(';')[0]?.trim() !== 'application/json') {
    throw new ProblemError('bad_request', 'Content-Type must be application/json.')
  }
  if (isFromElsewhere(c)) throw new ProblemError('forbidden', 'A page of another site sent this.')
}

/**
 * Whether a page of another site sends a request. Browsers say so on https and on this machine. Elsewhere their `Origin` is
 * compared with the host, where it is said: a form of a page without a referrer says `null`.
 */
export function isFromElsewhere(c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = c.req.header('origin')
  if (origin === undefined || origin === 'null') return false
  const hosts = [new URL(c.req.url).host, ...(c.req.header('x-forwarded-host') ?? '').split(',')]
  return !URL.canParse(origin) || !hosts.some((host) => host.trim().toLowerCase() === new URL(origin).host)
}
