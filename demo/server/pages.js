import { readFile } from 'node:fs/promises'
import { extname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { tagOf } from '../../src/collector/live-view/page/tag.js'
import { createAnswers } from './answers.js'
import { colouredSource } from './source.js'

const demoFolder = fileURLToPath(new URL('..', import.meta.url))
const stubFolder = fileURLToPath(new URL('../../src/stub/', import.meta.url))

/** Those that are served as they are. */
const folders = ['home', 'shared', 'site', 'qa', 'consent', 'subdomains', 'logout', 'panel', 'observe', 'widgets']

/** @type {Record<string, string>} */
const mediaTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
}

/**
 * The demo pages. `{{apiKey}}`, `{{endpoint}}` and `{{tag}}`, the tag for a page of one's own, become the values of this
 * start.
 *
 * @param {{
 *   apiKey: string,
 *   endpoint: string,
 *   liveViewUrl: () => Promise<string>,
 *   built: import('./serve.js').Built,
 *   changes?: import('./changes.js').Changes | undefined,
 * }} values `apiKey` is the public WEB key; `liveViewUrl` gives an address that signs in once; with `changes`, pages
 *   reload when something has changed
 */
export function createPages({ apiKey, endpoint, liveViewUrl, built, changes }) {
  const pages = new Hono()
  const fillValues = (/** @type {string} */ text) =>
    text
      .replaceAll('{{apiKey}}', apiKey)
      .replaceAll('{{endpoint}}', endpoint)
      .replaceAll('{{tag}}', () => escaped(tagOf({ origin: new URL(endpoint).origin, key: apiKey })))
  const fill = (/** @type {string} */ html) =>
    fillValues(html) + (changes ? '<script src="/shared/reload.js"></script>\n' : '')

  pages.use(async (c, next) => {
    await next()
    c.header('Cache-Control', 'no-store')
  })
  pages.get('/', async (c) => c.html(fill(await readFile(`${demoFolder}home/index.html`, 'utf8'))))
  pages.get('/live-view', async (c) => c.redirect(await liveViewUrl(), 303))
  pages.get('/source', async (c) => {
    const file = c.req.query('file') ?? ''
    const path = pathInside(demoFolder, file)
    const text = path && (await readFile(path, 'utf8').catch(() => null))
    return text === null ? c.notFound() : c.html(colouredSource(file, fillValues(text)))
  })
  for (const name of ['chatlog.js', 'chatlog-observe.js', 'chatlog-debug.js']) {
    for (const file of [name, `${name}.map`]) {
      pages.get(`/${file}`, (c) => serveFile(c, built.dist, file, (text) => text))
    }
  }
  pages.get('/chatlog-stub.js', (c) => serveFile(c, stubFolder, 'chatlog-stub.js', (text) => text))
  pages.get('/adapters/*', (c) => serveFile(c, built.dist, c.req.path.slice(1), (text) => text))
  // What adapters share.
  pages.get('/:chunk{script-[\\w-]+\\.js}', (c) => serveFile(c, built.dist, c.req.param('chunk'), (text) => text))
  const bundled = { '/docs-widget': built.widget, '/widgets/use-chat': built.useChat }
  for (const [path, folder] of Object.entries(bundled)) {
    pages.get(path, (c) => c.redirect(`${path}/`))
    pages.get(`${path}/*`, (c) => serveFile(c, folder, c.req.path.slice(path.length + 1), fill))
  }
  pages.route('/widgets/answers', createAnswers())
  for (const folder of folders) {
    pages.get(`/${folder}`, (c) => c.redirect(`/${folder}/`))
    pages.get(`/${folder}/*`, (c) => serveFile(c, demoFolder, c.req.path.slice(1), fill))
  }
  if (changes) pages.get('/changes', () => changes.response())
  return pages
}

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * @param {import('hono').Context} c
 * @param {string} folder
 * @param {string} name a folder's name, ending in `/` or empty, means its index.html
 * @param {(text: string) => string} fill
 */
async function serveFile(c, folder, name, fill) {
  const path = pathInside(folder, name === '' || name.endsWith('/') ? `${name}index.html` : name)
  const mediaType = path && mediaTypes[extname(path)]
  const text = mediaType ? await readFile(path, 'utf8').catch(() => null) : null
  if (!mediaType || text === null) return c.notFound()
  return c.body(mediaType.startsWith('text/html') ? fill(text) : text, 200, { 'Content-Type': mediaType })
}

/**
 * @param {string} folder ending in a separator
 * @param {string} name as a visitor wrote it
 * @returns {string | null} the path of the file, `null` when it isn't inside the folder
 */
function pathInside(folder, name) {
  const pieces = name.split('/')
  return pieces.every((piece) => /^[\w@-][\w.-]*$/.test(piece)) ? folder + pieces.join(sep) : null
}
