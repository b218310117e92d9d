import type { BrowserContext, Request } from 'playwright/test'
import type { Chatlog } from '../script/chatlog.ts'
import { meantUrlHeader } from './fake-request.ts'
import { framesOf, withinPatience } from './look.ts'
import type { PageAnswer, PageRequest } from './page-request.ts'
import { shutRoutes } from './shut-routes.ts'
import { takeOver } from './take-over.ts'

/** The fake collector that the pages' requests are handed over to, and what belongs to it. */
export interface HandOverTarget {
  /** The fake collector's endpoint. */
  endpoint: string
  /** The site's own endpoint, where its path isn't `…/conversations`. */
  siteEndpoint: string | null
  /** Called for each request that was recognised as chatlog's by its content, and held back. */
  onHeldBack(url: string): void
}

/** Name of the function that pages call; nothing of the site's own is called so. */
const bridge = '__chatlogTesting'

/** Paths of the endpoint and of its siblings, wherever a page sends them. */
const endpointPaths = '/(conversations|feedback|events)/?$'

/**
 * Hands what the pages of a context send to any `…/conversations`, `…/feedback` or `…/events` to the fake collector. In
 * the page, such a request never becomes one: the page calls this process, which asks the fake collector. So neither
 * the order of routes, nor a page that outlives its test, nor a fault lets anything out. What gets past the page's
 * globals all the same, as what a worker sends does, is refused by the context's routes. A conversation that the page
 * sends to any other address is held back.
 *
 * @param targetNow what the pages are handed over to; `null` while there is none, and their requests fail
 */
export async function handOver(context: BrowserContext, targetNow: () => HandOverTarget | null): Promise<void> {
  await context.exposeFunction(bridge, async (request: PageRequest) => {
    const target = targetNow()
    if (!target) return null
    if (!request.isUnnamed || isAt(new URL(request.url), target.siteEndpoint)) {
      return forward(request, originOf(target))
    }
    target.onHeldBack(withoutKey(request.url))
    return null
  })
  const target = targetNow()
  const ownOrigin = target && originOf(target)
  const given = { bridge, endpointPaths, ownOrigin, siteEndpoint: target?.siteEndpoint ?? null }
  await context.addInitScript(takeOver, given)
  await shutRoutes(context, {
    mustStay: (request) => isForEndpoint(request, targetNow()),
    elsewhere(request) {
      const now = targetNow()
      return now && elsewhere(request.url(), originOf(now))
    },
  })
  // An init script runs in what is loaded from now on: a page that shows something already needs it too.
  const here = framesOf([context])
  await Promise.all(here.map((frame) => withinPatience(frame.evaluate(takeOver, given)).catch(() => {})))
  await Promise.all(here.map((frame) => withinPatience(frame.evaluate(stopEarlier)).catch(() => {})))
}

/**
 * Runs in a page that was open before the test connected to its browser: chatlog in it holds the browser's own
 * functions, and would send with them.
 */
function stopEarlier(): void {
  const { chatlog } = window as { chatlog?: Partial<Chatlog> }
  if (!chatlog?.getState) return
  chatlog.stop?.()
  console.warn('chatlog: nothing is recorded on this page, which was open before the test connected: reload it')
}

/** A request's place at the fake collector, which is told where it was meant for. */
function elsewhere(address: string, origin: string) {
  // The collector's own path, wherever the site has its endpoint.
  const [ownPath] = new RegExp(endpointPaths).exec(new URL(address).pathname) ?? ['/conversations']
  return { url: `${origin}${ownPath}`, headers: { [meantUrlHeader]: withoutKey(address) } }
}

const originOf = ({ endpoint }: HandOverTarget): string => new URL(endpoint).origin

function isForEndpoint(request: Request, target: HandOverTarget | null): boolean {
  if (!/^(POST|PUT|PATCH)$/.test(request.method())) return false
  const url = new URL(request.url())
  if (target && url.origin === originOf(target)) return false
  return new RegExp(endpointPaths).test(url.pathname) || isAt(url, target?.siteEndpoint ?? null)
}

const isAt = ({ origin, pathname }: URL, siteEndpoint: string | null): boolean =>
  siteEndpoint !== null && [`${origin}${pathname}`, pathname].includes(siteEndpoint)

async function forward({ url, headers, body }: PageRequest, origin: string): Promise<PageAnswer> {
  const { 'content-encoding': _packed, ...kept } = headers
  const there = elsewhere(url, origin)
  try {
    const answer = await fetch(there.url, { method: 'POST', headers: { ...kept, ...there.headers }, body })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  } catch {
    return null // hung and healed, reset, cut or offline: for the page the network failed
  }
}

/** An address without its query, which may hold the key or what a visitor looked for: many people read a report. */
function withoutKey(address: string): string {
  const { origin, pathname } = new URL(address)
  return `${origin}${pathname}`
}
