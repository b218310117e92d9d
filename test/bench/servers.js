import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Isolated pages get a clock of 5 microseconds; others one of 100. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'cross-origin',
}

/**
 * @param {import('node:http').RequestListener} answer
 * @returns {Promise<{ origin: string, close(): Promise<void> }>} on any free port of this machine alone
 */
function serve(answer) {
  const server = createServer(answer)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
      resolve({
        origin: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      })
    })
  })
}

/** Serves an empty page at `/`, and the project's files. */
export function startPageServer() {
  return serve(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1')
    const isPage = pathname === '/'
    const body = isPage
      ? '<!doctype html><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,"><body></body>'
      : await readFile(root + pathname).catch(() => null)
    response.writeHead(body === null ? 404 : 200, {
      'content-type': isPage ? 'text/html; charset=utf-8' : 'text/javascript',
      'cache-control': 'no-store',
      ...isolation,
    })
    response.end(body)
  })
}

/** @typedef {{ path: string, text: string, bytes: number }} Received */

/**
 * The other side of every library: answers each as its own endpoint does, and tells of each request once it is answered.
 *
 * @returns {Promise<{ origin: string, close(): Promise<void>, onReceived(listener: (received: Received) => void): () => void }>}
 */
export async function startCollector() {
  /** @type {Set<(received: Received) => void>} */
  const listeners = new Set()
  const server = await serve(async (request, response) => {
    const sent = await bodyOf(request)
    // The page was closed while it sent.
    if (!sent) return
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    response.writeHead(200, {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'content-type',
      'access-control-max-age': '7200',
      'content-type': pathname.endsWith('.js') ? 'text/javascript' : 'application/json',
      ...isolation,
    })
    // PostHog says it in the query, ours in a header: the first bytes of gzip tell it of both.
    const isCompressed = sent.subarray(0, 2).toString('hex') === '1f8b'
    const text = (isCompressed ? gunzipSync(sent) : sent).toString()
    response.end(answerOf(pathname, text))
    if (request.method === 'OPTIONS') return
    for (const listener of listeners) listener({ path: pathname, text, bytes: sent.length })
  })
  return {
    ...server,
    onReceived(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<Buffer | null>} `null` where it broke off
 */
async function bodyOf(request) {
  /** @type {Buffer[]} */
  const chunks = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    return null
  }
  return Buffer.concat(chunks)
}

/**
 * What the library that asks there needs to go on; the others read nothing but the status.
 *
 * @param {string} path
 * @param {string} sent
 */
function answerOf(path, sent) {
  // The conversation, as the endpoint has it: chatlog takes no other answer for the endpoint's.
  if (path === '/conversations') return sent
  if (path.endsWith('.js')) return ''
  if (path.endsWith('/settings')) return JSON.stringify({ integrations: { 'Segment.io': { apiKey: 'WRITE_KEY' } } })
  if (path.startsWith('/flags')) return JSON.stringify({ featureFlags: {}, featureFlagPayloads: {}, flags: {} })
  if (path.startsWith('/config')) return JSON.stringify({ configs: {} })
  if (path.startsWith('/array')) return JSON.stringify({ supportedCompression: ['gzip-js'], hasFeatureFlags: false })
  return JSON.stringify({ code: 200, success: true, status: 1 })
}
