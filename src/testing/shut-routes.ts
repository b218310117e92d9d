import type { BrowserContext, Page, Request, Route } from 'playwright/test'

type Handler = Parameters<Page['route']>[1]
/** What must not reach the network. */
export interface Leaving {
  mustStay(request: Request): boolean
  /** Where it is fetched from instead; `null` where that is nowhere. */
  elsewhere(request: Request): { url: string; headers: Record<string, string> } | null
}

type Routed = Pick<Page, 'route' | 'unroute' | 'unrouteAll'>

/**
 * Keeps a context's routes, and those of its pages, from sending on what must not leave. A test's own route may answer
 * such a request itself, or abort it. Where it would let the request go on, the request is aborted; what it fetches
 * comes from elsewhere. A request that no route of the test takes is aborted too, also after `unrouteAll()`.
 */
export async function shutRoutes(context: BrowserContext, leaving: Leaving): Promise<void> {
  const { route } = context
  const refuseRest = () =>
    route.call(
      context,
      () => true,
      (given) => (leaving.mustStay(given.request()) ? given.abort('blockedbyclient') : given.fallback()),
    )
  wrapRoutes(context, leaving, refuseRest)
  const wrapPage = (page: Page) => wrapRoutes(page, leaving, async () => {})
  context.on('page', wrapPage)
  for (const page of context.pages()) wrapPage(page)
  await refuseRest()
}

function wrapRoutes(owner: Routed, leaving: Leaving, refuseRest: () => Promise<unknown>): void {
  const { route, unroute, unrouteAll } = owner
  // `unroute` finds a handler by its identity.
  const wrapped = new WeakMap<Handler, Handler>()
  const wrap = (handler: Handler): Handler => {
    const known = wrapped.get(handler)
    if (known) return known
    const made: Handler = (given, request) =>
      handler(leaving.mustStay(request) ? shutRoute(given, leaving) : given, request)
    wrapped.set(handler, made)
    return made
  }
  owner.route = (url, handler, options) => route.call(owner, url, wrap(handler), options)
  owner.unroute = (url, handler) => unroute.call(owner, url, handler && wrap(handler))
  owner.unrouteAll = async (options) => {
    // Both begin now: in between, a request would meet no route.
    await Promise.all([unrouteAll.call(owner, options), refuseRest()])
  }
}

/** A route that sends nothing on. */
function shutRoute(given: Route, { elsewhere }: Leaving): Route {
  const { fetch } = given
  return Object.assign(given, {
    continue: () => given.abort('blockedbyclient'),
    fetch: (options: Parameters<Route['fetch']>[0] = {}) => {
      const instead = elsewhere(given.request())
      if (!instead) throw new Error(`chatlog/testing: no test runs that could take ${given.request().url()}`)
      const headers = { ...given.request().headers(), ...options.headers, ...instead.headers }
      return fetch.call(given, { ...options, url: instead.url, headers })
    },
  })
}
