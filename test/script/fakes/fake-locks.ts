import type { Locks } from '../../../src/script/platform.ts'
import type { FakeClock } from './fake-clock.ts'
import type { FakeDocument } from './fake-document.ts'

/** The Web Locks of an origin. */
export interface FakeLocks {
  openFor(document: FakeDocument): Locks
  /** Names held by this document: a page that holds one stays out of the back/forward cache. */
  heldBy(document: FakeDocument): string[]
}

interface LockRequest {
  document: FakeDocument
  granted: boolean
  begin(): void
}

export function createFakeLocks(clock: FakeClock): FakeLocks {
  const queues = new Map<string, LockRequest[]>()

  const remove = (name: string, request: LockRequest) => {
    const queue = queues.get(name) ?? []
    const index = queue.indexOf(request)
    if (index < 0) return
    queue.splice(index, 1)
    if (queue.length) grantFirst(name)
    else queues.delete(name)
  }

  const grantFirst = (name: string) => {
    const request = queues.get(name)?.[0]
    if (!request || request.granted) return
    request.granted = true
    // Another process grants it: never in the call that asks.
    clock.after(0, () => request.document.run(request.begin))
  }

  return {
    openFor: (document) => ({
      whenFree: (name, work, signal) =>
        document.promise<void>((resolve, reject) => {
          if (document.isGone()) return
          let running = false
          const request: LockRequest = {
            document,
            granted: false,
            async begin() {
              if (signal?.aborted) return
              running = true
              signal?.removeEventListener('abort', giveUp)
              try {
                await work()
                resolve()
              } catch (cause) {
                reject(cause)
              } finally {
                if (!document.isGone()) remove(name, request)
              }
            },
          }
          const giveUp = () => {
            if (running) return
            remove(name, request)
            reject(new DOMException('The request was aborted.', 'AbortError'))
          }
          if (signal?.aborted) return giveUp()
          signal?.addEventListener('abort', giveUp)
          document.onGone(() => remove(name, request))
          queues.set(name, [...(queues.get(name) ?? []), request])
          grantFirst(name)
        }),
    }),
    heldBy: (document) =>
      [...queues].flatMap(([name, [first]]) => (first?.granted && first.document === document ? [name] : [])),
  }
}

/** An origin's broadcast channels. */
export interface FakeChannels {
  openFor(
    document: FakeDocument,
    name: string,
    onMessage: (message: unknown) => void,
  ): { post(message: unknown): void; close(): void }
  /** Names of those that this document has open: a page that has one stays out of the back/forward cache. */
  heldBy(document: FakeDocument): string[]
}

/** Messages arrive a moment later, at every open channel of the name but the sender's. */
export function createFakeChannels(clock: FakeClock): FakeChannels {
  const open = new Set<{ name: string; document: FakeDocument; receive(message: unknown): void }>()
  return {
    openFor(document, name, onMessage) {
      const channel = { name, document, receive: (message: unknown) => document.run(() => onMessage(message)) }
      open.add(channel)
      document.onGone(() => open.delete(channel))
      return {
        post(message) {
          if (document.isGone()) return
          const others = [...open].filter((other) => other !== channel && other.name === name)
          const copy = structuredClone(message)
          clock.after(1, () => {
            for (const other of others) if (open.has(other)) other.receive(copy)
          })
        },
        close: () => open.delete(channel),
      }
    },
    heldBy: (document) => [...open].filter((channel) => channel.document === document).map(({ name }) => name),
  }
}
