import type { FlushReason } from '../chatlog.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { hasRest } from '../conversation/delivery.ts'
import { wireIdOf } from '../conversation/transcript.ts'
import type { Ledger } from '../ledger.ts'
import type { Platform } from '../platform.ts'
import type { Arming } from './arming.ts'
import type { SenderGate } from './sender-gate.ts'
import type { Sending } from './sending.ts'

/** How long after a run that threw, as the page has broken something, the next one comes, in milliseconds. */
const lookAgainMs = 30_000

const never = Number.POSITIVE_INFINITY

/** Keeps when each conversation is sent next: one timer a conversation, and never two runs of it at once. */
export interface Turns {
  /** Sends the conversation within `delayMs`, or later where a long one is paced or the gate is shut. */
  makeDue(conversation: Conversation, reason: FlushReason, delayMs: number): void
  /** Sends the conversation now; where a run of it is under way, waits for that instead. Never rejects. */
  run(conversation: Conversation, reason: FlushReason): Promise<void>
  isRunning(conversation: Conversation): boolean
  /** Makes everything that isn't delivered due now. */
  hurry(reason: FlushReason): void
  /** Why the newest run was begun, `null` before the first. */
  lastReason(): FlushReason | null
  stop(): void
}

export interface TurnsParts {
  sending: Sending
  arming: Arming
  gate: SenderGate
  ledger: Ledger
  platform: Platform
}

interface Turn {
  /** When the next run is due (`elapsedMs`); infinite where none is. */
  dueAt: number
  reason: FlushReason
  cancelTimer: () => void
  running: Promise<void> | null
}

export function createTurns({ sending, arming, gate, ledger, platform }: TurnsParts): Turns {
  const { elapsedMs } = platform
  const turns = new Map<Conversation, Turn>()
  let lastReason: FlushReason | null = null
  let stopped = false

  const turnOf = (conversation: Conversation): Turn => {
    const turn = turns.get(conversation) ?? { dueAt: never, reason: 'requested', cancelTimer() {}, running: null }
    turns.set(conversation, turn)
    return turn
  }

  const moveUp = (turn: Turn, reason: FlushReason, delayMs: number): boolean => {
    const dueAt = elapsedMs() + delayMs
    const isSooner = dueAt < turn.dueAt
    if (isSooner) Object.assign(turn, { dueAt, reason })
    return isSooner
  }

  const setTimer = (conversation: Conversation, turn: Turn) => {
    turn.cancelTimer()
    if (stopped || turn.running || turn.dueAt === never) return
    const at = Math.max(turn.dueAt, sending.requests.pacedAt(conversation)) - elapsedMs()
    turn.cancelTimer = platform.setTimer(() => void run(conversation, turn.reason), Math.max(at, gate.waitMs()))
  }

  const run = (conversation: Conversation, reason: FlushReason): Promise<void> => {
    const turn = turnOf(conversation)
    turn.cancelTimer()
    turn.dueAt = never
    turn.running ??= send(conversation, reason)
      .catch((cause) => void complain(ledger, cause))
      .then((failed) => {
        turn.running = null
        makeRestDue(conversation, turn, failed)
      })
      .catch((cause) => complain(ledger, cause))
    return turn.running
  }

  const send = (conversation: Conversation, reason: FlushReason): Promise<boolean> => {
    lastReason = reason
    ledger.debug('flush', { conversationId: wireIdOf(conversation), reason })
    return sending.send(conversation, reason)
  }

  /**
   * Sets the next run after one has ended: a retry, or the send that must follow a request which was lost sight of.
   *
   * @param failed whether it has to be tried again; `undefined` where the run threw
   */
  const makeRestDue = (conversation: Conversation, turn: Turn, failed: boolean | undefined) => {
    const { unsettledUntil } = conversation.delivery
    if (!hasRest(conversation)) arming.disarm(conversation)
    if (failed !== false) moveUp(turn, 'retry', failed ? 0 : lookAgainMs)
    else if (unsettledUntil && !sending.isHeldBack(conversation))
      moveUp(turn, 'lost_sight', Math.max(unsettledUntil - elapsedMs(), 1_000 + platform.random() * 3_000))
    setTimer(conversation, turn)
  }

  return {
    makeDue(conversation, reason, delayMs) {
      const turn = turnOf(conversation)
      if (moveUp(turn, reason, delayMs)) setTimer(conversation, turn)
    },
    run,
    isRunning: (conversation) => turnOf(conversation).running !== null,
    hurry(reason) {
      for (const [conversation, turn] of turns) {
        if (conversation.delivery.dirty.size) moveUp(turn, reason, 0)
        setTimer(conversation, turn)
      }
    },
    lastReason: () => lastReason,
    stop() {
      stopped = true
      for (const turn of turns.values()) turn.cancelTimer()
    },
  }
}

/** Says that sending threw: what the page has put in the place of a global may do that. */
export const complain = (ledger: Ledger, cause: unknown): void => ledger.complain('sending failed', cause)
