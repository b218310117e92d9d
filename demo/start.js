// `npm start`: the demo pages and a collector.
import { step } from '../.ci/progress.js'
import { buildWhatIsStale } from './server/build.js'
import { complain, endOnSignal } from './server/ending.js'
import { chosenPort, serveDemo } from './server/serve.js'

try {
  const port = chosenPort()
  await buildWhatIsStale()
  const demo = await step('starting the pages and the collector', () => serveDemo(port))
  endOnSignal(demo.close)
  console.log(`chatlog: what it stores is in ${demo.dataFolder}`)
  console.log(`chatlog demo on ${demo.url}`)
} catch (error) {
  complain(error)
}
