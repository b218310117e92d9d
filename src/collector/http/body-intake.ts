import { maxCollectorBodyBytes } from '../../contract/limits.ts'
import { ProblemError } from '../problem-error.ts'
import { parseForm } from './parse-form.ts'
import { decodeBody, readBytes } from './read-body.ts'

/** Bytes of request bodies held at once, as they came: what arrives beyond is told to try again. */
const maxHeldBytes = 160_000_000

/**
 * Bytes of inflated bodies that the collector works on at once, however many bodies it holds. A body that is parsed,
 * checked and merged takes some twenty times its size in memory, and its answer two or three times until the sender has
 * read it. A body that waits takes its size once.
 */
const maxWorkedBytes = 2 * maxCollectorBodyBytes

/**
 * While the collector holds few bodies, it works on more at once: on this share of the bytes that it could still hold.
 * A database on other processors stores several large bodies in the time of one.
 */
const workedShare = 1 / 20

/** Longest time that a body counts as worked on while its answer is read, in milliseconds. */
const longestReadMs = 2_000

/** Seconds after which a sender that was told so tries again. */
const retryAfterSeconds = 5

/** Largest form that is read, in bytes: a key and what the browser puts around it. */
const maxFormBytes = 16_384

/** How full it is. */
export type BodyLoad = { heldBytes: number; waiting: number }

/** Takes bodies in so that memory stays bounded, however many come at once. */
export type BodyIntake = {
  /**
   * Reads the request's body, waits until there is room to work on it, and calls `work` with its text.
   *
   * @throws ProblemError `bad_request` as `readBytes` and `decodeBody` do; `service_unavailable` when too many bytes of
   *   other bodies are waiting
   */
  take<Result>(request: Request, work: (text: string) => Promise<Result>): Promise<Result>
  /**
   * Reads a short form, `application/x-www-form-urlencoded` or `multipart/form-data`, of at most 16 KB.
   *
   * @throws ProblemError `bad_request` when it is longer or isn't a form, `service_unavailable` as `take` does
   */
  takeForm(request: Request): Promise<URLSearchParams>
  /** Says when the answer to a request has left, or never will. Without it an answer counts as read at once. */
  expect(request: Request, sent: Promise<void>): void
  load(): BodyLoad
}

/** An intake for one collector. */
export function createBodyIntake(
  limits = { heldBytes: maxHeldBytes, workedBytes: maxWorkedBytes, workedShare },
): BodyIntake {
  let heldBytes = 0
  const room = createRoom(() => Math.max(limits.workedBytes, (limits.heldBytes - heldBytes) * limits.workedShare))
  const sentOf = new WeakMap<Request, Promise<void>>()

  return {
    async take(request, work) {
      let ownBytes = 0
      const hold = (bytes: number) => {
        if (heldBytes + bytes > limits.heldBytes) throw overloaded()
        heldBytes += bytes
        ownBytes += bytes
      }
      try {
        const bytes = await readBytes(request, hold)
        // Nobody knows a compressed body's real size before it is inflated: count the most that is allowed.
        const mostBytes = request.headers.has('content-encoding') ? maxCollectorBodyBytes : bytes.byteLength
        const leave = await room.enter(mostBytes)
        try {
          return await work(await decodeBody(request, bytes))
        } finally {
          leaveOnceRead(leave, sentOf.get(request))
        }
      } finally {
        heldBytes -= ownBytes
      }
    },
    async takeForm(request) {
      let ownBytes = 0
      const hold = (bytes: number) => {
        if (heldBytes + bytes > limits.heldBytes) throw overloaded()
        heldBytes += bytes
        ownBytes += bytes
      }
      try {
        return await parseForm(request, await readBytes(request, hold, maxFormBytes))
      } finally {
        heldBytes -= ownBytes
      }
    },
    expect: (request, sent) => void sentOf.set(request, sent),
    load: () => ({ heldBytes, waiting: room.waiting() }),
  }
}

/** Lets work in, first come first served, while its bytes together stay under the limit; one is always let in. */
function createRoom(maxBytes: () => number) {
  const queue: { bytes: number; enter: () => void }[] = []
  let inside = 0
  const admit = () => {
    for (let next = queue[0]; next && (inside === 0 || inside + next.bytes <= maxBytes()); next = queue[0]) {
      queue.shift()
      inside += next.bytes
      next.enter()
    }
  }

  return {
    /** Resolves once there is room, with what leaves it again. */
    async enter(bytes: number): Promise<() => void> {
      await new Promise<void>((enter) => {
        queue.push({ bytes, enter })
        admit()
      })
      return () => {
        inside -= bytes
        admit()
      }
    },
    waiting: () => queue.length,
  }
}

/** Leaves the room once the sender has read the answer, or after `longestReadMs`: a sender that never reads would block others. */
function leaveOnceRead(leave: () => void, sent: Promise<void> | undefined): void {
  if (sent === undefined) {
    leave()
    return
  }
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestReadMs)
  })
  void Promise.race([sent, overdue]).then(() => {
    clearTimeout(timer)
    leave()
  })
}

function overloaded(): ProblemError {
  const detail = `Too much is arriving at once: nothing was stored, try again in ${retryAfterSeconds} s.`
  return new ProblemError('service_unavailable', detail, retryAfterSeconds)
}
