import { senderActionFor } from '../../contract/sender-action.ts'
import { parseJson, toJson } from '../json.ts'
import { attempt } from '../platform.ts'

/** Why a request is tried again. */
export type RetryCause =
  | { kind: 'status'; status: number }
  | { kind: 'network' | 'timeout' }
  /** Somebody answered, but not the endpoint: the site's host with a page, a login, a service worker. */
  | { kind: 'foreign_answer'; status: number; contentType: string }
  /** The endpoint redirects, to `to`; `null` where the browser doesn't tell. */
  | { kind: 'redirected'; to: string | null }

/** What became of a request. */
export type DeliveryOutcome =
  | { kind: 'delivered' }
  /** `afterMs`: how long the server asked to wait, in milliseconds; `null` where it didn't ask. */
  | { kind: 'retry'; afterMs: number | null; cause: RetryCause }
  | { kind: 'refused'; status: number; detail: string }
  /** 401 or 403. `isProblem`: a problem document says so, as the endpoint's own answers are. */
  | { kind: 'blocked'; status: number; detail: string; isProblem: boolean }

/** Longest `Retry-After` that is obeyed, in milliseconds. */
const maxRetryAfterMs = 3_600_000

/**
 * Reads an answer and says what it means. It reads to the end: until then the browser keeps the request's `keepalive`
 * budget.
 *
 * @param tell called once, as soon as the answer says enough
 */
export async function readOutcome(
  response: Response,
  id: string,
  now: number,
  tell: (outcome: DeliveryOutcome) => void,
): Promise<void> {
  const { status, headers } = response
  const action = senderActionFor(status)
  const contentType = headers.get('content-type') ?? ''
  if (action === 'delivered') {
    const delivered = () => tell({ kind: action })
    const text = await readUntil(response, `"id":${toJson(id)}`, delivered)
    if (text === null) return
    if (isOwnAnswer(status, text, id)) delivered()
    else tell({ kind: 'retry', afterMs: null, cause: { kind: 'foreign_answer', status, contentType } })
    return
  }
  const text = await response.text()
  if (action === 'retry') {
    const cause: RetryCause = { kind: 'status', status }
    return tell({ kind: action, afterMs: retryAfterMs(headers.get('retry-after'), now), cause })
  }
  const problem = parseJson(text) as { detail?: unknown } | null | undefined
  const detail = String(problem?.detail ?? text.slice(0, 200))
  if (action === 'refused') return tell({ kind: action, status, detail })
  tell({ kind: action, status, detail, isProblem: contentType.startsWith('application/problem+json') })
}

/**
 * Only the endpoint's own answer acknowledges: the conversation's JSON, or 202, 204 or 205 without a body from a relay
 * that stores nothing itself. A host that answers every path with its start page says 200 too.
 */
const isOwnAnswer = (status: number, text: string, id: string): boolean =>
  status > 201 ? /^20[245]$/.test(`${status}`) && !text : (parseJson(text) as { id?: unknown } | undefined)?.id === id

/**
 * Reads an answer to its end.
 *
 * @param onFound called once, as soon as `wanted` has come in JSON: the rest of the answer may take long, or never end
 * @returns its text; `null` where `wanted` was found
 */
async function readUntil(response: Response, wanted: string, onFound: () => void): Promise<string | null> {
  // A page may have a variable of that name.
  const decoder = attempt(() => new TextDecoder())
  const reader = decoder && response.body?.getReader?.()
  if (!reader) return response.text()
  let text: string | null = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text
    if (text === null) continue
    const from = Math.max(0, text.length - wanted.length)
    text += decoder.decode(value, { stream: true })
    if (response.status > 201 || text[0] !== '{' || text.indexOf(wanted, from) < 0) continue
    onFound()
    text = null
  }
}

/** `Retry-After` is a number of seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfterMs(header: string | null, now: number): number | null {
  if (!header) return null
  const afterMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isNaN(afterMs) ? null : Math.min(Math.max(afterMs, 0), maxRetryAfterMs)
}
