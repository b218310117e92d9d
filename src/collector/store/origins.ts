/** Begins the host of an origin that stands for every subdomain: `https://*.example.com`. */
const anyLabels = '*.'

/**
 * An origin that a key may be used from, as browsers send it: `https://docs.example.com`, or `https://*.example.com` for
 * every subdomain of it, of one label or more (`docs.`, `a.b.`), and not `https://example.com` itself.
 *
 * @throws TypeError when the text isn't scheme, host and port alone, or a `*` stands anywhere but there
 */
export function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new TypeError(
      `origin must look like https://docs.example.com or https://*.example.com, without a path, got ${JSON.stringify(text)}`,
    )
  }
  if (!url.hostname.includes('*')) return url.origin
  const rest = url.hostname.startsWith(anyLabels) ? url.hostname.slice(anyLabels.length) : '*'
  if (rest.includes('*')) {
    throw new TypeError(
      `origin may have one "*", in place of the subdomains at its beginning, like https://*.example.com, got ${JSON.stringify(text)}`,
    )
  }
  // A whole top-level domain is everybody's. Other public suffixes (`co.uk`) nobody here can tell from a site's own.
  if (!/[^.]\.[^.]/.test(rest) && rest !== 'localhost') {
    throw new TypeError(
      `origin must name a domain after "*.", like https://*.example.com, got ${JSON.stringify(text)}; a key without an origin works from any`,
    )
  }
  return url.origin
}

/**
 * Whether an `Origin` that a browser sent is the one that a key names, or a subdomain of it.
 *
 * @param named as `parseOrigin` gives it
 */
export function matchesOrigin(named: string, origin: string): boolean {
  if (named === origin.toLowerCase()) return true
  const [scheme, rest] = named.split(`//${anyLabels}`)
  if (rest === undefined) return false
  const url = URL.canParse(origin) ? new URL(origin) : null
  // As browsers write it, and nothing around it: `https://evil.example/.example.com` ends like a subdomain too.
  if (url === null || url.origin !== origin.toLowerCase() || url.protocol !== scheme) return false
  return url.host.endsWith(`.${rest}`) && !url.host.startsWith('.') && !url.host.includes('*')
}
