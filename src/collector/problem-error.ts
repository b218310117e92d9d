import type { Context } from 'hono'
import { type Problem, type ProblemCode, problemCodes, problemMediaType } from '../contract/problem.ts'

/** A request that ends in a problem answer. `detail` is shown to whoever asked: it says what to do, and no secrets. */
export class ProblemError extends Error {
  override name = 'ProblemError'

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    /** Seconds after which trying again makes sense; becomes `Retry-After`. */
    readonly retryAfterSeconds?: number,
  ) {
    super(detail)
  }
}

/** The error as an answer (RFC 9457) with the contract's media type. Its `instance` is the path without its query. */
export function problemResponse(error: ProblemError, context: Context): Response {
  const { code, detail, retryAfterSeconds } = error
  const { status, title } = problemCodes[code]
  const requestId: string = context.get('requestId')
  const instance = new URL(context.req.url).pathname
  const problem: Problem = { title, status, detail, instance, requestId, code, error: { code, message: detail } }
  return context.body(JSON.stringify(problem), status, {
    'Content-Type': problemMediaType,
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
  })
}
