import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'

/** What is known of a request once its answer has begun. The sender has chosen nothing in it. */
export type AnsweredRequest = {
  /** Also the answer's `X-Request-Id`, and `requestId` of a problem. */
  requestId: string
  method: string
  /** The pattern that matched, `/conversations/:id`; `/*` where none did. */
  route: string
  status: number
  /** From the request's head to the answer's, in milliseconds. */
  durationMs: number
}

/** Tells of every answer. */
export function tellAnswers(onAnswered: (answered: AnsweredRequest) => void): MiddlewareHandler {
  return async (context, next) => {
    const startedAt = performance.now()
    await next()
    onAnswered({
      requestId: context.get('requestId'),
      method: context.req.method,
      route: routePath(context, -1),
      status: context.res.status,
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
    })
  }
}
