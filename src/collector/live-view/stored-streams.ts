import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'

/** How often a silent stream says that it is alive, in milliseconds: proxies cut lines that are silent for a minute. */
const aliveMs = 20_000

/** Server-sent event streams, each open until its reader or the collector goes. */
export type StoredStreams = {
  /**
   * Answers with a stream.
   *
   * @param subscribe starts sending; returns the unsubscribe, called once when the stream ends
   */
  open(c: Context, subscribe: (send: SendEvent, end: () => void) => () => void): Response
  /** Ends every stream. */
  close(): void
}

/** Sends an event with data as JSON; after the stream's end it does nothing. */
export type SendEvent = (event: string, data: unknown) => void

export function createStoredStreams(): StoredStreams {
  const ends = new Set<() => void>()

  return {
    open: (c, subscribe) =>
      streamSSE(c, (stream) => {
        return new Promise<void>((resolve) => {
          const alive = setInterval(() => stream.write(': still here\n\n'), aliveMs)
          const end = () => {
            if (!ends.delete(end)) return
            clearInterval(alive)
            unsubscribe()
            resolve()
          }
          ends.add(end)
          stream.onAbort(end)
          const unsubscribe = subscribe(sendTo(stream), end)
        })
      }),
    close() {
      for (const end of ends) end()
    },
  }
}

function sendTo(stream: SSEStreamingApi): SendEvent {
  return (event, data) => void stream.writeSSE({ event, data: JSON.stringify(data) })
}
