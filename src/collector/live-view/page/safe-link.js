import { element } from './elements.js'

/**
 * A link that was stored. Only http(s) can be followed: `javascript:` and the like are shown as the text they are.
 *
 * @param {string} url
 * @param {string} text
 * @param {string | null} [baseUrl] the page on which it stood: what `/guide` is read against
 */
export function safeLink(url, text, baseUrl) {
  const whole = wholeUrl(url, baseUrl)
  if (whole === null) return element('span', { title: url, dir: 'auto' }, [text])
  const attributes = { href: whole, title: whole, target: '_blank', rel: 'noopener noreferrer', dir: 'auto' }
  return element('a', attributes, [text])
}

/**
 * @param {string} url
 * @param {string | null} [baseUrl]
 * @returns {string | null} the address as a browser follows it; `null` where it isn't http(s)
 */
export function wholeUrl(url, baseUrl) {
  const base = baseUrl && /^https?:/.test(baseUrl) ? baseUrl : undefined
  if (!URL.canParse(url, base)) return null
  const { protocol, href } = new URL(url, base)
  return /^https?:$/.test(protocol) ? href : null
}

/**
 * An image is named, never loaded: loading it would tell its host who reads this.
 *
 * @param {string} url
 * @param {string} text what it shows; empty where that isn't said
 * @param {string | null} [baseUrl]
 */
export function imageText(url, text, baseUrl) {
  const shortUrl = url.length > 80 ? `${url.slice(0, 80)}…` : url
  return element('span', { class: 'faint' }, ['image ', safeLink(url, text || shortUrl, baseUrl)])
}
