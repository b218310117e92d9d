import { element } from './elements.js'

/**
 * A link that was stored. Only http(s) can be followed: `javascript:` and the like are shown as the text they are.
 *
 * @param {string} url
 * @param {string} text
 */
export function safeLink(url, text) {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return element('span', { title: url }, [text])
  return element('a', { href: url, title: url, target: '_blank', rel: 'noopener noreferrer' }, [text])
}
