import { type ConversationBody, holdsAll } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { wireIdOf } from '../conversation/transcript.ts'
import type { Ledger } from '../ledger.ts'
import type { Platform } from '../platform.ts'
import type { DeliveryOutcome } from './answer.ts'
import type { PendingRequest, Transport } from './transport.ts'

/**
 * Bytes a millisecond that a long conversation may send: each request holds all of it, so n messages cost O(n²) bytes.
 */
const maxBytesPerMs = 32

/** The newest request of each conversation. */
export interface Requests {
  /**
   * Sends a body, and waits for what becomes of it.
   *
   * @param lasting it should outlive the page
   * @param reason why it is sent now: the timeline shows it
   */
  make(conversation: Conversation, body: ConversationBody, lasting: boolean, reason: string): Promise<DeliveryOutcome>
  isUnderWay(conversation: Conversation): boolean
  /** From when on the conversation may be sent again (`elapsedMs`): a longer one waits longer. */
  pacedAt(conversation: Conversation): number
  /** Whether a request under way holds everything of the body, and outlives the page. */
  holds(conversation: Conversation, body: ConversationBody): boolean
  /** A later body of that part outlives the page: takes back the older request, which would end with the page. */
  takeBack(conversation: Conversation, part: number): void
}

interface Request {
  /** `null` once it has ended. */
  pending: PendingRequest | null
  body: ConversationBody
  /** When it began (`elapsedMs`). */
  at: number
  /** Bytes that the next request is paced by; 0 after a failure, when the gate says how long to wait. */
  pacedBytes: number
}

export function createRequests(transport: Transport, ledger: Ledger, { elapsedMs }: Platform): Requests {
  const newest = new Map<Conversation, Request>()

  return {
    async make(conversation, body, lasting, reason) {
      const { pieces, bytes, part } = body
      const pending = transport.deliver(pieces, bytes, wireIdOf(conversation, part), lasting)
      const request: Request = { pending, body, at: elapsedMs(), pacedBytes: bytes }
      newest.set(conversation, request)
      const outcome = await pending.outcome
      ledger.measure(`delivery: ${reason}`, request.at)
      request.pending = null
      if (outcome.kind === 'retry') request.pacedBytes = 0
      return outcome
    },
    isUnderWay: (conversation) => !!newest.get(conversation)?.pending,
    pacedAt(conversation) {
      const { at, pacedBytes } = newest.get(conversation) ?? { at: 0, pacedBytes: 0 }
      return at + pacedBytes / maxBytesPerMs
    },
    holds(conversation, body) {
      const request = newest.get(conversation)
      return request?.pending?.keepalive === true && holdsAll(request.body, body)
    },
    takeBack(conversation, part) {
      const { pending, body } = newest.get(conversation) ?? {}
      if (body?.part === part && !pending?.keepalive) pending?.abort('network')
    },
  }
}
