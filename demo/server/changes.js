/**
 * Tells open pages that what they are made of has changed.
 *
 * @typedef {ReturnType<typeof createChanges>} Changes
 */

const encoder = new TextEncoder()

export function createChanges() {
  /** @type {Set<ReadableStreamDefaultController<Uint8Array>>} */
  const listeners = new Set()

  return {
    /** The stream that a page listens to. */
    response() {
      /** @type {ReadableStreamDefaultController<Uint8Array>} */
      let listener
      const stream = new ReadableStream({
        start(controller) {
          listener = controller
          listeners.add(controller)
          // A page whose server was started anew comes back after 200 ms, and reloads then.
          controller.enqueue(encoder.encode('retry: 200\n\n'))
        },
        cancel: () => void listeners.delete(listener),
      })
      return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } })
    },
    tell() {
      for (const listener of listeners) listener.enqueue(encoder.encode('data: changed\n\n'))
    },
  }
}
