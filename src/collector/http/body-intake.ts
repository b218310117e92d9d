import { maxCollectorBodyBytes } from '../../contract/limits.ts'
import { ProblemError } from '../problem-error.ts'
import { parseForm } from './parse-form.ts'
import { decodeBody, readBytes } from './read-body.ts'

/** Most bytes of request bodies that are held at once, as they came. A sender of more is told to try again. */
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

/** How many seconds such a sender is told to wait. */
const retryAfterSeconds = 5

/**
 * The shares of those bytes that one key and one address may hold, so that a sender without end leaves room for others.
 * A key stands for all of a site's visitors, an address for one of them or an office.
 */
const keyShare = 0.85
const addressShare = 0.25

/** Largest form that is read, in bytes: a key and what the browser puts around it. */
const maxFormBytes = 16_384

/** How full the intake is. */
export type BodyLoad = { heldBytes: number; waiting: number }

/** Takes bodies in so that memory stays bounded, however many come at once. */
export type BodyIntake = {
  /**
   * Reads the request's body, waits until there is room to work on it, and calls `work` with its text.
   *
   * @param holders whose body it is, the key and then the address where it is known: each may hold a part of the bytes
   *   only, and bodies of several keys take turns
   * @throws ProblemError `bad_request` as `readBytes` and `decodeBody` do; `service_unavailable` when too many bytes of
   *   other bodies are waiting, or too many of one holder's
   */
  take<Result>(request: Request, work: (text: string) => Promise<Result>, holders?: string[]): Promise<Result>
  /**
   * Waits until there is room for work on so many bytes that come from the store, and does it: large pages are read one
   * after the other, and take their turn among the bodies.
   *
   * @param holder whose work it is
   */
  makeRoom<Result>(request: Request, bytes: number, holder: string, work: () => Promise<Result>): Promise<Result>
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
  const shares = createShares(limits.heldBytes)
  const sentOf = new WeakMap<Request, Promise<void>>()

  return {
    async take(request, work, holders = []) {
      let ownBytes = 0
      const hold = (bytes: number) => {
        if (heldBytes + bytes > limits.heldBytes || shares.isOver(holders, bytes)) throw overloaded()
        heldBytes += bytes
        ownBytes += bytes
        shares.add(holders, bytes)
      }
      try {
        const pieces = await readBytes(request, hold)
        // Nobody knows a compressed body's real size before it is inflated: count the most that is allowed.
        const mostBytes = request.headers.has('content-encoding') ? maxCollectorBodyBytes : ownBytes
        const leave = await room.enter(mostBytes, holders[0])
        try {
          return await work(await decodeBody(request, pieces.take()))
        } finally {
          leaveOnceRead(leave, sentOf.get(request))
        }
      } finally {
        // Its answer is about as large, and in memory until the sender has read it.
        void (sentOf.get(request) ?? Promise.resolve()).then(() => {
          heldBytes -= ownBytes
          shares.add(holders, -ownBytes)
        })
      }
    },
    async makeRoom(request, bytes, holder, work) {
      const leave = await room.enter(bytes, holder)
      try {
        return await work()
      } finally {
        leaveOnceRead(leave, sentOf.get(request))
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
        return await parseForm(request, (await readBytes(request, hold, maxFormBytes)).take())
      } finally {
        heldBytes -= ownBytes
      }
    },
    expect: (request, sent) => void sentOf.set(request, sent),
    load: () => ({ heldBytes, waiting: room.waiting() }),
  }
}

/** Bytes that each holder holds now. */
function createShares(heldBytes: number) {
  const held = new Map<string, number>()
  return {
    isOver: (holders: readonly string[], bytes: number) =>
      holders.some(
        (holder, index) => (held.get(holder) ?? 0) + bytes > heldBytes * (index === 0 ? keyShare : addressShare),
      ),
    add(holders: readonly string[], bytes: number): void {
      for (const holder of holders) {
        const sum = (held.get(holder) ?? 0) + bytes
        if (sum > 0) held.set(holder, sum)
        else held.delete(holder)
      }
    },
  }
}

type Waiting = { bytes: number; holder: string; enter: () => void }

/**
 * Lets work in while its bytes together stay under the limit; one is always let in. Holders take turns, and each one's
 * work goes in as it came: a thousand bodies of one key keep another key's waiting for one of them, not for all.
 */
function createRoom(maxBytes: () => number) {
  const queue: Waiting[] = []
  const turns = new Map<string, number>()
  let turn = 0
  let inside = 0
  const nextIndex = () => {
    let next = 0
    queue.forEach(({ holder }, index) => {
      if ((turns.get(holder) ?? 0) < (turns.get(queue[next]?.holder ?? '') ?? 0)) next = index
    })
    return next
  }
  const admit = () => {
    while (queue.length > 0) {
      const index = nextIndex()
      const next = queue[index] as Waiting
      if (inside > 0 && inside + next.bytes > maxBytes()) return
      queue.splice(index, 1)
      inside += next.bytes
      turns.set(next.holder, ++turn)
      next.enter()
    }
  }

  return {
    /** Resolves once there is room, with what leaves it again. */
    async enter(bytes: number, holder = ''): Promise<() => void> {
      await new Promise<void>((enter) => {
        queue.push({ bytes, holder, enter })
        admit()
      })
      return () => {
        inside -= bytes
        admit()
        if (inside === 0) turns.clear()
      }
    },
    waiting: () => queue.length,
  }
}

/**
 * Leaves the room once the sender has read the answer, or after `longestReadMs`: a sender that never reads would block
 * others.
 */
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
