import type { Hono } from 'hono'
import { ProblemError } from '../problem-error.ts'

/**
 * Answers 405 where a known address is asked by a method that it doesn't have, and says which it has: a 404 would send
 * whoever reads it to look for another address. To be called once every other route is added.
 *
 * @param paths the addresses that have something to offer, and the methods of each
 */
export function addWrongMethods(app: Hono, paths: ReadonlyMap<string, readonly string[]>): void {
  for (const [path, methods] of paths) {
    const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
    app.all(path, async (context, next) => {
      // A route of the method has found nothing of this name.
      if (methods.includes(context.req.method)) return next()
      context.header('Allow', allowed)
      throw new ProblemError(
        'method_not_allowed',
        `${context.req.method} is not for this address: it takes ${allowed}.`,
      )
    })
  }
}

/** The addresses of an app's routes so far, and the methods of each. */
export function methodsByPath({ routes }: Hono): Map<string, string[]> {
  const paths = new Map<string, string[]>()
  // What is for every method is no route of its own: it looks at requests on their way to one.
  for (const { path, method } of routes.filter((route) => route.method !== 'ALL')) {
    const methods = paths.get(path) ?? []
    if (!methods.includes(method)) paths.set(path, [...methods, method])
  }
  return paths
}
