import { fileURLToPath } from 'node:url'
import { startCollector } from './collector.js'
import { listen } from './listen.js'
import { createPages } from './pages.js'

const host = '127.0.0.1'

/**
 * The folders, each ending in a separator, that hold what was built: the scripts and the collector, and the two demos
 * that are bundled.
 *
 * @typedef {{ dist: string, widget: string, useChat: string }} Built
 */

/** @type {Built} */
const builtByNpmStart = {
  dist: fileURLToPath(new URL('../../dist/', import.meta.url)),
  widget: fileURLToPath(new URL('../docs-widget/dist/', import.meta.url)),
  useChat: fileURLToPath(new URL('../widgets/use-chat/dist/', import.meta.url)),
}

/**
 * Serves the demo pages and a collector, on ports of their own, so that the browser treats them as different origins,
 * as it will in the wild.
 *
 * @param {number} port the collector takes the next one; 0 for any free ones
 * @param {{ built?: Built, changes?: import('./changes.js').Changes, collectorPort?: number }} [options] with `changes`,
 *   pages reload on them; `collectorPort` where it is to be another than the next one
 * @throws Error that says what to do, when a port is taken
 */
export async function serveDemo(port, { built = builtByNpmStart, changes, collectorPort = port && port + 1 } = {}) {
  const dataFolder = process.env.CHATLOG_DATA || 'chatlog-demo-data'
  const collector = await startCollector({ host, port: collectorPort, dataFolder, dist: built.dist }).catch(refuse)
  const { webKey: apiKey, endpoint, liveViewUrl } = collector
  try {
    const pages = await listen(createPages({ apiKey, endpoint, liveViewUrl, built, changes }), host, port)
    return {
      url: pages.url,
      dataFolder,
      async close() {
        await pages.close()
        await collector.close()
      },
    }
  } catch (error) {
    await collector.close()
    return refuse(error)
  }
}

/**
 * The port that `PORT` names.
 *
 * @throws Error when it is none
 */
export function chosenPort(text = process.env.PORT || '8080') {
  const port = Number(text)
  // The collector takes the next one.
  if (/^\d+$/.test(text) && port < 65_535) return port
  throw new Error(`PORT must be a whole number from 0 to 65534, got ${JSON.stringify(text)}`)
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function refuse(error) {
  const { code, port } = /** @type {NodeJS.ErrnoException & { port?: number }} */ (error)
  if (code !== 'EADDRINUSE') throw error
  throw new Error(`port ${port} is taken: PORT=0 takes any free ones (two are needed, PORT and the next)`)
}
