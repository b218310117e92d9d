import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** Browsers cap this themselves: Chromium at 7,200 s, Firefox at 86,400 s. */
const preflightMaxAgeSeconds = 86_400

/** What a page may read of an answer's headers. */
const exposedHeaders = 'retry-after,x-request-id'

/**
 * Lets pages of any origin send, and read every answer, refusals too. A preflight carries no key, so any origin passes
 * it; what a key allows is checked with the request itself.
 */
export function allowAnyOrigin(): MiddlewareHandler {
  const answerPreflight = cors({
    origin: '*',
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'content-encoding'],
    maxAge: preflightMaxAgeSeconds,
  })
  return async (context, next) => {
    if (context.req.method === 'OPTIONS') return answerPreflight(context, next)
    // Hono's own middleware sets them on the finished answer, which copies each answer through a stream once more.
    context.header('Access-Control-Allow-Origin', '*')
    context.header('Access-Control-Expose-Headers', exposedHeaders)
    return next()
  }
}
