import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** Browsers cap this themselves: Chromium at 7,200 s, Firefox at 86,400 s. */
const preflightMaxAgeSeconds = 86_400

/** What a page may read of an answer's headers. */
const exposedHeaders = 'retry-after,x-request-id'

/** Headers that the script itself sends. */
const ownHeaders = ['authorization', 'content-type', 'content-encoding']

/** Where what was stored is read and erased. Only what is posted there is for every page. */
const storedPaths = /^\/(?:conversations|events|feedback|visitors|query)(?:\/|$)/

/**
 * Lets pages of any origin send, and read every answer to that, refusals too. A preflight carries no key, so any origin
 * passes it; what a key allows is checked with the request itself.
 *
 * What reads or erases is answered to the origin alone that asks, and to no page where none is named: its key must allow
 * that origin, and a `*` would say that everybody may read.
 */
export function allowOrigins(): MiddlewareHandler {
  return async (context, next) => {
    const origin = isForAll(context) ? '*' : askingOrigin(context)
    if (context.req.method === 'OPTIONS') {
      const allowHeaders = [...new Set([...ownHeaders, ...askedHeaders(context)])]
      const allowMethods = ['GET', 'POST', 'DELETE']
      const maxAge = preflightMaxAgeSeconds
      return cors({ origin: () => origin, allowMethods, allowHeaders, maxAge })(context, next)
    }
    // Hono's own middleware sets them on the finished answer, which copies each answer through a stream once more.
    if (origin !== '*') context.header('Vary', 'Origin')
    if (origin !== undefined) {
      context.header('Access-Control-Allow-Origin', origin)
      context.header('Access-Control-Expose-Headers', exposedHeaders)
    }
    return next()
  }
}

/** The `Origin` of who asks, where it is one that a browser could have sent. */
function askingOrigin({ req }: Context): string | undefined {
  const origin = req.header('origin') ?? ''
  return /^[\x21-\x7e]{1,300}$/.test(origin) ? origin : undefined
}

function isForAll({ req }: Context): boolean {
  const method = req.method === 'OPTIONS' ? req.header('access-control-request-method') : req.method
  return method === 'POST' || !storedPaths.test(req.path)
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
