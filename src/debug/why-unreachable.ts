/** What keeps requests from the endpoint, as far as the browser tells. */
export type Obstacle = 'policy' | 'mixed_content' | 'local_network' | 'cors' | 'this_address' | 'nothing_there'

/** What it is found out with: the page's own, or a test's. */
export interface Surroundings {
  location: Pick<Location, 'protocol' | 'hostname'>
  fetch(url: string, init: RequestInit): Promise<unknown>
  /** A permission's state; `null` where the browser doesn't know of it. */
  permission(name: string): Promise<string | null>
  /** Told of each address that the page's Content Security Policy forbids. @returns the unsubscribe */
  onForbidden(listener: (url: string) => void): () => void
}

/** How long the page may take to be told of what its policy has just forbidden, in milliseconds. */
const toldMs = 50

/** https://www.rfc-editor.org/rfc/rfc1918, and what stands for the machine itself */
const isLocal = (hostname: string): boolean =>
  /^(localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]|\[f[cd])|\.(localhost|local|internal)$/.test(
    hostname,
  )

const isLoopback = (hostname: string): boolean => /^(localhost|127\.|\[::1\])|\.localhost$/.test(hostname)

/**
 * Finds out why the endpoint has never answered: asks it once without key or content, and without CORS. An answer that
 * mayn't be read says that there is something.
 */
export async function findObstacle(endpoint: string, around: Surroundings): Promise<Obstacle> {
  const { protocol, hostname, origin, href } = new URL(endpoint)
  const { location } = around
  if (location.protocol === 'https:' && protocol === 'http:' && !isLoopback(hostname)) return 'mixed_content'
  let isForbidden = false
  const unsubscribe = around.onForbidden((url) => {
    isForbidden ||= url !== '' && (href.startsWith(url) || url.startsWith(href))
  })
  const isThere = await answers(endpoint, around)
  await new Promise((resolve) => setTimeout(resolve, toldMs))
  unsubscribe()
  if (isForbidden) return 'policy'
  if (isThere) return 'cors'
  if (isLocal(hostname) && !isLocal(location.hostname) && (await isKeptFromLocal(around))) return 'local_network'
  return (await answers(`${origin}/`, around)) ? 'this_address' : 'nothing_there'
}

const answers = (url: string, { fetch }: Surroundings): Promise<boolean> =>
  fetch(url, { mode: 'no-cors', credentials: 'omit', cache: 'no-store' }).then(
    () => true,
    () => false,
  )

/** Chromium's names for it, by version. https://wicg.github.io/local-network-access/ */
const localPermissions = ['local-network-access', 'loopback-network', 'local-network']

async function isKeptFromLocal({ permission }: Surroundings): Promise<boolean> {
  const states = await Promise.all(localPermissions.map(permission))
  return states.some((state) => state === 'denied' || state === 'prompt')
}

/** The page's own. */
export const pageSurroundings = (): Surroundings => ({
  location,
  fetch: (url, init) => fetch(url, init),
  permission: (name) =>
    Promise.resolve(navigator.permissions?.query({ name: name as PermissionName })).then(
      (status) => status?.state ?? null,
      () => null,
    ),
  onForbidden(listener) {
    const hear = ({ disposition, blockedURI }: SecurityPolicyViolationEvent) =>
      disposition !== 'report' && listener(blockedURI)
    document.addEventListener('securitypolicyviolation', hear)
    return () => document.removeEventListener('securitypolicyviolation', hear)
  },
})
