import type { IncomingMessage } from 'node:http'

/** How many bytes of a refused body, and for how long, the server still takes in before it cuts the connection. */
const maxRestBytes = 8_000_000
const maxRestMs = 30_000

/**
 * Reads and drops what is left of a request's body. A browser reads no answer before it has sent everything: if the
 * server answered early and closed the connection, the page would see a network failure instead of the refusal.
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
      // Reading stopped half-way has left the stream paused, and a paused stream would never end.
      else incoming.resume()
    }
    incoming.on('data', onData).on('end', end).on('error', end).on('close', end).resume()
  })
}
