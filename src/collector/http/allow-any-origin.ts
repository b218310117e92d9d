import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** Browsers cap this themselves: Chromium at 7,200 s, Firefox at 86,400 s. */
const preflightMaxAgeSeconds = 86_400

/** What a page may read of an answer's headers. */
const exposedHeaders = 'retry-after,x-request-id'

/** Headers that the script itself sends. */
const ownHeaders = ['authorization', 'content-type', 'content-encoding']

/**
 * Lets pages of any origin send, and read every answer, refusals too. A preflight carries no key, so any origin passes
 * it; what a key allows is checked with the request itself.
 */
export function allowAnyOrigin(): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.method === 'OPTIONS') {
      const allowHeaders = [...new Set([...ownHeaders, ...askedHeaders(context)])]
      const allowMethods = ['GET', 'POST', 'DELETE']
      return cors({ origin: '*', allowMethods, allowHeaders, maxAge: preflightMaxAgeSeconds })(context, next)
    }
    // Hono's own middleware sets them on the finished answer, which copies each answer through a stream once more.
    context.header('Access-Control-Allow-Origin', '*')
    context.header('Access-Control-Expose-Headers', exposedHeaders)
    return next()
  }
}

/**
 * What the browser asks leave for. A page's tracing adds headers to every request (`traceparent`, `baggage`,
 * `sentry-trace`), and a browser sends nothing at all when one of them isn't allowed. The collector reads none of them.
 */
function askedHeaders({ req }: Context): string[] {
  return (req.header('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9_-]+$/.test(name))
}
