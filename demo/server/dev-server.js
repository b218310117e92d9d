// What `npm run dev` starts, and starts anew when the collector has changed.
import { createChanges } from './changes.js'
import { complain, endOnSignal } from './ending.js'
import { chosenPort, serveDemo } from './serve.js'

const [dist = '', widget = '', useChat = ''] = process.argv.slice(2)
// The port after one that was found, and not chosen, may be anybody's.
const ports = process.env.CHATLOG_ANY_COLLECTOR_PORT === 'yes' ? { collectorPort: 0 } : {}

try {
  const changes = createChanges()
  const demo = await serveDemo(chosenPort(), { built: { dist, widget, useChat }, changes, ...ports })
  endOnSignal(demo.close)
  process.on('message', changes.tell)
  process.send?.(demo.url)
} catch (error) {
  complain(error)
  process.disconnect?.()
}
