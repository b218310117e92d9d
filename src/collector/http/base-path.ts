import { getPathNoStrict } from 'hono/utils/url'

/** What the collector serves at its root: under such a base path nobody could tell which of both is meant. */
const ownPaths = /^\/(?:conversations|events|feedback|visitors|query|live-view|sign-in|sign-out|docs|health|metrics)$/

/**
 * The path under which browsers reach a collector, `/tools/chatlog`, as it is used: with a slash before and none after.
 *
 * @param given with or without slashes around it; `''` and `/` are the root of its host
 * @returns `''` for the root
 * @throws TypeError when it isn't a path, or is one of the collector's own
 */
export function parseBasePath(given: string): string {
  const names = given.replace(/^\//, '').replace(/\/$/, '').split('/')
  if (names.length === 1 && names[0] === '') return ''
  const path = `/${names.join('/')}`
  const isPath = names.every((name) => /^[\w.~-]+$/.test(name) && !/^\.+$/.test(name))
  if (!isPath) {
    throw new TypeError(
      `must be a path like /chatlog, of letters, digits, "-", "_", "." and "~", got ${JSON.stringify(given)}`,
    )
  }
  if (ownPaths.test(path) || /\.(?:js|json)$/.test(path)) {
    throw new TypeError(`must not be a path that the collector has itself, got ${JSON.stringify(given)}`)
  }
  return path
}

/**
 * Makes the function that routes look at a request's path with: a base path at its beginning is left out, so that a proxy
 * may pass it on or strip it. A slash at the end counts for nothing, as people type one into `data-endpoint`.
 */
export function pathWithin(basePath: string): (request: Request) => string {
  return (request) => {
    const path = getPathNoStrict(request)
    if (path !== basePath && !path.startsWith(`${basePath}/`)) return path
    return path.slice(basePath.length) || '/'
  }
}

/**
 * Where the collector's root is, as a browser that asked for something finds it; ends in a slash. Where no base path is
 * told, it is relative, so that it is right also behind a proxy that strips one: `./` from `/sign-in`, `../` from `/docs/`.
 */
export function rootSeenFrom(request: Request, basePath: string): string {
  if (basePath !== '') return `${basePath}/`
  const depth = new URL(request.url).pathname.split('/').length - 2
  return depth < 1 ? './' : '../'.repeat(depth)
}
