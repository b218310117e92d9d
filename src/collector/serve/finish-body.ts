import type { IncomingMessage } from 'node:http'

/** Bytes of a refused body that are still taken in, and for how long, before the connection is cut under it. */
const maxRestBytes = 8_000_000
const maxRestMs = 30_000

/**
 * Takes in, and drops, what is left of a request's body. Browsers read no answer before they have sent everything: one
 * that is given early, with the connection then closed, reaches the page as a network failure instead of the refusal.
 */
export function finishBody(incoming: IncomingMessage): Promise<void> {
  if (incoming.readableEnded || incoming.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    let bytes = 0
    const timer = setTimeout(end, maxRestMs)
    function end() {
      clearTimeout(timer)
      incoming.off('data', onData).off('end', end).off('error', end).off('close', end)
      resolve()
    }
    function onData(chunk: Buffer) {
      bytes += chunk.length
      if (bytes > maxRestBytes) end()
      // A reader that gave up half-way pauses the stream once its own queue is full.
      else incoming.resume()
    }
    incoming.on('data', onData).on('end', end).on('error', end).on('close', end).resume()
  })
}
