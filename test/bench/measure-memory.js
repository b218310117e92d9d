import { load, openPage } from './browser.js'
import { chatlogSubject, nothing } from './subjects.js'

/** Of 1.9 KB. */
const messageCount = 1_000

/**
 * Heap that 1,000 delivered messages keep, as a share of the bytes of their JSON; the same once the instance has
 * stopped, and the event listeners that are left then.
 *
 * @typedef {{ retained: number, afterStop: number, listenersLeft: number }} Memory
 */

/**
 * @param {import('./browser.js').Stand} stand
 * @returns {Promise<Memory>}
 */
export async function measureMemory(stand) {
  const { page, session, close } = await openPage(stand)
  const heapBytes = async () => {
    // What the first finds dead may hold what only the second can free.
    for (let turn = 0; turn < 2; turn++) await session.send('HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage')
    // A text that was handed to the browser moves out of the heap, and is kept all the same.
    return usedSize + backingStorageSize
  }
  const listeners = async () => {
    await session.send('HeapProfiler.collectGarbage')
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'JSEventListeners')?.value ?? Number.NaN
  }
  await load(page, nothing, stand.collector.origin)
  const listenersBefore = await listeners()
  await load(page, chatlogSubject, stand.collector.origin)
  // So that the code is compiled, which is kept too.
  await page.evaluate(record, 10)
  const before = await heapBytes()
  const jsonBytes = await page.evaluate(record, messageCount)
  const after = await heapBytes()
  await page.evaluate(() => chatlog.stop())
  const stopped = await heapBytes()
  const listenersLeft = (await listeners()) - listenersBefore
  await close()
  return { retained: (after - before) / jsonBytes, afterStop: (stopped - before) / jsonBytes, listenersLeft }
}

/** Runs in the page. @param {number} count @returns bytes of their JSON */
async function record(count) {
  let bytes = 0
  for (let index = 0; index < count; index++) {
    const role = index % 2 ? /** @type {const} */ ('assistant') : /** @type {const} */ ('user')
    const message = { role, content: `${index} ${'word '.repeat(370)}` }
    bytes += JSON.stringify(message).length
    chatlog.trackMessage(message)
    if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve))
  }
  await chatlog.flush()
  return bytes
}
