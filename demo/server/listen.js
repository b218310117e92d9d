import { createAdaptorServer } from '@hono/node-server'

/**
 * Serves on this machine alone.
 *
 * @param {{ fetch: (request: Request) => Response | Promise<Response> }} app
 * @param {string} host
 * @param {number} port 0 takes any free one
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 * @throws Error with `code` `EADDRINUSE` or `EACCES` when the port can't be had
 */
export async function listen(app, host, port) {
  const server = /** @type {import('node:http').Server} */ (createAdaptorServer({ fetch: app.fetch }))
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(undefined))
  })
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())

  return {
    url: `http://${host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Pages are small and there is nothing to finish: open tabs keep their connections for minutes.
        server.closeAllConnections()
      }),
  }
}
