import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'

/** How often a silent stream says that it is alive, in milliseconds: proxies cut lines that are silent for a minute. */
const aliveMs = 20_000

/**
 * Fills a stream: `send` writes one event with its data as JSON, `end` ends the stream from this side.
 *
 * @returns the unsubscribe, called once when the stream has ended
 */
export type StreamSource = (send: (event: string, data: unknown) => void, end: () => void) => () => void

/** Answers with server-sent events until the reader goes, the source ends them, or `ending` aborts. */
export function eventStream(c: Context, ending: AbortSignal, source: StreamSource): Response {
  return streamSSE(c, async (stream) => {
    const alive = setInterval(() => stream.write(': still here\n\n'), aliveMs)
    const ended = new AbortController()
    const end = () => ended.abort()
    stream.onAbort(end)
    ending.addEventListener('abort', end)
    const unsubscribe = source((event, data) => void stream.writeSSE({ event, data: JSON.stringify(data) }), end)
    if (ending.aborted) end()
    await aborted(ended.signal)
    clearInterval(alive)
    ending.removeEventListener('abort', end)
    unsubscribe()
  })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
