import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy that serves a collector under `/chatlog/` of a host, beside a page of the host's own. */
export type PathProxy = {
  /** `http://127.0.0.1:…`, the host. */
  origin: string
  /** What the host's own pages were asked for, each with the cookies that came. */
  asked: { path: string; cookie: string }[]
  close(): Promise<void>
}

/**
 * Starts one on any free port. It tells the collector nothing of the path, nor of the host, as a proxy that is set up in a
 * hurry.
 *
 * @param strips whether `/chatlog` is taken off the path before it is passed on
 */
export async function startPathProxy(collectorPort: number, strips: boolean): Promise<PathProxy> {
  const asked: PathProxy['asked'] = []
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/'
    if (!/^\/chatlog(?:[/?]|$)/.test(path)) {
      asked.push({ path, cookie: incoming.headers.cookie ?? '' })
      outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>The site</title>')
      return
    }
    const stripped = path.replace(/^\/chatlog(?=[/?]|$)/, '') || '/'
    const passed = forward(
      {
        port: collectorPort,
        host: '127.0.0.1',
        method: incoming.method,
        path: strips ? stripped : path,
        headers: { ...incoming.headers, host: `collector.internal:${collectorPort}` },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
        answer.on('error', () => outgoing.destroy())
      },
    )
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
