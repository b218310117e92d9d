import { ProblemError } from '../problem-error.ts'
import { allowsOrigin, type KeyVerdict } from '../store/keys.ts'
import type { StoredKey } from '../store/store.ts'

/** How keys are checked. */
export type KeyCheck = {
  verify: (key: string) => Promise<KeyVerdict>
  /** Path under which browsers reach the collector; `''` where its host is its own. */
  basePath: string
  /** Told of every known key, refused or not, before it is looked at further. */
  onKey?: (request: Request, key: StoredKey) => void
}

/** A media type without its parameters, in small letters; empty when the header is missing. */
export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/**
 * The key a request comes with: `Authorization: Bearer`, or `?key=` on a `text/plain` POST (a beacon can't set
 * headers), which takes WEB keys only.
 *
 * @throws ProblemError `unauthorized` without a key or with an unknown one; `forbidden` when it is revoked, doesn't
 *   allow the request's origin, or is an API key in an address or in a page, unless it names that page's origin
 */
export async function authenticate(request: Request, { verify, basePath, onKey }: KeyCheck): Promise<StoredKey> {
  const given = bearerKey(request) ?? beaconKey(request)
  if (!given) throw new ProblemError('unauthorized', missingKeyDetail(request))
  const verdict = await verify(given.key)
  if (verdict.kind === 'unknown') {
    throw new ProblemError('unauthorized', unknownKeyDetail(given.key))
  }
  onKey?.(request, verdict.key)
  // What else stands on the host of a base path is not the collector's own: a site's pages, with a key in one of them.
  const trustsHost = verdict.key.type === 'web' || basePath === ''
  refuseForbidden(verdict, given.isInUrl, originOf(request, trustsHost))
  return verdict.key
}

/** The origin of the page that asks; `undefined` where no page does, or one of the collector's own, trusted host. */
function originOf(request: Request, trustsHost: boolean): string | undefined {
  const origin = request.headers.get('origin')
  const isOwn =
    trustsHost && origin !== null && URL.canParse(origin) && new URL(origin).host === new URL(request.url).host
  return origin === null || isOwn ? undefined : origin
}

type GivenKey = { key: string; isInUrl: boolean }

function bearerKey(request: Request): GivenKey | undefined {
  const authorization = request.headers.get('authorization')
  if (authorization === null) return undefined
  const key = /^Bearer +([^\s]+) *$/i.exec(authorization)?.[1]
  if (key === undefined) throw new ProblemError('unauthorized', 'Authorization must read `Bearer <key>`.')
  return { key, isInUrl: false }
}

function beaconKey(request: Request): GivenKey | undefined {
  if (request.method !== 'POST' || mediaType(request) !== 'text/plain') return undefined
  const key = new URL(request.url).searchParams.get('key')
  return key ? { key, isInUrl: true } : undefined
}

function missingKeyDetail(request: Request): string {
  const hasKeyInUrl = new URL(request.url).searchParams.has('key')
  const hint = hasKeyInUrl ? ' `?key=` is for text/plain bodies only.' : ''
  return `No key: send the header \`Authorization: Bearer <key>\`.${hint}`
}

function unknownKeyDetail(key: string): string {
  if (key === 'WEB_KEY') return '`WEB_KEY` is the placeholder of the documents: put your own WEB key in its place.'
  return 'The key is unknown here: `chatlog-collector keys list` shows what is known.'
}

function refuseForbidden(verdict: Exclude<KeyVerdict, { kind: 'unknown' }>, isInUrl: boolean, origin?: string) {
  const { kind, key } = verdict
  if (kind === 'revoked') throw new ProblemError('forbidden', `The key ${key.id} was revoked at ${key.revokedAt}.`)
  if (kind === 'expired') throw new ProblemError('forbidden', `The key ${key.id} expired at ${key.expiresAt}.`)
  if (isInUrl && key.type !== 'web') {
    throw new ProblemError('forbidden', 'An API key is secret and must not stand in an address: send it as a header.')
  }
  if (origin !== undefined && key.type === 'api' && key.origins.length === 0) {
    throw new ProblemError(
      'forbidden',
      'An API key opens every conversation and must not stand in a page: use a WEB key there, or make an API key with `--origin` for pages that only you see.',
    )
  }
  if (!allowsOrigin(key, origin)) {
    throw new ProblemError('forbidden', `The key ${key.id} doesn't allow the origin ${origin}.`)
  }
}
