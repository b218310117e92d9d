import { extname } from 'node:path'
import hljs from 'highlight.js/lib/core'
import css from 'highlight.js/lib/languages/css'
import javascript from 'highlight.js/lib/languages/javascript'
import plaintext from 'highlight.js/lib/languages/plaintext'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'

hljs.registerLanguage('.css', css)
hljs.registerLanguage('.html', xml)
hljs.registerLanguage('.js', javascript)
hljs.registerLanguage('.ts', typescript)
hljs.registerLanguage('.txt', plaintext)
// Inside HTML, highlight.js asks for these by their own names.
hljs.registerLanguage('javascript', javascript)
hljs.registerLanguage('css', css)

/**
 * @param {string} file its ending names the language
 * @param {string} text
 * @returns {string} the text as HTML, escaped, with `<span class="hljs-…">` around what has a colour
 */
export function colouredSource(file, text) {
  const language = extname(file)
  return hljs.highlight(text, { language: hljs.getLanguage(language) ? language : '.js' }).value
}
