// `npm start`: the demo pages and a collector, on ports of their own, so that the browser treats them as different
// origins, as it will in the wild.
import { onOrphaned } from '../.ci/orphan.js'
import { buildWhatIsStale } from './server/build.js'
import { startCollector } from './server/collector.js'
import { listen } from './server/listen.js'
import { createPages } from './server/pages.js'

const host = '127.0.0.1'

try {
  await start()
} catch (error) {
  console.error(`chatlog: ${error instanceof Error ? explain(error) : error}`)
  process.exitCode = 1
}

async function start() {
  const port = parsePort(process.env.PORT || '8080')
  const dataFolder = process.env.CHATLOG_DATA || 'chatlog-data'
  await buildWhatIsStale()
  console.log(`chatlog: starting the collector, what it stores is in ${dataFolder} …`)
  const collector = await startCollector({ host, port: port && port + 1, dataFolder })
  const { webKey: apiKey, endpoint, liveViewUrl } = collector
  try {
    const pages = await listen(createPages({ apiKey, endpoint, liveViewUrl }), host, port)
    endOnSignal(async () => {
      await pages.close()
      await collector.close()
    })
    console.log(`chatlog demo on ${pages.url}`)
  } catch (error) {
    await collector.close()
    throw error
  }
}

/** @param {() => Promise<void>} close */
function endOnSignal(close) {
  let isEnding = false
  const end = async () => {
    // Ctrl-C reaches this process twice: from the terminal and from npm.
    if (isEnding) return
    isEnding = true
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
  onOrphaned(end)
}

/** @param {string} text */
function parsePort(text) {
  const port = Number(text)
  // The collector takes the next one.
  if (/^\d+$/.test(text) && port < 65_535) return port
  throw new Error(`PORT must be a whole number from 0 to 65534, got ${JSON.stringify(text)}`)
}

/** @param {NodeJS.ErrnoException & { port?: number }} error */
function explain({ code, port, message }) {
  if (code !== 'EADDRINUSE') return message
  return `port ${port} is taken: PORT=0 npm start takes any free ones (two are needed, PORT and the next)`
}
