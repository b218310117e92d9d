import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** When the second file of `chatlog-lazy.js` comes: `at once`, `late` (2 seconds), or `never`. */
const coreComes = process.env.CHATLOG_CORE ?? 'at once'
const lateMs = 2_000

const root = join(import.meta.dirname, '../..')
const mediaTypes: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.map': 'application/json',
}

/** Serves the pages that a test writes, the built files under `/dist/` and packages under `/node_modules/`. */
export interface PageServer {
  /** `http://127.0.0.1:…`: not the collector's, so that every request to that one is cross-origin. */
  origin: string
  /** The same pages under another origin. */
  otherOrigin: string
  /** Puts a page at a path; a later one replaces it. @returns its address */
  put(path: string, html: string, headers?: Record<string, string>): string
  /** Paths asked for so far, oldest first. */
  visited: readonly string[]
  /** From now on the second file of `chatlog-lazy.js` comes at once, whatever held it up. */
  heal(): void
  close(): Promise<void>
}

/** Starts a page server on any free port. */
export async function startPageServer(): Promise<PageServer> {
  const pages = new Map<string, { html: string; headers: Record<string, string> }>()
  const visited: string[] = []
  let core = coreComes

  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1')
    visited.push(pathname)
    const page = pages.get(pathname)
    if (page) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers }).end(page.html)
      return
    }
    const isHeldUp = core !== 'at once' && pathname.startsWith('/dist/chatlog-core')
    if (isHeldUp && core === 'late') await wait(lateMs)
    const file = isHeldUp && core === 'never' ? null : await readPublicFile(pathname)
    response.writeHead(file ? 200 : 404, { 'content-type': mediaTypes[extname(pathname)] ?? 'text/plain' })
    response.end(file ?? 'nothing here')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`

  return {
    origin,
    otherOrigin: `http://localhost:${port}`,
    put(path, html, headers = {}) {
      pages.set(path, { html, headers })
      return `${origin}${path}`
    },
    visited,
    heal() {
      core = 'at once'
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readPublicFile(pathname: string): Promise<Buffer | null> {
  if (!/^\/(dist|node_modules)\//.test(pathname)) return null
  return readFile(join(root, pathname)).catch(() => null)
}
