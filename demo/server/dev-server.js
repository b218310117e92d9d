// What `npm run dev` starts, and starts anew when the collector has changed.
import { createChanges } from './changes.js'
import { complain, endOnSignal } from './ending.js'
import { chosenPort, serveDemo } from './serve.js'

const [dist = '', widget = '', useChat = ''] = process.argv.slice(2)

try {
  const changes = createChanges()
  const demo = await serveDemo(chosenPort(), { built: { dist, widget, useChat }, changes })
  endOnSignal(demo.close)
  process.on('message', changes.tell)
  process.send?.(demo.url)
} catch (error) {
  complain(error)
  process.disconnect?.()
}
